package fix

import (
	"go/ast"
	"go/token"
	"go/types"
)

// mayBeNil reports a held value in a variable that may be a nil pointer where the write is made: the code compares it with nil
// and goes on, or goes on after some errors of the call that gives it.
func (r *request) mayBeNil(h held) bool {
	if !h.nullable || r.guardsNil(h.variable) {
		return false
	}
	maybe := false
	ast.Inspect(r.outermost(), func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok {
			maybe = maybe || r.isNil(b, h.variable, token.EQL) || r.isNil(b, h.variable, token.NEQ) ||
				b.Op == token.LAND && r.failed(b.X, h.variable)
		}
		return !maybe
	})
	return maybe
}

// isNil reports v == nil, or v != nil.
func (s *site) isNil(e ast.Expr, v *types.Var, op token.Token) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	return ok && b.Op == op && (s.variable(b.X) == v && named(b.Y, "nil") || s.variable(b.Y) == v && named(b.X, "nil"))
}

// failed reports err != nil for the error that comes with a variable's value.
func (s *site) failed(e ast.Expr, v *types.Var) bool {
	for _, a := range s.assignments(v) {
		as, ok := a.stmt.(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || len(as.Lhs) < 2 {
			continue
		}
		if err := s.variable(as.Lhs[len(as.Lhs)-1]); err != nil && isError(err.Type()) && s.isNil(e, err, token.NEQ) {
			return true
		}
	}
	return false
}

// guardsNil reports a write that is not reached with a nil pointer: it stands in a branch for others, or behind one that leaves.
func (r *request) guardsNil(v *types.Var) bool {
	for i, n := range r.path {
		if i == 0 {
			continue
		}
		child := r.path[i-1]
		switch n := n.(type) {
		case *ast.IfStmt:
			if child == ast.Node(n.Body) && r.oneOf(n.Cond, token.LAND, func(e ast.Expr) bool { return r.isNil(e, v, token.NEQ) }) ||
				n.Else != nil && child == n.Else && r.oneOf(n.Cond, token.LOR, func(e ast.Expr) bool { return r.isNil(e, v, token.EQL) }) {
				return true
			}
		case *ast.BlockStmt:
			for _, st := range n.List {
				if ast.Node(st) == child {
					break
				}
				branch, ok := st.(*ast.IfStmt)
				if ok && ends(branch.Body) && r.oneOf(branch.Cond, token.LOR, func(e ast.Expr) bool { return r.isNil(e, v, token.EQL) }) {
					return true
				}
			}
		}
	}
	return false
}

// oneOf reports an expression whose terms, joined by an operator, include one.
func (s *site) oneOf(e ast.Expr, op token.Token, is func(ast.Expr) bool) bool {
	e = ast.Unparen(e)
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == op {
		return s.oneOf(b.X, op, is) || s.oneOf(b.Y, op, is)
	}
	return is(e)
}
