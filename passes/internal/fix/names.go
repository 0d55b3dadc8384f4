package fix

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// means reports whether a name means the package at path where the site is.
func (s *site) means(name, path string) bool {
	_, obj := s.scope(s.pos).LookupParent(name, s.pos)
	p, ok := obj.(*types.PkgName)
	return ok && p.Imported().Path() == path
}

// names reports whether a name means an object where the site is.
func (s *site) names(name string, obj types.Object) bool {
	_, o := s.scope(s.pos).LookupParent(name, s.pos)
	return o != nil && o == obj
}

// free reports a name that means nothing anywhere in the function around the site, nor in its file or package.
func (s *site) free(name string) bool {
	if types.Universe.Lookup(name) != nil {
		return false
	}
	if _, obj := s.scope(s.pos).LookupParent(name, 0); obj != nil {
		return false
	}
	body := ast.Node(s.file)
	for _, n := range s.path {
		if fn, ok := n.(*ast.FuncDecl); ok {
			body = fn
		}
	}
	used := false
	ast.Inspect(body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name && s.Info.Uses[id] == nil {
			used = used || !isField(s.Info.Defs[id])
		} else if ok && id.Name == name && !isField(s.Info.Uses[id]) {
			used = true
		}
		return !used
	})
	return !used
}

func isField(obj types.Object) bool {
	switch o := obj.(type) {
	case *types.Var:
		return o.IsField()
	case *types.Func:
		sig, ok := o.Type().(*types.Signature)
		return ok && sig.Recv() != nil
	}
	return false
}

// fresh gives the first of the names that is free, or the last one with a number.
func (s *site) fresh(names ...string) string {
	for _, n := range names {
		if s.free(n) {
			return n
		}
	}
	last := names[len(names)-1]
	for i := 2; ; i++ {
		if n := fmt.Sprintf("%s%d", last, i); s.free(n) {
			return n
		}
	}
}

// typeText writes a type as code at the site does; ok is false where that takes an import or a name that is not there.
func (s *site) typeText(t types.Type) (string, bool) {
	ok := true
	text := types.TypeString(t, func(p *types.Package) string {
		if p == s.Types {
			return ""
		}
		for _, spec := range s.file.Imports {
			obj, _ := s.Info.Implicits[spec].(*types.PkgName)
			if spec.Name != nil {
				obj, _ = s.Info.Defs[spec.Name].(*types.PkgName)
			}
			if obj != nil && obj.Imported() == p && s.means(obj.Name(), p.Path()) {
				return obj.Name()
			}
		}
		ok = false
		return p.Name()
	})
	return text, ok
}

// zero writes the zero value of a type.
func (s *site) zero(t types.Type) (string, bool) {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		text, ok := s.typeText(t)
		return "*new(" + text + ")", ok
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false", true
		case u.Info()&types.IsString != 0:
			return `""`, true
		case u.Info()&types.IsNumeric != 0:
			return "0", true
		}
		return "nil", true
	case *types.Struct, *types.Array:
		text, ok := s.typeText(t)
		return text + "{}", ok
	}
	return "nil", true
}

// returning writes a return statement that gives zero values and, as the last result, an error. ok is false in
// functions that return none.
func (s *site) returning(err string) (string, bool) {
	_, sig := s.function()
	if sig == nil || sig.Results().Len() == 0 {
		return "", false
	}
	n := sig.Results().Len()
	if !isError(sig.Results().At(n - 1).Type()) {
		return "", false
	}
	var values []string
	for i := range n - 1 {
		z, ok := s.zero(sig.Results().At(i).Type())
		if !ok {
			return "", false
		}
		values = append(values, z)
	}
	return "return " + strings.Join(append(values, err), ", "), true
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }
