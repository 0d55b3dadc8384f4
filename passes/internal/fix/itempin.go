package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// pinItem makes a write demand that the attributes it depends on are what was read, where the item that was read is at hand
// as the map that it is: values of any type are compared as they came, so that it serves items that are written by hand.
func pinItem(src *Source, f *finding.Finding) (finding.Fix, bool) {
	p, attrs, ok := src.pins(f)
	if !ok {
		return finding.Fix{}, false
	}
	if _, built := p.builder(); built {
		return finding.Fix{}, false
	}
	out, after, ok := p.outputAtHand(f, attrs)
	if !ok || !p.leftAlone(out) {
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
	return p.d.fix(pinTitle(attrs)+refused(f), true)
}

// outputAtHand finds the variable of a GetItem's output in the function of the write, and the last statement that makes sure of
// it: nothing has changed the item there yet.
func (r *request) outputAtHand(f *finding.Finding, attrs []finding.Need) (*types.Var, ast.Stmt, bool) {
	read := attrs[0].Read
	if slices.ContainsFunc(attrs, func(n finding.Need) bool { return n.Read != read }) || read < 0 || read >= len(f.Reads) {
		return nil, nil, false
	}
	a := f.Reads[read]
	s, ok := r.src.at(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok || a.Op != "GetItem" || len(a.Via) > 0 || s.outermost() != r.outermost() {
		return nil, nil, false
	}
	call, _ := s.sdkCall()
	st, list := s.around(call).statement()
	as, ok := st.(*ast.AssignStmt)
	if call == nil || !ok || len(as.Lhs) != 2 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return nil, nil, false
	}
	out := r.variable(as.Lhs[0])
	if out == nil || len(r.assignments(out)) != 1 || !slices.Contains(r.variables(r.call.Pos()), out) {
		return nil, nil, false
	}
	if _, err := r.errorOf(as); err == "" {
		return out, st, slices.ContainsFunc(list, func(x ast.Stmt) bool { return within(r.call, []ast.Node{x}) })
	}
	i := slices.Index(list, st)
	return out, list[i+1], slices.ContainsFunc(list[i+1:], func(x ast.Stmt) bool { return within(r.call, []ast.Node{x}) })
}

// leftAlone reports that nothing changes the values which were read: they are compared as they came, and a list or map of them
// is not copied. What is put into the item itself is no change of them.
func (r *request) leftAlone(out *types.Var) bool {
	of := func(e ast.Expr) bool {
		if _, plain := typeOr(r.Info.TypeOf(e)).Underlying().(*types.Basic); plain {
			return false
		}
		made := map[*types.Var]bool{}
		r.mentioned(e, made, 0)
		return made[out]
	}
	ok := true
	ast.Inspect(r.outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				switch x := ast.Unparen(l).(type) {
				case *ast.IndexExpr:
					ok = ok && (!of(x.X) || r.itemOf(x.X, out))
				case *ast.SelectorExpr:
					ok = ok && !of(x.X)
				}
			}
		case *ast.CallExpr:
			ok = ok && (n == r.call || r.readsOnly(n) || !slices.ContainsFunc(n.Args, of))
		}
		return ok
	})
	return ok
}

// itemOf reports the item that a variable holds, or another name of it.
func (r *request) itemOf(e ast.Expr, out *types.Var) bool {
	if v := r.variable(e); v != nil {
		e = r.definition(v)
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == dynamo.Item && r.variable(sel.X) == out
}

// readsOnly reports a call that does not change what it is given.
func (r *request) readsOnly(call *ast.CallExpr) bool {
	if r.Info.Types[call.Fun].IsType() || named(call.Fun, "len", "append", "cap") || r.logged(call) {
		return true
	}
	f := r.calledFunc(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	_, decodes := dynamo.Decodes(f)
	return decodes || r.takesOut(call) != "" || slices.Contains([]string{"strconv", "fmt", "strings", "errors", r.dialect.Aws, r.dialect.Marshal, "encoding/json"}, f.Pkg().Path())
}

// errorOf gives the branch that looks at a call's error right behind it.
func (s *site) errorOf(as *ast.AssignStmt) (*ast.IfStmt, string) {
	st, list := s.around(as).statement()
	i := slices.Index(list, st)
	if i < 0 || i+1 >= len(list) {
		return nil, ""
	}
	branch, ok := list[i+1].(*ast.IfStmt)
	if !ok || branch.Init != nil {
		return nil, ""
	}
	if body, err := s.branchOf(branch, as); body != nil && ends(body) {
		return branch, err
	}
	return nil, ""
}

// keep keeps an attribute as it was read in a variable, and pins it.
func (p *pins) keep(attr string, out *types.Var, after ast.Stmt) bool {
	null, ok := p.d.attribute(p.request, "NULL", "true")
	if !ok {
		return false
	}
	name := p.fresh(local(attr)+"Read", local(attr)+"AsRead")
	p.d.after(p.site, after, name+" := "+out.Name()+"."+dynamo.Item+"["+strconv.Quote(attr)+"]\n"+
		"if "+name+" == nil {\n"+name+" = "+null+" // there is none\n}")
	p.texts = append(p.texts, p.guard.unchanged(attr, attr+"Read", name))
	return true
}

// local is a name for a variable that holds an attribute.
func local(attr string) string {
	w := word(attr)
	if w[0] >= '0' && w[0] <= '9' {
		return "attr" + w
	}
	return lower(w)
}
