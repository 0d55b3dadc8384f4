package write

import (
	"go/ast"
	"go/types"
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
// literals of it that take the field from an item take it from the same attribute.
func FilledFrom(src *syntax.Source, e *Entity, name string, d dynamo.Dialect) string {
	attr := ""
	note := func(from string) {
		switch {
		case from == "":
		case attr == "" || attr == from:
			attr = from
		default:
			attr = "?" // no two attributes
		}
	}
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if e.Is(s.Info.TypeOf(n)) {
					if kv := Field(n, name); kv != nil {
						for _, from := range attributesFrom(s.Around(n), kv.Value, d) {
							note(from)
						}
					}
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
					if ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X)) && (i == 0 || len(n.Lhs) == len(n.Rhs)) {
						note(AttributeFrom(s.Around(n), n.Rhs[i], d))
					}
				}
			}
			return true
		})
	}
	return strings.TrimSuffix(attr, "?")
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
