package chain

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Test files are parsed and not checked: which of their types stand for an interface is told by the names of their methods, and by
// those types in their signatures that the source declares.

// A written type is one of a test file: its methods by their names.
type written map[string]*ast.FuncType

// tested reports a type of a test file which may be asked for as one of the interfaces; a struct or interface within it may add
// to its methods.
func (k *kin) tested(f *ast.File, m syntax.DeclaredMethod) bool {
	of, open := writtenOf(k.src, f, m)
	if open {
		return true
	}
	declared := declaredNames(k.src)
	for _, w := range k.wanted {
		all := true
		for name, fn := range w.methods {
			all = all && of[name] != nil && (w.generic || mayBe(of[name], fn.Signature(), declared))
		}
		if all {
			return true
		}
	}
	return false
}

// writtenOf gives the methods of a type in a folder's test files; open is set where it embeds others.
func writtenOf(src *syntax.Source, f *ast.File, m syntax.DeclaredMethod) (all written, open bool) {
	all = written{}
	folder := func(f *ast.File) string { return filepath.Dir(src.Fset.File(f.FileStart).Name()) }
	of := receiver(m.Decl)
	for _, other := range src.Tests {
		if folder(other) != folder(f) {
			continue
		}
		ast.Inspect(other, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if of != "" && receiver(n) == of {
					all[n.Name.Name] = n.Type
				}
			case *ast.TypeSpec:
				if st, ok := n.Type.(*ast.StructType); ok && n.Name.Name == of {
					for _, x := range st.Fields.List {
						open = open || len(x.Names) == 0 && !strings.HasSuffix(src.Text(x.Type), "mock.Mock")
					}
				}
			case *ast.InterfaceType:
				if m.Field != nil && n.Pos() <= m.Field.Pos() && m.Field.End() <= n.End() {
					for _, x := range n.Methods.List {
						open = open || len(x.Names) == 0
						for _, id := range x.Names {
							all[id.Name], _ = x.Type.(*ast.FuncType)
						}
					}
				}
			}
			return true
		})
	}
	return all, open
}

// declaredNames are the names of the source's types that are no aliases.
func declaredNames(src *syntax.Source) map[string]bool {
	names := map[string]bool{}
	for _, t := range declaredTypes(src) {
		if n, ok := t.(*types.Named); ok {
			names[n.Obj().Name()] = true
		}
	}
	return names
}

// mayBe reports a signature as it is written that a checked one may be.
func mayBe(text *ast.FuncType, sig *types.Signature, declared map[string]bool) bool {
	return mayAllBe(text.Params, sig.Params(), declared) && mayAllBe(text.Results, sig.Results(), declared)
}

func mayAllBe(list *ast.FieldList, tuple *types.Tuple, declared map[string]bool) bool {
	if list.NumFields() != tuple.Len() {
		return false
	}
	if list == nil {
		return true
	}
	i := 0
	for _, f := range list.List {
		for range max(len(f.Names), 1) {
			if !mayBeType(f.Type, tuple.At(i).Type(), declared) {
				return false
			}
			i++
		}
	}
	return true
}

// mayBeType reports a type as it is written that a checked one may be: it must not be another one which the source declares.
func mayBeType(e ast.Expr, t types.Type, declared map[string]bool) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		p, ok := types.Unalias(t).(*types.Pointer)
		return !ok || mayBeType(x.X, p.Elem(), declared)
	case *ast.ArrayType:
		s, ok := types.Unalias(t).(*types.Slice)
		return !ok || mayBeType(x.Elt, s.Elem(), declared)
	case *ast.MapType:
		m, ok := types.Unalias(t).(*types.Map)
		return !ok || mayBeType(x.Value, m.Elem(), declared)
	case *ast.SelectorExpr:
		return mayBeType(x.Sel, t, declared)
	case *ast.Ident:
		n, ok := types.Unalias(t).(*types.Named)
		return !ok || n.Obj().Name() == x.Name || !declared[x.Name]
	}
	return true
}

// receiver names the type that a method is one of; empty for functions.
func receiver(fn *ast.FuncDecl) string {
	if fn == nil || fn.Recv == nil || len(fn.Recv.List) != 1 {
		return ""
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}
