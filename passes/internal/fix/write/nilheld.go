package write

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// MayBeNil reports a held value in a variable that may be a nil pointer where the write is made: the code compares it with nil
// and goes on, or goes on after some errors of the call that gives it.
func (r *Request) MayBeNil(h Held) bool {
	if !h.Nullable || r.guardsNil(h.Variable) {
		return false
	}
	maybe := false
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok {
			maybe = maybe || r.IsNil(b, h.Variable, token.EQL) || r.IsNil(b, h.Variable, token.NEQ) ||
				b.Op == token.LAND && failed(r.Site, b.X, h.Variable)
		}
		return !maybe
	})
	return maybe
}

// failed reports err != nil for the error that comes with a variable's value.
func failed(s *syntax.Site, e ast.Expr, v *types.Var) bool {
	for _, a := range s.Assignments(v) {
		as, ok := a.Stmt.(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || len(as.Lhs) < 2 {
			continue
		}
		if err := s.Variable(as.Lhs[len(as.Lhs)-1]); err != nil && syntax.IsError(err.Type()) && s.IsNil(e, err, token.NEQ) {
			return true
		}
	}
	return false
}

// guardsNil reports a write that is not reached with a nil pointer: it stands in a branch for others, or behind one that leaves.
func (r *Request) guardsNil(v *types.Var) bool {
	for i, n := range r.Path {
		if i == 0 {
			continue
		}
		child := r.Path[i-1]
		switch n := n.(type) {
		case *ast.IfStmt:
			if child == ast.Node(n.Body) && oneOf(r.Site, n.Cond, token.LAND, func(e ast.Expr) bool { return r.IsNil(e, v, token.NEQ) }) ||
				n.Else != nil && child == n.Else && oneOf(r.Site, n.Cond, token.LOR, func(e ast.Expr) bool { return r.IsNil(e, v, token.EQL) }) {
				return true
			}
		case *ast.BlockStmt:
			for _, st := range n.List {
				if ast.Node(st) == child {
					break
				}
				branch, ok := st.(*ast.IfStmt)
				if ok && syntax.Ends(branch.Body) && oneOf(r.Site, branch.Cond, token.LOR, func(e ast.Expr) bool { return r.IsNil(e, v, token.EQL) }) {
					return true
				}
			}
		}
	}
	return false
}

// oneOf reports an expression whose terms, joined by an operator, include one.
func oneOf(s *syntax.Site, e ast.Expr, op token.Token, is func(ast.Expr) bool) bool {
	e = ast.Unparen(e)
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == op {
		return oneOf(s, b.X, op, is) || oneOf(s, b.Y, op, is)
	}
	return is(e)
}
