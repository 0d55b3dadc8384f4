package fix

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// attributeFrom gives the attribute that an expression holds the value of: a field that the SDK's decoder fills, an element
// of the item by its name, or what was parsed from that. It is empty where the code does not show one.
func (s *site) attributeFrom(e ast.Expr, d dynamo.Dialect) string {
	for range 10 {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v := s.variable(x)
			if v == nil {
				return ""
			}
			def := s.onlyValue(v)
			if def == nil {
				def = s.decodedFrom(v)
			}
			if def == nil {
				return ""
			}
			e = def
		case *ast.SelectorExpr:
			if st, i := s.fieldOf(x); st != nil && tagged(st) {
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
			name, ok := s.constant(x.Index)
			if t := s.Info.TypeOf(x.X); !ok || t == nil || !isItem(t) {
				return ""
			}
			return name
		case *ast.CallExpr:
			if name := s.takesOut(x); name != "" {
				return name
			}
			if len(x.Args) == 0 || !s.keepsValue(x) {
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
func (s *site) decodedFrom(v *types.Var) (from ast.Expr) {
	if len(s.assignments(v)) > 0 {
		return nil
	}
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || from != nil {
			return from == nil
		}
		if dynamo.DecodesValue(s.callee(call)) && len(call.Args) == 2 && s.variable(call.Args[1]) == v {
			from = call.Args[0]
		}
		return from == nil
	})
	return from
}

// takesOut gives the attribute that a function of the source takes out of an item by its name: text(item, "name").
func (s *site) takesOut(call *ast.CallExpr) string {
	if _, fn := s.src.declared(s.callee(call)); fn == nil || len(call.Args) != 2 {
		return ""
	}
	if t := s.Info.TypeOf(call.Args[0]); t == nil || !isItem(t) {
		return ""
	}
	name, _ := s.constant(call.Args[1])
	return name
}

// keepsValue reports a conversion, or a function that parses the text of a number or takes a pointer away.
func (s *site) keepsValue(call *ast.CallExpr) bool {
	if s.Info.Types[call.Fun].IsType() {
		return true
	}
	f := s.callee(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	return f.Pkg().Path() == "strconv" || strings.HasSuffix(f.Pkg().Path(), "/aws")
}

// onlyValue gives the one value that a variable gets beside constants: what was read, unless there was nothing.
func (s *site) onlyValue(v *types.Var) ast.Expr {
	var found ast.Expr
	for _, a := range s.assignments(v) {
		if s.Info.Types[a.value].Value != nil {
			continue
		}
		if found != nil || a.result != 0 {
			return nil
		}
		found = a.value
	}
	return found
}

// fieldOf gives the struct and the field that a selector names.
func (s *site) fieldOf(sel *ast.SelectorExpr) (*types.Struct, int) {
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

// tagged reports a struct whose tags say how it is stored.
func tagged(st *types.Struct) bool {
	for i := range st.NumFields() {
		if strings.Contains(st.Tag(i), `dynamodbav:"`) {
			return true
		}
	}
	return false
}

// isItem reports a map of attribute values.
func isItem(t types.Type) bool {
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

// filledFrom gives the attribute that a field of a struct is filled from, where the struct is not decoded itself: all
// literals of it that take the field from an item take it from the same attribute.
func (src *Source) filledFrom(e *entity, name string, d dynamo.Dialect) string {
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
	for _, pkg := range src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if e.is(pkg.Info.TypeOf(n)) {
						if kv := field(n, name); kv != nil {
							for _, from := range s.around(n).attributesFrom(kv.Value, d) {
								note(from)
							}
						}
					}
				case *ast.AssignStmt:
					for i, l := range n.Lhs {
						sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
						if ok && sel.Sel.Name == name && e.is(pkg.Info.TypeOf(sel.X)) && (i == 0 || len(n.Lhs) == len(n.Rhs)) {
							note(s.around(n).attributeFrom(n.Rhs[i], d))
						}
					}
				}
				return true
			})
		}
	}
	return strings.TrimSuffix(attr, "?")
}

// attributesFrom gives the attribute that an expression holds, and for a parameter those that the callers give.
func (s *site) attributesFrom(e ast.Expr, d dynamo.Dialect) (all []string) {
	if from := s.attributeFrom(e, d); from != "" {
		return []string{from}
	}
	v := s.variable(e)
	if v == nil || len(s.assignments(v)) > 0 {
		return nil
	}
	for _, g := range s.givenTo(v) {
		all = append(all, g.attributeFrom(g.arg, d))
	}
	return all
}
