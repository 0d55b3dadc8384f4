package write

import (
	"go/ast"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A function that reads may make something else of what it has read, as open what is stored sealed, before it returns it: what its
// caller has is then not what the item has.

// changedWhereRead reports a field of a decoded struct that the functions which lead to a read set after it.
func (r *Request) changedWhereRead(read finding.Access, h Held) bool {
	if h.Field == nil || h.ByHand || len(read.Via) == 0 {
		return false
	}
	e, ok := EntityOf(r.Src, h.Variable.Type())
	if !ok {
		return false
	}
	at := []finding.Pos{{File: read.File, Line: read.Line}}
	for _, v := range read.Via[1:] {
		at = append(at, finding.Pos{File: v.File, Line: v.Line})
	}
	return slices.ContainsFunc(at, func(p finding.Pos) bool {
		s, ok := r.Src.At(p)
		return ok && leadsToChange(s, e, h.Field.Name(), 0)
	})
}

// leadsToChange reports a function that sets a field of the entity, or gives the entity to one which does.
func leadsToChange(s *syntax.Site, e *Entity, field string, depth int) bool {
	if Changes(s, e, field) {
		return true
	}
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || depth > 2 || syntax.CalledName(call) == nil {
			return !found
		}
		given := call.Args
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			given = append(given[:len(given):len(given)], sel.X)
		}
		if !slices.ContainsFunc(given, func(a ast.Expr) bool { return e.Is(s.Info.TypeOf(a)) }) {
			return true
		}
		if of, fn := s.Src.Declared(s.Callee(call)); fn != nil && fn.Body != nil {
			found = leadsToChange(of.Around(fn.Body), e, field, depth+1)
		}
		return !found
	})
	return found
}

// Changes reports a function that sets or counts a field of the entity.
func Changes(s *syntax.Site, e *Entity, name string) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		var targets []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			targets = n.Lhs
		case *ast.IncDecStmt:
			targets = []ast.Expr{n.X}
		}
		for _, t := range targets {
			if sel, ok := ast.Unparen(t).(*ast.SelectorExpr); ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X)) {
				found = true
			}
		}
		return !found
	})
	return found
}
