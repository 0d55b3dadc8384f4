package refusal

import (
	"go/ast"
	"go/token"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A meaning is what a function makes of a write that was refused.
type meaning struct {
	// made is the name of the error that it returns for it, empty for the error as it is.
	made string
	// success is the branch in which it is none; nil where there is no such branch. negated is set where the branch is for all
	// other errors.
	success *ast.IfStmt
	negated bool
}

// meaningIn finds what the function around a write makes of its refusal.
func meaningIn(s *syntax.Site, fn *ast.FuncDecl) (m meaning) {
	ast.Inspect(fn, func(n ast.Node) bool {
		branch, ok := n.(*ast.IfStmt)
		if !ok || branch.Pos() < s.Pos || len(branch.Body.List) == 0 {
			return true
		}
		tests, negated := testsRefusal(s, branch)
		if negated && m.success == nil && endsWell(s, branch) {
			m.success, m.negated = branch, true
		}
		ret, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		if !tests || !ok || len(ret.Results) == 0 {
			return true
		}
		switch last := ret.Results[len(ret.Results)-1]; {
		case syntax.Named(last, "nil"):
			m.success = branch
		case m.made == "" && syntax.IsError(syntax.TypeOr(s.Info.TypeOf(last))) && isName(s, last):
			m.made = s.Text(last)
		}
		return true
	})
	return m
}

// endsWell reports a branch for all errors but a refusal, behind which the function returns none.
func endsWell(s *syntax.Site, branch *ast.IfStmt) bool {
	_, list := s.Around(branch).Statement()
	for i, st := range list {
		if st != ast.Stmt(branch) {
			continue
		}
		for _, next := range list[i+1:] {
			if ret, ok := next.(*ast.ReturnStmt); ok {
				return len(ret.Results) > 0 && syntax.Named(ret.Results[len(ret.Results)-1], "nil")
			}
		}
	}
	return false
}

// isName reports an error that has a name of its own.
func isName(s *syntax.Site, e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return s.Variable(x) == nil || s.Info.Uses[x].Parent() == s.Types.Scope()
	case *ast.SelectorExpr:
		id, ok := x.X.(*ast.Ident)
		return ok && s.Variable(id) == nil
	}
	return false
}

// testsRefusal reports a branch for a failed condition, or a cancelled transaction: by the type of the error, by its code, or by
// a function of the source that does so. negated is set for a branch that all other errors take.
func testsRefusal(s *syntax.Site, branch *ast.IfStmt) (tests, negated bool) {
	if branch.Init != nil && namesRefusal(s, branch.Init, 0) {
		return true, false
	}
	for _, part := range conjuncts(branch.Cond) {
		if !namesRefusal(s, part, 0) {
			continue
		}
		if not, ok := part.(*ast.UnaryExpr); ok && not.Op == token.NOT {
			return false, true
		}
		return true, false
	}
	return false, false
}

// conjuncts are what an expression joins by &&.
func conjuncts(e ast.Expr) []ast.Expr {
	e = ast.Unparen(e)
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.LAND {
		return append(conjuncts(b.X), conjuncts(b.Y)...)
	}
	return []ast.Expr{e}
}

func namesRefusal(s *syntax.Site, n ast.Node, depth int) bool {
	found := false
	means := func(f dynamo.Failure, ok bool) {
		found = found || ok && (f == dynamo.FailedCondition || f == dynamo.FailedTransaction)
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !found {
			if t := s.Info.TypeOf(e); t != nil {
				means(dynamo.FailureByType(t))
			}
			if text, ok := s.Constant(e); ok {
				means(dynamo.FailureByCode(text))
			}
		}
		if call, ok := n.(*ast.CallExpr); ok && !found && depth < 2 && syntax.CalledName(call) != nil {
			if at, fn := s.Src.Declared(s.Callee(call)); fn != nil && fn.Body != nil {
				found = namesRefusal(at, fn.Body, depth+1)
			}
		}
		return !found
	})
	return found
}
