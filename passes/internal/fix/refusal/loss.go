package refusal

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// How an error gets lost.
type how int

const (
	// dropped: nobody looks at it.
	dropped how = iota
	// logged: it is logged, and the function goes on.
	logged
	// detached: the call is deferred or a goroutine, so that the function has no error of it.
	detached
)

// A loss is a call whose error does not get to the callers of the function around it.
type loss struct {
	*syntax.Site
	call *ast.CallExpr
	how  how
	// st is the statement of the call, of a block's list.
	st   ast.Stmt
	list []ast.Stmt
	// branch is that in which the error is logged.
	branch *ast.IfStmt
	// body and sig are those of the innermost function.
	body *ast.BlockStmt
	sig  *types.Signature
}

// lossOf finds how the error of a call gets lost; nil when something is made of it.
func lossOf(s *syntax.Site, call *ast.CallExpr) *loss {
	if !s.LastIsError(call) {
		return nil
	}
	l := &loss{Site: s, call: call, how: dropped}
	l.st, l.list = s.Statement()
	if l.body, l.sig = s.Function(); l.body == nil || l.st == nil || !l.losesError() {
		return nil
	}
	return l
}

// losesError finds out how the statement treats the error.
func (l *loss) losesError() bool {
	switch st := l.st.(type) {
	case *ast.GoStmt:
		l.how = detached
		return st.Call == l.call
	case *ast.DeferStmt:
		l.how = detached
		return st.Call == l.call
	case *ast.ExprStmt:
		if ast.Unparen(st.X) == ast.Expr(l.call) {
			return true
		}
		l.how = logged
		return l.Logged(l.call) // log.Print(put(…))
	case *ast.AssignStmt:
		if len(st.Rhs) != 1 || ast.Unparen(st.Rhs[0]) != ast.Expr(l.call) {
			return false
		}
		last := st.Lhs[len(st.Lhs)-1]
		if syntax.Named(last, "_") {
			return true
		}
		i := slices.Index(l.list, l.st)
		if i < 0 || i+1 >= len(l.list) {
			return false
		}
		branch, ok := l.list[i+1].(*ast.IfStmt)
		return ok && branch.Init == nil && l.logs(branch, l.Variable(last))
	case *ast.IfStmt:
		as, ok := st.Init.(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(l.call) {
			return false
		}
		return l.logs(st, l.Variable(as.Lhs[len(as.Lhs)-1]))
	}
	return false
}

// logs reports a branch for an error that does nothing but log.
func (l *loss) logs(branch *ast.IfStmt, err *types.Var) bool {
	if err == nil || !syntax.IsError(err.Type()) || !l.IsNil(branch.Cond, err, token.NEQ) || !onlyLogs(branch) {
		return false
	}
	l.how, l.branch = logged, branch
	return true
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

// named is the function around the loss, for titles.
func (l *loss) named() string {
	if fn, ok := l.Outermost().(*ast.FuncDecl); ok {
		return fn.Name.Name
	}
	return "the function"
}

// repair finds what can be done about a loss; meets is set where read and write meet there.
func (l *loss) repair(f *finding.Finding, meets bool) (repair, bool) {
	guards := f.Check == "checkthenact" // what comes behind the write is done because of what was read
	switch {
	case l.how == detached || l.apart() || ast.IsGenerated(l.File):
		return repair{}, false
	case l.how == logged:
		return repair{words: "logs, and goes on with the next one"}, meets && !guards && l.ofMany()
	case l.deliberate():
		return repair{}, false
	}
	if r, ok := l.joined(); ok {
		return r, true
	}
	var answer *answer
	if meets {
		answer = l.answerOf(f)
	}
	switch {
	case answer != nil && !answer.fails:
		return l.answered(answer, guards)
	case !l.returnsError() && answer == nil:
		return l.denied()
	case !l.returnsError():
		return repair{}, false
	}
	if !guards && l.callback() {
		return repair{}, false
	}
	if l.loop() == nil && (guards || !l.goesOn(nil)) || guards && l.leavesLoop() {
		return l.returned(answer)
	}
	if guards {
		return repair{}, false
	}
	return l.told()
}

// apart reports a closure that is deferred or a goroutine: what it returns nobody gets.
func (l *loss) apart() bool {
	for i, n := range l.Path {
		switch n.(type) {
		case *ast.FuncDecl:
			return false
		case *ast.FuncLit:
			if i+2 < len(l.Path) {
				switch l.Path[i+2].(type) {
				case *ast.GoStmt, *ast.DeferStmt:
					return true
				}
			}
			return false
		}
	}
	return false
}

// callback reports a closure that another function calls, and may call for each of many: an error would keep it from the others.
// One for an errgroup is started by itself.
func (l *loss) callback() bool {
	for i, n := range l.Path {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			continue
		}
		call, ok := l.Path[i+1].(*ast.CallExpr)
		if !ok || call.Fun == ast.Expr(lit) || l.Info.Types[call.Fun].IsType() {
			return false
		}
		f := l.CalledFunc(call)
		return f == nil || f.FullName() != "(*golang.org/x/sync/errgroup.Group).Go"
	}
	return false
}

// decided are comments by which an author says that a failure is to be passed over.
var decided = regexp.MustCompile(`(?i)best[ -]?effort|non-?(fatal|critical)|not (fatal|critical)|ignor|fire[ -]and[ -]forget|(don't|do not|not|never) fail|even if|regardless|opportunistic|nolint:errcheck`)

// deliberate reports a comment at the statement which says that its error does not matter.
func (l *loss) deliberate() bool {
	line := func(p token.Pos) int { return l.Src.Fset.Position(p).Line }
	return slices.ContainsFunc(l.File.Comments, func(g *ast.CommentGroup) bool {
		near := line(g.End()) == line(l.st.Pos())-1 || line(g.Pos()) >= line(l.st.Pos()) && line(g.Pos()) <= line(l.st.End())
		return near && decided.MatchString(g.Text()+l.Text(g))
	})
}

// returnsError reports that the function's last result is an error.
func (l *loss) returnsError() bool {
	n := l.sig.Results().Len()
	return n > 0 && syntax.IsError(l.sig.Results().At(n-1).Type())
}

// loop gives the innermost loop around the loss in its function; nil for none.
func (l *loss) loop() ast.Stmt {
	for _, n := range l.Path {
		switch n := n.(type) {
		case *ast.ForStmt:
			return n
		case *ast.RangeStmt:
			return n
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

// leavesLoop reports that the function returns errors out of the loop already.
func (l *loss) leavesLoop() bool {
	found := false
	if loop := l.loop(); loop != nil {
		for _, ret := range returnsIn(loop) {
			n := len(ret.Results)
			found = found || n > 0 && !syntax.Named(ret.Results[n-1], "nil") && syntax.IsError(syntax.TypeOr(l.Info.TypeOf(ret.Results[n-1])))
		}
	}
	return found
}

// ofMany reports a write of one of many items, whose failure the author logs to go on with the next one: the error is in the log,
// and so is it with a refusal.
func (l *loss) ofMany() bool {
	loop, ok := l.loop().(*ast.RangeStmt)
	if !ok || l.branch == nil {
		return false
	}
	made := map[*types.Var]bool{}
	l.Mentioned(l.call, made, 0)
	one := func(e ast.Expr) bool { return e != nil && made[l.Variable(e)] }
	err := l.errorVariable()
	return (one(loop.Key) || one(loop.Value)) && err != nil && l.Mentions(l.branch.Body, err)
}

// errorVariable gives the variable that holds the logged error.
func (l *loss) errorVariable() *types.Var {
	st := l.st
	if branch, ok := st.(*ast.IfStmt); ok {
		st = branch.Init
	}
	if as, ok := st.(*ast.AssignStmt); ok {
		return l.Variable(as.Lhs[len(as.Lhs)-1])
	}
	return nil
}

// returnsIn lists the return statements of a node, without those of closures.
func returnsIn(n ast.Node) (out []*ast.ReturnStmt) {
	ast.Inspect(n, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			out = append(out, ret)
		}
		_, closure := n.(*ast.FuncLit)
		return !closure
	})
	return out
}
