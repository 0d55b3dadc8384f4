package guregu

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// LockedTx is Locked for a transaction: all of its puts of items that were read as the finding's was demand the version.
func LockedTx(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	w := f.Writes[0]
	s, ok := src.At(finding.Pos{File: w.File, Line: w.Line, Col: w.Col})
	if !ok || write.Action(w.Op) != dynamo.Put || len(w.Via) > 0 || len(f.Reads) != 1 {
		return finding.Fix{}, false
	}
	run := txRun(s, w.Line)
	if run == nil {
		return finding.Fix{}, false
	}
	t := &chainTx{Site: s.Around(run), f: f}
	if !t.gather(run) {
		return finding.Fix{}, false
	}
	d, what := src.Draft(), ""
	for i, p := range t.puts {
		v := t.values[i]
		saved := p.Fresh("version", "readVersion", "versionRead")
		if len(t.puts) > 1 {
			saved = p.Fresh(v.Name()+"Version", v.Name()+"VersionRead")
		}
		text, ok := p.locked(d, v, saved)
		if !ok {
			return finding.Fix{}, false
		}
		if what == "" {
			what = text
		}
	}
	if len(t.puts) > 1 {
		return d.Fix("put each item only if its "+what+write.Refused(f), true)
	}
	return d.Fix("put the item only if its "+what+write.Refused(f), true)
}

// A chainTx is a transaction of github.com/guregu/dynamo in one function.
type chainTx struct {
	*syntax.Site
	f *finding.Finding
	// puts are the puts of what was read, values the variables that hold it.
	puts   []*sent
	values []*types.Var
}

// txRun finds the call that sends a transaction, on a line.
func txRun(s *syntax.Site, line int) (run *ast.CallExpr) {
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		call, sel := write.Method(e)
		if call == nil || s.Src.Fset.Position(sel.Sel.Pos()).Line > line || s.Src.Fset.Position(call.Rparen).Line < line {
			return true
		}
		if m, ok := dynamo.MapperOf(s.Callee(call)); ok && m.Role == dynamo.MapRun && m.Op == "TransactWriteItems" {
			run = call
		}
		return run == nil
	})
	return run
}

// gather finds the puts; ok is false where the transaction is also built elsewhere.
func (t *chainTx) gather(run *ast.CallExpr) bool {
	_, sel := write.Method(run)
	root := t.adds(sel.X)
	if v := t.Variable(root); v != nil {
		if len(t.Assignments(v)) != 1 {
			return false
		}
		for _, id := range t.Uses(v) {
			if syntax.Within(id, []ast.Node{run}) {
				continue
			}
			st, _ := t.Around(id).Statement()
			x, ok := st.(*ast.ExprStmt)
			if !ok || t.Variable(t.adds(x.X)) != v {
				return false
			}
		}
		t.adds(t.Definition(v))
	}
	line := 0
	if via := t.f.Reads[0].Via; len(via) > 0 {
		line = via[0].Line
	}
	return slices.ContainsFunc(t.values, func(v *types.Var) bool { return write.ComesFrom(t.Site, v, line, 0) })
}

// adds collects the puts of a chain that builds a transaction, and gives what the chain begins with.
func (t *chainTx) adds(e ast.Expr) ast.Expr {
	for range 40 {
		call, sel := write.Method(e)
		if call == nil {
			return e
		}
		m, ok := dynamo.MapperOf(t.Callee(call))
		if !ok {
			return e
		}
		if m.Role == dynamo.MapAdd && m.Op == dynamo.PutAction && len(call.Args) == 1 {
			t.put(call.Args[0])
		}
		e = sel.X
	}
	return e
}

// put takes a put into the fix, where it is of something that was read, once and by the function of the finding's read.
func (t *chainTx) put(e ast.Expr) {
	r := &write.Request{Site: t.Around(e)}
	r.Of = r.Site
	s := &sent{Request: r, f: t.f, of: e}
	v := s.putValue()
	if v == nil {
		return
	}
	if all := t.Assignments(v); len(all) == 1 && all[0].Result == 0 && write.IsCall(t.Site, all[0].Value) && t.reader() != nil &&
		t.Callee(ast.Unparen(all[0].Value).(*ast.CallExpr)) == t.reader() && !s.Repeated(v.Pos()) {
		t.puts, t.values = append(t.puts, s), append(t.values, v)
	}
}

// reader is the function that gives what the finding has read.
func (t *chainTx) reader() *types.Func {
	via := t.f.Reads[0].Via
	if len(via) == 0 {
		return nil
	}
	var found *types.Func
	ast.Inspect(t.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && t.Src.Fset.Position(call.Lparen).Line == via[0].Line {
			if f := t.Callee(call); f != nil && found == nil {
				found = f
			}
		}
		return found == nil
	})
	return found
}
