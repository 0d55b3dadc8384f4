package refusal

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// An answer is what a function does when the read of a finding has failed.
type answer struct {
	body *ast.BlockStmt
	// err is the name of the error there, read the call.
	err  string
	read *ast.CallExpr
	// fails is set where it returns an error.
	fails bool
}

// answerOf finds the branch for the error of the read, in the same function and before the write.
func (l *loss) answerOf(f *finding.Finding) *answer {
	if len(f.Reads) == 0 {
		return nil
	}
	read := f.Reads[0]
	file, line := read.File, read.Line
	if len(read.Via) > 0 {
		file, line = read.Via[0].File, read.Via[0].Line
	}
	if l.Src.Fset.Position(l.Pos).Filename != file {
		return nil
	}
	var a *answer
	ast.Inspect(l.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || a != nil || call.End() > l.st.Pos() || !write.OnLine(l.Site, call, line) || !l.LastIsError(call) {
			return a == nil
		}
		at := l.Around(call)
		if body, _ := at.Function(); body != l.body {
			return true
		}
		if body, err := at.OnError(call); body != nil && len(body.List) > 0 {
			a = &answer{body: body, err: err, read: call}
		}
		return a == nil
	})
	if a == nil {
		return nil
	}
	ret, ok := a.body.List[len(a.body.List)-1].(*ast.ReturnStmt)
	if !ok {
		return nil
	}
	if n := len(ret.Results); n == 0 {
		a.fails = l.returnsError() // by the names of the results
	} else if l.returnsError() {
		last := ast.Unparen(ret.Results[n-1])
		call, ok := last.(*ast.CallExpr)
		a.fails = !syntax.Named(last, "nil") && !(ok && len(l.writers(call)) > 0) // return c.JSON(500, …) is an answer
	}
	return a
}

// values is the return statement of the answer with another error: what it gives besides are constants.
func (a *answer) values(l *loss, err string) (string, bool) {
	ret := a.body.List[len(a.body.List)-1].(*ast.ReturnStmt)
	if len(ret.Results) != l.sig.Results().Len() || len(ret.Results) < 2 {
		return "", false
	}
	var out []string
	for _, e := range ret.Results[:len(ret.Results)-1] {
		plain := true
		ast.Inspect(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				plain = plain && l.Variable(n) == nil && l.inScope(n)
			case *ast.CallExpr, *ast.FuncLit:
				plain = false
			}
			return plain
		})
		if !plain {
			return "", false
		}
		out = append(out, l.Text(e))
	}
	return "return " + strings.Join(append(out, err), ", "), true
}

// answered answers the error as the read's is answered: it repeats the statements.
func (l *loss) answered(a *answer, guards bool) (repair, bool) {
	if l.loop() != nil || l.keepsResults() || len(a.body.List) > 6 || l.answeredBefore(a) || !guards && l.goesOn(l.answers(a)) {
		return repair{}, false
	}
	var text []string
	for _, st := range a.body.List {
		if !l.repeats(a, st) {
			return repair{}, false
		}
		text = append(text, l.Text(st))
	}
	return repair{words: "answers as it does when the read fails", stops: true, edit: l.branching(a.err, strings.Join(text, "\n"))}, true
}

// repeats reports a statement that means the same at the loss.
func (l *loss) repeats(a *answer, st ast.Stmt) bool {
	ok := true
	ast.Inspect(st, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt, *ast.BranchStmt, *ast.LabeledStmt:
			ok = false
		case *ast.Ident:
			obj := l.Info.Uses[n]
			if obj == nil || n.Name == a.err {
				break
			}
			if v, local := obj.(*types.Var); local && (v.IsField() || syntax.Within(ident(v), []ast.Node{a.body})) {
				break
			}
			if fn, is := obj.(*types.Func); is && fn.Signature().Recv() != nil {
				break
			}
			ok = ok && l.inScope(n) && !l.changes(a, obj)
		}
		return ok
	})
	return ok
}

// ident is the place of an object.
func ident(obj types.Object) ast.Node { return &syntax.Span{From: obj.Pos(), To: obj.Pos()} }

// inScope reports an identifier that means the same at the loss.
func (l *loss) inScope(id *ast.Ident) bool {
	obj := l.Info.Uses[id]
	if obj == nil || obj.Parent() == nil || obj.Parent() == types.Universe || obj.Pkg() != l.Types {
		return true // a field, a method, nil, or of a package whose name is looked at
	}
	return l.Names(id.Name, obj)
}

// changes reports a local variable that is assigned between the answer and the loss.
func (l *loss) changes(a *answer, obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && slices.ContainsFunc(l.Assignments(v), func(as syntax.Assigned) bool {
		return as.Stmt.Pos() >= a.body.End() && as.Stmt.Pos() < l.st.Pos()
	})
}

// answers reports calls that answer the request as the branch does: of the same function, or with what the branch's are given
// to write to.
func (l *loss) answers(a *answer) func(*ast.CallExpr) bool {
	callees := map[types.Object]bool{}
	to := map[*types.Var]bool{}
	ast.Inspect(a.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || l.computes(call) {
			return true
		}
		if f := l.CalledFunc(call); f != nil {
			callees[f] = true
		}
		for _, v := range l.writers(call) {
			to[v] = true
		}
		return true
	})
	return func(call *ast.CallExpr) bool {
		if f := l.CalledFunc(call); f != nil && callees[f] {
			return true
		}
		return slices.ContainsFunc(l.writers(call), func(v *types.Var) bool { return to[v] })
	}
}

// writers are the variables that a call is one of, or is given, and that answer a request: they have Write or JSON.
func (l *loss) writers(call *ast.CallExpr) (out []*types.Var) {
	var exprs []ast.Expr
	if sel, ok := syntax.CallSelector(call); ok {
		exprs = append(exprs, sel.X)
	}
	for _, e := range append(exprs, call.Args...) {
		v := l.Variable(e)
		if v == nil {
			continue
		}
		for _, name := range []string{"WriteHeader", "JSON"} {
			if obj, _, _ := types.LookupFieldOrMethod(v.Type(), true, l.Types, name); obj != nil {
				out = append(out, v)
				break
			}
		}
	}
	return out
}

// answeredBefore reports that the request may have been answered already where the loss is.
func (l *loss) answeredBefore(a *answer) bool {
	answers := l.answers(a)
	found := false
	ast.Inspect(l.body, func(n ast.Node) bool {
		if n == nil || found || n.Pos() >= l.st.Pos() {
			return false
		}
		if b, ok := n.(*ast.BlockStmt); ok && b != l.body && syntax.Ends(b) && b.End() <= l.st.Pos() {
			return false
		}
		if c, ok := n.(*ast.CaseClause); ok && len(c.Body) > 0 && syntax.Leaves(c.Body[len(c.Body)-1]) && c.End() <= l.st.Pos() {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if ok && call.End() <= l.st.Pos() && call != a.read && answers(call) && !takes(call) {
			found = true
		}
		return !found
	})
	return found
}

// takes reports a method that takes something out of a request, by its name, or prepares the answer.
func takes(call *ast.CallExpr) bool {
	id := syntax.CalledName(call)
	if id == nil {
		return false
	}
	for _, prefix := range []string{"Header", "Param", "Query", "Get", "Set", "Should", "Bind", "Form", "Default", "Context", "Cookie", "PostForm", "Request"} {
		if strings.HasPrefix(id.Name, prefix) {
			return true
		}
	}
	return false
}
