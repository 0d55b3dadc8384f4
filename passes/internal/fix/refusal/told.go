package refusal

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// told returns the error in the end: the function goes on as it did behind a failure, since what it does there are writes of their
// own, and says at every return of no error that one has failed.
func (l *loss) told() (repair, bool) {
	outer := l.outermost()
	if outer == nil || l.results() != 1 || !l.knows("go1.20") {
		return repair{}, false
	}
	name := l.Fresh("failed", "failure")
	var ends []func(*syntax.Draft) bool
	for _, ret := range returnsIn(l.body) {
		if ret.Pos() < outer.Pos() {
			continue
		}
		edit, ok := l.end(ret, name)
		if !ok {
			return repair{}, false
		}
		ends = append(ends, edit)
	}
	if len(ends) == 0 {
		return repair{}, false
	}
	edit := func(d *syntax.Draft) bool {
		pkg, ok := d.Use(l.Site, "errors", "errors")
		if !ok || slices.ContainsFunc(ends, func(end func(*syntax.Draft) bool) bool { return !end(d) }) {
			return false
		}
		switch {
		case l.loop() != nil:
			d.Insert(l.File, outer.Pos(), "var "+name+" error\n")
			d.Replace(l.File, l.st.Pos(), l.call.Pos(), name+" = "+pkg+".Join("+name+", ")
			d.Ahead(l.File, l.st.End(), ")")
		case outer == l.st:
			d.Replace(l.File, l.st.Pos(), l.call.Pos(), name+" := ")
		default:
			d.Insert(l.File, outer.Pos(), "var "+name+" error\n")
			d.Replace(l.File, l.st.Pos(), l.call.Pos(), name+" = ")
		}
		return true
	}
	return repair{words: "returns in the end", edit: edit}, true
}

// outermost gives the statement of the function's own list around the loss.
func (l *loss) outermost() ast.Stmt {
	for _, st := range l.body.List {
		if syntax.Within(l.st, []ast.Node{st}) {
			return st
		}
	}
	return nil
}

// end makes a return statement give the error, where it gives none or another one.
func (l *loss) end(ret *ast.ReturnStmt, name string) (func(*syntax.Draft) bool, bool) {
	n := len(ret.Results)
	if n == 0 || n != l.sig.Results().Len() {
		return nil, false
	}
	last := ret.Results[n-1]
	switch {
	case syntax.Named(last, "nil") && n == 1:
		return func(d *syntax.Draft) bool { d.Swap(l.Site, last, name); return true }, true
	case syntax.Named(last, "nil"):
		text, ok := l.Returning(name)
		return func(d *syntax.Draft) bool {
			d.Insert(l.File, ret.Pos(), "if "+name+" != nil {\n"+text+"\n}\n")
			return true
		}, ok
	case l.fails(ret, last):
		return func(*syntax.Draft) bool { return true }, true
	case n == 1 && !l.answersIn(last):
		return func(d *syntax.Draft) bool {
			pkg, ok := d.Use(l.Site, "errors", "errors")
			d.Swap(l.Site, last, pkg+".Join("+name+", "+l.Text(last)+")")
			return ok
		}, true
	}
	return nil, false
}

// answersIn reports an expression that answers a request: return c.JSON(200, …).
func (l *loss) answersIn(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(l.writers(call)) > 0
}

// fails reports a return of what is an error for sure.
func (l *loss) fails(ret *ast.ReturnStmt, e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		f := l.CalledFunc(x)
		return f != nil && (f.FullName() == "fmt.Errorf" || f.FullName() == "errors.New")
	case *ast.Ident, *ast.SelectorExpr:
		if isName(l.Site, x) {
			return true
		}
		err := l.Variable(x)
		return err != nil && slices.ContainsFunc(l.Around(ret).Path, func(n ast.Node) bool {
			branch, ok := n.(*ast.IfStmt)
			return ok && syntax.Within(ret, []ast.Node{branch.Body}) && slices.ContainsFunc(conjuncts(branch.Cond), func(e ast.Expr) bool { return l.IsNil(e, err, token.NEQ) })
		})
	}
	return false
}

// quiet are packages whose functions only compute.
var quiet = []string{"fmt", "errors", "strings", "strconv", "time", "sort", "slices", "maps", "math", "bytes", "unicode", "encoding/json", "net/url", "path", "regexp", "cmp"}

// goesOn reports that the function does something behind the loss: it calls what does more than compute, log, or answer a
// request.
func (l *loss) goesOn(answers func(*ast.CallExpr) bool) bool {
	found := false
	ast.Inspect(l.body, func(n ast.Node) bool {
		if n == nil || found || n.End() <= l.st.End() {
			return false
		}
		if l.left(n) {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() < l.st.End() {
			return true
		}
		found = !l.computes(call) && (answers == nil || !answers(call))
		return !found
	})
	return found
}

// left reports a branch or clause that is not entered when the loss was passed: it is the other one.
func (l *loss) left(n ast.Node) bool {
	for _, x := range l.Path {
		switch x := x.(type) {
		case *ast.IfStmt:
			if x.Else != nil && n == ast.Node(x.Else) && syntax.Within(l.st, []ast.Node{x.Body}) {
				return true
			}
		case *ast.CaseClause:
			if other, ok := n.(*ast.CaseClause); ok && other != x && sameSwitch(l.Path, other) {
				return true
			}
		}
		// Behind a block that is left for good nothing of what follows it is reached.
		if b, ok := x.(*ast.BlockStmt); ok && syntax.Ends(b) && n.Pos() >= b.End() && !l.continues(b) {
			return true
		}
	}
	return false
}

// sameSwitch reports a clause of a switch around the place.
func sameSwitch(path []ast.Node, clause *ast.CaseClause) bool {
	return slices.ContainsFunc(path, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.SwitchStmt:
			return slices.Contains(s.Body.List, ast.Stmt(clause))
		case *ast.TypeSwitchStmt:
			return slices.Contains(s.Body.List, ast.Stmt(clause))
		}
		return false
	})
}

// continues reports a block that ends with anything but a return.
func (l *loss) continues(b *ast.BlockStmt) bool {
	_, returns := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return !returns
}

// computes reports a call that has no effect on anybody else.
func (l *loss) computes(call *ast.CallExpr) bool {
	if l.Info.Types[call.Fun].IsType() || l.Logged(call) {
		return true
	}
	id := syntax.CalledName(call)
	if id == nil {
		return false
	}
	if _, builtin := l.Info.Uses[id].(*types.Builtin); builtin {
		return true
	}
	f := l.CalledFunc(call)
	if f == nil {
		return false
	}
	if f.Pkg() == nil { // error.Error
		return true
	}
	return slices.Contains(quiet, f.Pkg().Path()) && !printed[f.Name()]
}

// printed are functions of package fmt that write to others.
var printed = map[string]bool{"Fprint": true, "Fprintf": true, "Fprintln": true}
