package refusal

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// returned returns the error where it occurs.
func (l *loss) returned(a *answer) (repair, bool) {
	const err = "err" // nothing else is named there
	text, ok := l.Returning(err)
	if a != nil {
		if same, alike := a.values(l, err); alike {
			text, ok = same, true
		}
	}
	if !ok {
		return repair{}, false
	}
	return repair{words: "returns now", stops: true, edit: l.branching(err, text)}, true
}

// branching looks at the error: if err := call; err != nil {…}.
func (l *loss) branching(err, body string) func(*syntax.Draft) bool {
	head, tail, block := "if "+strings.Repeat("_, ", l.results()-1)+err+" := ", "; "+err+" != nil {", "\n"+body+"\n}"
	return func(d *syntax.Draft) bool {
		if l.keepsResults() {
			return false
		}
		d.Replace(l.File, l.st.Pos(), l.call.Pos(), head)
		if c := l.commentBehind(); c != nil { // it stays on its line
			d.Ahead(l.File, c.End(), block)
		} else {
			tail += block
		}
		d.Ahead(l.File, l.st.End(), tail)
		return true
	}
}

// commentBehind is the comment on the last line of the statement.
func (l *loss) commentBehind() *ast.Comment {
	for _, group := range l.File.Comments {
		if group.Pos() >= l.st.End() && l.Src.Fset.Position(group.Pos()).Line == l.Src.Fset.Position(l.st.End()).Line {
			return group.List[0]
		}
	}
	return nil
}

// results is how many the call has.
func (l *loss) results() int {
	if tuple, ok := l.Info.TypeOf(l.call).(*types.Tuple); ok {
		return tuple.Len()
	}
	return 1
}

// keepsResults reports a statement that takes other results of the call.
func (l *loss) keepsResults() bool {
	as, ok := l.st.(*ast.AssignStmt)
	return ok && slices.ContainsFunc(as.Lhs, func(e ast.Expr) bool { return !syntax.Named(e, "_") })
}

// joined is for a write on the way out with another error: the function says both.
func (l *loss) joined() (repair, bool) {
	err := l.wayOut()
	if err == nil || l.keepsResults() || !l.knows("go1.20") {
		return repair{}, false
	}
	name := l.Fresh("failure", "another")
	edit := func(d *syntax.Draft) bool {
		pkg, ok := d.Use(l.Site, "errors", "errors")
		return ok && l.branching(name, err.Name()+" = "+pkg+".Join("+err.Name()+", "+name+")")(d)
	}
	return repair{words: "joins to the error that it returns", edit: edit}, true
}

// wayOut finds the error that the function returns behind the loss whatever becomes of the write: it is in the branch of that
// error.
func (l *loss) wayOut() *types.Var {
	if len(l.list) == 0 || !l.returnsError() {
		return nil
	}
	ret, ok := l.list[len(l.list)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return nil
	}
	last := ret.Results[len(ret.Results)-1]
	for i, n := range l.Path {
		branch, ok := n.(*ast.IfStmt)
		if _, closure := n.(*ast.FuncLit); closure {
			return nil
		}
		if !ok || i == 0 || l.Path[i-1] != ast.Node(branch.Body) || !slices.Contains(branch.Body.List, l.st) {
			continue
		}
		b, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
		if !ok || b.Op != token.NEQ || !syntax.Named(b.Y, "nil") {
			continue
		}
		if err := l.Variable(b.X); err != nil && syntax.IsError(err.Type()) && l.Mentions(last, err) && !l.assignedIn(branch.Body, err) {
			return err
		}
	}
	return nil
}

// assignedIn reports an assignment to a variable in a node.
func (l *loss) assignedIn(n ast.Node, v *types.Var) bool {
	return slices.ContainsFunc(l.Assignments(v), func(a syntax.Assigned) bool { return syntax.Within(a.Stmt, []ast.Node{n}) })
}

// knows reports that the module is written in a version of Go, or a later one.
func (l *loss) knows(version string) bool { return l.Src.Knows(l.Types, version) }

// denied is for a function that says by a boolean whether it has done something: it says no, as it does behind other errors,
// where it said yes right behind the write.
func (l *loss) denied() (repair, bool) {
	results := l.sig.Results()
	if results.Len() != 1 || !isBool(results.At(0).Type()) || l.loop() != nil || !l.says(l.next(), "true") {
		return repair{}, false
	}
	no := false
	ast.Inspect(l.body, func(n ast.Node) bool {
		branch, ok := n.(*ast.IfStmt)
		if ok && branch.End() < l.st.Pos() && len(branch.Body.List) > 0 {
			b, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
			failed := ok && l.Variable(b.X) != nil && syntax.IsError(l.Variable(b.X).Type()) && l.IsNil(b, l.Variable(b.X), token.NEQ)
			no = no || failed && l.says(branch.Body.List[len(branch.Body.List)-1], "false")
		}
		_, closure := n.(*ast.FuncLit)
		return !closure
	})
	if !no {
		return repair{}, false
	}
	return repair{words: "answers with false", stops: true, edit: l.branching("err", "return false")}, true
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// next is the statement behind the loss; nil for none.
func (l *loss) next() ast.Stmt {
	if i := slices.Index(l.list, l.st); i >= 0 && i+1 < len(l.list) {
		return l.list[i+1]
	}
	return nil
}

// says reports the return of a constant.
func (l *loss) says(st ast.Stmt, what string) bool {
	ret, ok := st.(*ast.ReturnStmt)
	return ok && len(ret.Results) == 1 && syntax.Named(ret.Results[0], what)
}
