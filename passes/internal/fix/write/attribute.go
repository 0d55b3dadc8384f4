package write

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// AttributeFrom gives the attribute that an expression holds the value of: a field that the SDK's decoder fills, an element
// of the item by its name, or what was parsed from that. It is empty where the code does not show one.
func AttributeFrom(s *syntax.Site, e ast.Expr, d dynamo.Dialect) string {
	for range 10 {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v := s.Variable(x)
			if v == nil {
				return ""
			}
			def := s.OnlyValue(v)
			if def == nil {
				def = decodedFrom(s, v)
			}
			if def == nil {
				return ""
			}
			e = def
		case *ast.SelectorExpr:
			if st, i := FieldOf(s, x); st != nil && Tagged(st) {
				return d.StoredName(st, i)
			}
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.IndexExpr:
			name, ok := s.Constant(x.Index)
			if t := s.Info.TypeOf(x.X); !ok || t == nil || !syntax.IsItem(t) {
				return ""
			}
			return name
		case *ast.CallExpr:
			if name := s.TakesOut(x); name != "" {
				return name
			}
			if len(x.Args) == 0 || !keepsValue(s, x) {
				return ""
			}
			e = x.Args[0]
		default:
			return ""
		}
	}
	return ""
}

// decodedFrom gives what the SDK's decoder makes a variable of, which has no other value.
func decodedFrom(s *syntax.Site, v *types.Var) (from ast.Expr) {
	if len(s.Assignments(v)) > 0 {
		return nil
	}
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || from != nil {
			return from == nil
		}
		if dynamo.DecodesValue(s.Callee(call)) && len(call.Args) == 2 && s.Variable(call.Args[1]) == v {
			from = call.Args[0]
		}
		return from == nil
	})
	return from
}

// keepsValue reports a conversion, or a function that parses the text of a number or takes a pointer away.
func keepsValue(s *syntax.Site, call *ast.CallExpr) bool {
	if s.Info.Types[call.Fun].IsType() {
		return true
	}
	f := s.Callee(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	return f.Pkg().Path() == "strconv" || strings.HasSuffix(f.Pkg().Path(), "/aws")
}

// FieldOf gives the struct and the field that a selector names.
func FieldOf(s *syntax.Site, sel *ast.SelectorExpr) (*types.Struct, int) {
	t := s.Info.TypeOf(sel.X)
	if t == nil {
		return nil, 0
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, 0
	}
	for i := range st.NumFields() {
		if st.Field(i).Name() == sel.Sel.Name {
			return st, i
		}
	}
	return nil, 0
}

// Tagged reports a struct whose tags say how it is stored.
func Tagged(st *types.Struct) bool {
	for i := range st.NumFields() {
		if strings.Contains(st.Tag(i), `dynamodbav:"`) {
			return true
		}
	}
	return false
}

// FilledFrom gives the attribute that a field of a struct is filled from, where the struct is not decoded itself: all
// literals of it that take the field from an item take it from the same attribute. Where they do not, those count that take
// it from a struct which the SDK decodes: others have tags as well, and are filled by hand.
func FilledFrom(src *syntax.Source, e *Entity, name string, d dynamo.Dialect) string {
	all := fillings(src, e, name, d)
	differs := func(f filling) bool { return f.attr != all[0].attr }
	if slices.ContainsFunc(all, differs) {
		all = slices.DeleteFunc(all, func(f filling) bool { return f.holder != nil && !decodedAnywhere(src, f.holder) })
	}
	if len(all) == 0 || slices.ContainsFunc(all, differs) {
		return ""
	}
	return all[0].attr
}

// A filling is the attribute that a field gets the value of; holder is the struct that it is a field of there, nil for none.
type filling struct {
	attr   string
	holder *Entity
}

// fillings are all of a struct's field.
func fillings(src *syntax.Source, e *Entity, name string, d dynamo.Dialect) (all []filling) {
	for s := range src.Sites() {
		note := func(attrs []string, value ast.Expr) {
			for _, attr := range attrs {
				if attr != "" {
					all = append(all, filling{attr, holderOf(s, value)})
				}
			}
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if e.Is(s.Info.TypeOf(n)) {
					if kv := Field(n, name); kv != nil {
						note(attributesFrom(s.Around(n), kv.Value, d), kv.Value)
					}
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
					if ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X)) && (i == 0 || len(n.Lhs) == len(n.Rhs)) {
						note([]string{AttributeFrom(s.Around(n), n.Rhs[i], d)}, n.Rhs[i])
					}
				}
			}
			return true
		})
	}
	return all
}

// holderOf gives the struct of which an expression is a field.
func holderOf(s *syntax.Site, value ast.Expr) *Entity {
	sel, ok := s.Converted(value).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	e, ok := EntityOf(s.Src, s.Info.TypeOf(sel.X))
	if !ok {
		return nil
	}
	return e
}

// decodedAnywhere reports a struct that the SDK decodes, as far as one can see: also where a function decodes whatever it is
// asked for, and somebody knows both.
func decodedAnywhere(src *syntax.Source, e *Entity) bool {
	found := false
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || found {
				return !found
			}
			if i, ok := dynamo.Decodes(s.Callee(call)); ok && i < len(call.Args) {
				t := syntax.Deref(syntax.TypeOr(s.Info.TypeOf(call.Args[i])))
				if list, ok := t.Underlying().(*types.Slice); ok {
					t = list.Elem()
				}
				_, generic := types.Unalias(t).(*types.TypeParam)
				found = e.Is(t) || (generic || types.IsInterface(t)) && known(src, s.Types.Path(), e.Types.Path())
			}
			return !found
		})
	}
	return found
}

// known reports a package of the source that is one of two, or imports it, and the other one as well.
func known(src *syntax.Source, a, b string) bool {
	return slices.ContainsFunc(src.Packages, func(p *syntax.Package) bool {
		has := func(path string) bool {
			return p.Types.Path() == path || slices.ContainsFunc(p.Types.Imports(), func(i *types.Package) bool { return i.Path() == path })
		}
		return has(a) && has(b)
	})
}

// attributesFrom gives the attribute that an expression holds, and for a parameter those that the callers give.
func attributesFrom(s *syntax.Site, e ast.Expr, d dynamo.Dialect) (all []string) {
	if from := AttributeFrom(s, e, d); from != "" {
		return []string{from}
	}
	v := s.Variable(e)
	if v == nil || len(s.Assignments(v)) > 0 {
		return nil
	}
	for _, g := range givenTo(s, v) {
		all = append(all, AttributeFrom(g.Site, g.arg, d))
	}
	return all
}
