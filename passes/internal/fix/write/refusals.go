package write

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A function that writes under a condition often has a meaning for its failure already: that there is no such item. A demand
// that is added to the condition gets that meaning too. Where it is that all is well, the write would be lost in silence, as it would
// be where nobody looks at its error.

// Honest leaves out the fixes whose refusal the function of the write takes for success, and has titles say what it makes of it
// otherwise.
func Honest(src *syntax.Source, f *finding.Finding, fixes []finding.Fix) []finding.Fix {
	if len(f.Writes) == 0 {
		return fixes
	}
	s, ok := src.At(finding.Pos{File: f.Writes[0].File, Line: f.Writes[0].Line, Col: f.Writes[0].Col})
	if !ok {
		return fixes
	}
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	if !ok {
		return fixes
	}
	made, swallowed := refusal(s, fn)
	if meet, ok := src.At(f.Pos); ok {
		swallowed = swallowed || ignored(meet)
	}
	var out []finding.Fix
	for _, x := range fixes {
		demands := strings.Contains(x.Title, "; callers must expect ")
		if demands && swallowed {
			continue
		}
		if demands && made != "" {
			x.Title += ", which " + fn.Name.Name + " makes " + made
		}
		out = append(out, x)
	}
	return out
}

// ignored reports a call whose error is dropped, or only logged: what comes after it happens all the same.
func ignored(s *syntax.Site) bool {
	st, list := s.Statement()
	switch st := st.(type) {
	case *ast.ExprStmt:
		call, ok := st.X.(*ast.CallExpr)
		return ok && s.LastIsError(call)
	case *ast.AssignStmt:
		if len(st.Rhs) != 1 {
			return false
		}
		call, ok := ast.Unparen(st.Rhs[0]).(*ast.CallExpr)
		if !ok || !s.LastIsError(call) {
			return false
		}
		last := st.Lhs[len(st.Lhs)-1]
		if syntax.Named(last, "_") {
			return true
		}
		for i, x := range list {
			if x == ast.Stmt(st) && i+1 < len(list) {
				branch, ok := list[i+1].(*ast.IfStmt)
				return ok && s.Variable(last) != nil && isNil(s, branch.Cond, s.Variable(last), token.NEQ) && onlyLogs(branch)
			}
		}
	case *ast.IfStmt:
		as, ok := st.Init.(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || s.Pos > st.Body.Pos() {
			return false
		}
		err := s.Variable(as.Lhs[len(as.Lhs)-1])
		return err != nil && syntax.IsError(err.Type()) && isNil(s, st.Cond, err, token.NEQ) && onlyLogs(st)
	}
	return false
}

// onlyLogs reports a branch of nothing but calls whose results nobody uses.
func onlyLogs(branch *ast.IfStmt) bool {
	if branch.Else != nil {
		return false
	}
	return !slices.ContainsFunc(branch.Body.List, func(st ast.Stmt) bool {
		call, ok := st.(*ast.ExprStmt)
		if !ok {
			return true
		}
		c, ok := call.X.(*ast.CallExpr)
		return !ok || syntax.Named(c.Fun, "panic") || exits(c)
	})
}

// exits reports a call that does not come back, by its name, as loggers, tests and programs end.
func exits(call *ast.CallExpr) bool {
	id := syntax.CalledName(call)
	return id != nil && (strings.HasPrefix(id.Name, "Fatal") || strings.HasPrefix(id.Name, "Panic") || id.Name == "Exit")
}

// refusal finds what a function returns for a write that was refused: the name of an error, or no error at all.
func refusal(s *syntax.Site, fn *ast.FuncDecl) (made string, swallowed bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		branch, ok := n.(*ast.IfStmt)
		if !ok || branch.Pos() < s.Pos || !testsRefusal(s, branch) || len(branch.Body.List) == 0 {
			return true
		}
		ret, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		if !ok || len(ret.Results) == 0 {
			return true
		}
		switch last := ret.Results[len(ret.Results)-1]; {
		case syntax.Named(last, "nil"):
			swallowed = true
		case made == "" && syntax.IsError(syntax.TypeOr(s.Info.TypeOf(last))) && isName(s, last):
			made = s.Text(last)
		}
		return true
	})
	return made, swallowed
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
// a function of the source that does so.
func testsRefusal(s *syntax.Site, branch *ast.IfStmt) bool {
	if not, ok := ast.Unparen(branch.Cond).(*ast.UnaryExpr); ok && not.Op == token.NOT {
		return false
	}
	return branch.Init != nil && namesRefusal(s, branch.Init, 0) || namesRefusal(s, branch.Cond, 0)
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
