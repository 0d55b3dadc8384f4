package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
)

// OnError finds the branch that is taken when a call has failed, and the name of its error.
func (s *Site) OnError(call *ast.CallExpr) (*ast.BlockStmt, string) {
	st, list := s.Around(call).Statement()
	if branch, ok := st.(*ast.IfStmt); ok {
		if as, ok := branch.Init.(*ast.AssignStmt); ok && as.Pos() <= call.Pos() && call.End() <= as.End() {
			return s.BranchOf(branch, as)
		}
		return nil, ""
	}
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return nil, ""
	}
	for i, x := range list {
		if x == st && i+1 < len(list) {
			if branch, ok := list[i+1].(*ast.IfStmt); ok && branch.Init == nil {
				return s.BranchOf(branch, as)
			}
		}
	}
	return nil, ""
}

// BranchOf gives the block that `if err != nil` guards, where err is the last thing that as assigns.
func (s *Site) BranchOf(branch *ast.IfStmt, as *ast.AssignStmt) (*ast.BlockStmt, string) {
	id, ok := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	if !ok || id.Name == "_" || !IsError(s.Info.TypeOf(id)) {
		return nil, ""
	}
	cond, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !Named(cond.X, id.Name) || !Named(cond.Y, "nil") {
		return nil, ""
	}
	return branch.Body, id.Name
}

// Leaves reports a statement after which the block does not go on.
func Leaves(st ast.Stmt) bool {
	switch st.(type) {
	case *ast.BranchStmt, *ast.ReturnStmt:
		return true
	}
	return false
}

// LastIsError reports a call whose last result is an error.
func (s *Site) LastIsError(call *ast.CallExpr) bool {
	t := s.Info.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(tuple.Len() - 1).Type()
	}
	return t != nil && IsError(t)
}

// IsNil reports the comparison of a variable with nil.
func (s *Site) IsNil(e ast.Expr, v *types.Var, op token.Token) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	return ok && b.Op == op && (s.Variable(b.X) == v && Named(b.Y, "nil") || s.Variable(b.Y) == v && Named(b.X, "nil"))
}
