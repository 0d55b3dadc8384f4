package syntax

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// means reports whether a name means the package at path where the site is.
func (s *Site) means(name, path string) bool {
	_, obj := s.Scope(s.Pos).LookupParent(name, s.Pos)
	p, ok := obj.(*types.PkgName)
	return ok && p.Imported().Path() == path
}

// Names reports whether a name means an object where the site is.
func (s *Site) Names(name string, obj types.Object) bool {
	_, o := s.Scope(s.Pos).LookupParent(name, s.Pos)
	return o != nil && o == obj
}

// Free reports a name that means nothing anywhere in the function around the site, nor in its file or package.
func (s *Site) Free(name string) bool {
	if types.Universe.Lookup(name) != nil {
		return false
	}
	if _, obj := s.Scope(s.Pos).LookupParent(name, 0); obj != nil {
		return false
	}
	body := ast.Node(s.File)
	for _, n := range s.Path {
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

// Fresh gives the first of the names that is free, or the last one with a number.
func (s *Site) Fresh(names ...string) string {
	for _, n := range names {
		if s.Free(n) {
			return n
		}
	}
	last := names[len(names)-1]
	for i := 2; ; i++ {
		if n := fmt.Sprintf("%s%d", last, i); s.Free(n) {
			return n
		}
	}
}

// TypeText writes a type as code at the site does; ok is false where that takes an import or a name that is not there.
func (s *Site) TypeText(t types.Type) (string, bool) {
	ok := true
	text := types.TypeString(t, func(p *types.Package) string {
		if p == s.Types {
			return ""
		}
		for _, spec := range s.File.Imports {
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
func (s *Site) zero(t types.Type) (string, bool) {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		text, ok := s.TypeText(t)
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
		text, ok := s.TypeText(t)
		return text + "{}", ok
	}
	return "nil", true
}

// Returning writes a return statement that gives zero values and, as the last result, an error. ok is false in
// functions that return none.
func (s *Site) Returning(err string) (string, bool) {
	_, sig := s.Function()
	if sig == nil || sig.Results().Len() == 0 {
		return "", false
	}
	n := sig.Results().Len()
	if !IsError(sig.Results().At(n - 1).Type()) {
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

// IsError reports the type error itself.
func IsError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// IsItem reports a map of attribute values.
func IsItem(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	if !ok {
		return false
	}
	e := m.Elem()
	if p, ok := e.(*types.Pointer); ok {
		e = p.Elem()
	}
	n, ok := types.Unalias(e).(*types.Named)
	return ok && n.Obj().Name() == "AttributeValue"
}

// IsInteger reports a type of whole numbers.
func IsInteger(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// Constant gives the value of a constant string expression.
func (s *Site) Constant(e ast.Expr) (string, bool) {
	tv, ok := s.Info.Types[e]
	if !ok || tv.Value == nil || tv.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(tv.Value), true
}

// Deref gives what a pointer type points to, and any other type as it is.
func Deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// TypeOr gives a type where there is one, the invalid type otherwise.
func TypeOr(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

// Named reports an identifier with one of the names.
func Named(e ast.Expr, names ...string) bool {
	id, ok := e.(*ast.Ident)
	for _, n := range names {
		if ok && id.Name == n {
			return true
		}
	}
	return false
}

// IsKeyed reports a literal of which every element has its field's name.
func IsKeyed(lit *ast.CompositeLit) bool {
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// Lower makes the first letter of an ASCII name a small one.
func Lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// sameNumber reports two types of integers, or of fractions.
func sameNumber(a, b types.Type) bool {
	x, ok := a.Underlying().(*types.Basic)
	y, ok2 := b.Underlying().(*types.Basic)
	return ok && ok2 && x.Info()&types.IsNumeric != 0 && x.Info()&types.IsNumeric == y.Info()&types.IsNumeric && x.Info()&types.IsComplex == 0
}
