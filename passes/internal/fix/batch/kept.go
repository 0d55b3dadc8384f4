package batch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A keeping is the statement of a loop that keeps what a batch has left for the next attempt.
type keeping struct {
	stmt ast.Stmt
	// left is where it is kept: a variable from outside of the loop, or a field of one; table is set for what is left of one table.
	left  ast.Expr
	table bool
}

// kept finds the statement by which a loop keeps what is left.
func kept(s *syntax.Site, loop ast.Node) (found keeping) {
	ast.Inspect(loop, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Tok != token.ASSIGN || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, r := range as.Rhs {
			if !leftover(s, r, 0) || !countable(s.Info.TypeOf(r)) {
				continue
			}
			if v := root(s, as.Lhs[i]); v != nil && v.Pos() < loop.Pos() {
				found = keeping{as, as.Lhs[i], ofTable(s, r, 0)}
			}
		}
		return true
	})
	return found
}

// handedBack is kept for a helper that is given what is left and gives back what is left then.
func handedBack(s *syntax.Site, call *ast.CallExpr, loop ast.Node) (found keeping) {
	ast.Inspect(loop, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Tok != token.ASSIGN || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
			return true
		}
		v := s.Variable(as.Lhs[0])
		given := func(arg ast.Expr) bool { return s.Variable(arg) == v }
		if v != nil && v.Pos() < loop.Pos() && countable(v.Type()) && slices.ContainsFunc(call.Args, given) {
			found = keeping{as, as.Lhs[0], false}
		}
		return true
	})
	return found
}

// countable reports a type of which len tells whether anything is in it.
func countable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	}
	return false
}

// root gives the variable that an expression is, or is a field of.
func root(s *syntax.Site, e ast.Expr) *types.Var {
	e = ast.Unparen(e)
	if part, ok := e.(*ast.SelectorExpr); ok {
		e = part.X
	}
	return s.Variable(e)
}

// emptied reports that nothing is in the variable when the loop is left because nothing is left: it is kept on every way, or
// the break before is made to empty it.
func emptied(s *syntax.Site, d *syntax.Draft, loop ast.Stmt, k keeping) bool {
	body := syntax.LoopBody(loop)
	if !slices.ContainsFunc(body.List, func(st ast.Stmt) bool {
		branch, ok := st.(*ast.IfStmt)
		return st == k.stmt || ok && branch.Init == k.stmt
	}) {
		return false
	}
	sure := true
	ast.Inspect(body, func(n ast.Node) bool {
		br, ok := n.(*ast.BranchStmt)
		if !ok || br.Tok == token.CONTINUE || br.Pos() > k.stmt.Pos() {
			return sure
		}
		if sure = br.Tok == token.BREAK && br.Label == nil && whereNothing(s.Around(br), k.table); sure {
			d.Insert(s.File, br.Pos(), s.Text(k.left)+" = nil\n")
		}
		return sure
	})
	return sure
}

// whereNothing reports a place in a branch that is taken when nothing is left of a batch.
func whereNothing(s *syntax.Site, table bool) bool {
	branch, ok := syntax.Enclosing[*ast.IfStmt](s)
	return ok && branch.Body.Pos() <= s.Pos && s.Pos < branch.Body.End() && countsLeft(s, branch.Cond, table, token.EQL)
}

// countsLeft reports a comparison of the length of what a batch has left with 0; table allows that of one table.
func countsLeft(s *syntax.Site, cond ast.Expr, table bool, ops ...token.Token) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || !slices.Contains(ops, b.Op) || s.Text(b.Y) != "0" {
		return false
	}
	call, ok := ast.Unparen(b.X).(*ast.CallExpr)
	if !ok || !syntax.Named(call.Fun, "len") || len(call.Args) != 1 {
		return false
	}
	return leftover(s, call.Args[0], 0) && (table || !ofTable(s, call.Args[0], 0))
}

// ofTable reports what a batch has left of one table.
func ofTable(s *syntax.Site, e ast.Expr, depth int) bool {
	if _, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		return true
	}
	v := s.Variable(e)
	return v != nil && depth < 3 && slices.ContainsFunc(s.Assignments(v), func(a syntax.Assigned) bool { return ofTable(s, a.Value, depth+1) })
}

// leftover reports what a batch has left, or that of one table, in place or in a variable that holds nothing else.
func leftover(s *syntax.Site, e ast.Expr, depth int) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return leftover(s, x.X, depth)
	case *ast.SelectorExpr:
		return syntax.Named(x.Sel, dynamo.UnprocessedItems, dynamo.UnprocessedKeys)
	case *ast.Ident:
		v := s.Variable(x)
		if v == nil || depth > 2 {
			return false
		}
		all := s.Assignments(v)
		return len(all) > 0 && !slices.ContainsFunc(all, func(a syntax.Assigned) bool { return a.Result != 0 || !leftover(s, a.Value, depth+1) })
	}
	return false
}

// remembered keeps an error together with what is left, where the function returns behind the loop the error of the last
// attempt. The site is that of the statement which keeps what is left.
func remembered(s *syntax.Site, d *syntax.Draft, call *ast.CallExpr, loop ast.Stmt, behind []ast.Stmt, table bool) bool {
	err := attemptsError(s, call, loop, behind)
	if err == nil || !whereSomething(s, table) {
		return false
	}
	st, _ := s.Statement()
	later := false
	ast.Inspect(loop, func(n ast.Node) bool { // what comes after it, the loop's head included, must not look at the error
		id, ok := n.(*ast.Ident)
		head := ok && (id.Pos() > st.End() || id.Pos() < syntax.LoopBody(loop).Pos())
		later = later || head && s.Info.ObjectOf(id) == types.Object(err)
		return !later
	})
	errs, ok := d.Use(s, "errors", "errors")
	if later || !ok || !s.Names(err.Name(), err) {
		return false
	}
	d.Insert(s.File, st.Pos(), err.Name()+" = "+errs+".New(\""+notInFull+"\")\n")
	return true
}

// attemptsError gives the variable of an error that each attempt of a loop sets, and that is returned behind it.
func attemptsError(s *syntax.Site, call *ast.CallExpr, loop ast.Stmt, behind []ast.Stmt) *types.Var {
	if len(behind) == 0 {
		return nil
	}
	ret, ok := behind[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return nil
	}
	v := s.Variable(ret.Results[len(ret.Results)-1])
	st, _ := s.Around(call).Statement()
	as, ok := st.(*ast.AssignStmt)
	if v == nil || !syntax.IsError(v.Type()) || !ok || as.Tok != token.ASSIGN || v.Pos() > loop.Pos() || !slices.Contains(syntax.LoopBody(loop).List, st) {
		return nil
	}
	if s.Variable(as.Lhs[len(as.Lhs)-1]) != v || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return nil
	}
	return v
}

// whereSomething reports a statement that is reached only when something is left of a batch: in a branch that asks, or
// behind one that leaves when nothing is.
func whereSomething(s *syntax.Site, table bool) bool {
	st, block := s.Statement()
	for _, before := range block {
		branch, ok := before.(*ast.IfStmt)
		if ok && before.Pos() < st.Pos() && branch.Init == nil && syntax.Ends(branch.Body) && countsLeft(s, branch.Cond, table, token.EQL) {
			return true
		}
	}
	branch, ok := syntax.Enclosing[*ast.IfStmt](s)
	return ok && branch.Body.Pos() <= st.Pos() && st.End() <= branch.Body.End() && countsLeft(s, branch.Cond, table, token.GTR, token.NEQ)
}
