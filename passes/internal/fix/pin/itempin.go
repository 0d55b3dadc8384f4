package pin

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Item makes a write demand that the attributes it depends on are what was read, where the item that was read is at hand
// as the map that it is: values of any type are compared as they came, so that it serves items that are written by hand.
func Item(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	p, attrs, ok := pins(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	if _, built := p.Builder(); built {
		return finding.Fix{}, false
	}
	out, after, ok := outputAtHand(p.Request, f, attrs)
	if !ok || !leftAlone(p.Request, out) {
		return finding.Fix{}, false
	}
	for _, n := range attrs {
		if !p.keep(n.Attr, out, after) {
			return finding.Fix{}, false
		}
	}
	if !p.put() {
		return finding.Fix{}, false
	}
	return p.D.Fix(Title(attrs)+write.Refused(f), true)
}

// outputAtHand finds the variable of a GetItem's output in the function of the write, and the last statement that makes sure of
// it: nothing has changed the item there yet.
func outputAtHand(r *write.Request, f *finding.Finding, attrs []finding.Need) (*types.Var, ast.Stmt, bool) {
	read := attrs[0].Read
	if slices.ContainsFunc(attrs, func(n finding.Need) bool { return n.Read != read }) || read < 0 || read >= len(f.Reads) {
		return nil, nil, false
	}
	a := f.Reads[read]
	s, ok := r.Src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok || a.Op != "GetItem" || len(a.Via) > 0 || s.Outermost() != r.Outermost() {
		return nil, nil, false
	}
	call, _ := write.SdkCall(s)
	st, list := s.Around(call).Statement()
	as, ok := st.(*ast.AssignStmt)
	if call == nil || !ok || len(as.Lhs) != 2 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return nil, nil, false
	}
	out := r.Variable(as.Lhs[0])
	if out == nil || len(r.Assignments(out)) != 1 || !slices.Contains(r.Variables(r.Call.Pos()), out) {
		return nil, nil, false
	}
	i := slices.Index(list, st)
	if _, err := ErrorOf(r.Site, as); err == "" && !looksAt(r.Site, list, i, as.Lhs[1]) {
		return out, st, slices.ContainsFunc(list, func(x ast.Stmt) bool { return syntax.Within(r.Call, []ast.Node{x}) })
	}
	return out, list[i+1], slices.ContainsFunc(list[i+1:], func(x ast.Stmt) bool { return syntax.Within(r.Call, []ast.Node{x}) })
}

// looksAt reports a branch right behind a statement that looks at an error, and goes on.
func looksAt(s *syntax.Site, list []ast.Stmt, i int, err ast.Expr) bool {
	v := s.Variable(err)
	if v == nil || i < 0 || i+1 >= len(list) {
		return false
	}
	branch, ok := list[i+1].(*ast.IfStmt)
	return ok && s.Mentions(branch.Cond, v)
}

// leftAlone reports that nothing changes the values which were read: they are compared as they came, and a list or map of them
// is not copied. What is put into the item itself is no change of them.
func leftAlone(r *write.Request, out *types.Var) bool {
	of := func(e ast.Expr) bool {
		if _, plain := syntax.TypeOr(r.Info.TypeOf(e)).Underlying().(*types.Basic); plain {
			return false
		}
		made := map[*types.Var]bool{}
		r.Mentioned(e, made, 0)
		return made[out]
	}
	ok := true
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				switch x := ast.Unparen(l).(type) {
				case *ast.IndexExpr:
					ok = ok && (!of(x.X) || itemOf(r, x.X, out))
				case *ast.SelectorExpr:
					ok = ok && !of(x.X)
				}
			}
		case *ast.CallExpr:
			ok = ok && (n == r.Call || readsOnly(r, n) || !slices.ContainsFunc(n.Args, of))
		}
		return ok
	})
	return ok
}

// itemOf reports the item that a variable holds, or another name of it.
func itemOf(r *write.Request, e ast.Expr, out *types.Var) bool {
	if v := r.Variable(e); v != nil {
		e = r.Definition(v)
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == dynamo.Item && r.Variable(sel.X) == out
}

// readsOnly reports a call that does not change what it is given.
func readsOnly(r *write.Request, call *ast.CallExpr) bool {
	if r.Info.Types[call.Fun].IsType() || syntax.Named(call.Fun, "len", "append", "cap") || r.Logged(call) {
		return true
	}
	f := r.CalledFunc(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	_, decodes := dynamo.Decodes(f)
	return decodes || r.TakesOut(call) != "" || slices.Contains([]string{"strconv", "fmt", "strings", "errors", r.Dialect.Aws, r.Dialect.Marshal, "encoding/json"}, f.Pkg().Path())
}

// ErrorOf gives the branch that looks at a call's error right behind it.
func ErrorOf(s *syntax.Site, as *ast.AssignStmt) (*ast.IfStmt, string) {
	st, list := s.Around(as).Statement()
	i := slices.Index(list, st)
	if i < 0 || i+1 >= len(list) {
		return nil, ""
	}
	branch, ok := list[i+1].(*ast.IfStmt)
	if !ok || branch.Init != nil {
		return nil, ""
	}
	if body, err := s.BranchOf(branch, as); body != nil && syntax.Ends(body) {
		return branch, err
	}
	return nil, ""
}

// keep keeps an attribute as it was read in a variable, and pins it.
func (p *Pins) keep(attr string, out *types.Var, after ast.Stmt) bool {
	null, ok := write.Attribute(p.D, p.Request, "NULL", "true")
	if !ok {
		return false
	}
	name := p.Fresh(local(attr)+"Read", local(attr)+"AsRead")
	p.D.After(p.Site, after, name+" := "+out.Name()+"."+dynamo.Item+"["+strconv.Quote(attr)+"]\n"+
		"if "+name+" == nil {\n"+name+" = "+null+" // there is none\n}")
	p.Texts = append(p.Texts, p.Guard.Unchanged(attr, attr+"Read", name))
	return true
}

// local is a name for a variable that holds an attribute.
func local(attr string) string {
	w := write.Word(attr)
	if w[0] >= '0' && w[0] <= '9' {
		return "attr" + w
	}
	return syntax.Lower(w)
}
