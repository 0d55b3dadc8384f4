package lock

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Given is a lock on an update, where the function that reads gives the item's version beside what it holds, and other
// updates of the item count the version on: this one demands it, and counts it on too.
func Given(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Reads) != 1 || len(f.Writes[0].Via) > 0 || len(f.Reads[0].Via) == 0 || f.Writes[0].Op != "UpdateItem" {
		return finding.Fix{}, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	g := &givenVersion{lock: lock{Request: r, d: src.Draft(), f: f}}
	if !g.found() || !g.updates() || g.Demanded(g.version.Attr) || !g.countedElsewhere() || g.Repeated(g.got.Pos()) {
		return finding.Fix{}, false
	}
	code, ok := g.named()
	if !ok || !g.write(code) {
		return finding.Fix{}, false
	}
	note, ok := g.others(nil, g.version)
	if !ok {
		return finding.Fix{}, false
	}
	title := "make the write only if " + g.version.Attr + " is as it was read"
	if !g.counts {
		title += ", and count it on"
	}
	return g.d.Fix(title+note+write.Refused(f), true)
}

// A givenVersion is the version among the results of the call that reads.
type givenVersion struct {
	lock
	// got is the statement of the call, result the version's place among its results.
	got    *ast.AssignStmt
	result int
	// text is the update's expression, at its place; counts is set where it adds to the version already.
	text   written
	counts bool
}

// found finds the result that is the item's version.
func (g *givenVersion) found() bool {
	line := g.f.Reads[0].Via[0].Line
	ast.Inspect(g.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if ok && len(as.Rhs) == 1 && len(as.Lhs) > 1 && write.OnLine(g.lock.Request.Site, as.Rhs[0], line) && write.IsCall(g.lock.Request.Site, as.Rhs[0]) {
			g.got = as
		}
		return g.got == nil
	})
	if g.got == nil || g.got.Tok != token.DEFINE || g.got.Pos() > g.Call.Pos() {
		return false
	}
	s, fn := g.Src.Declared(g.Callee(ast.Unparen(g.got.Rhs[0]).(*ast.CallExpr)))
	if fn == nil || fn.Body == nil {
		return false
	}
	results := s.Info.Defs[fn.Name].(*types.Func).Signature().Results()
	for i := range min(results.Len(), len(g.got.Lhs)) {
		if !basicInteger(results.At(i).Type()) {
			continue
		}
		if attr := resultFrom(s.Around(fn.Body), fn, i, g.Dialect); write.Counter.MatchString(attr) {
			g.result, g.version = i, Version{Attr: attr, typ: types.Unalias(results.At(i).Type())}
			return true
		}
	}
	return false
}

// resultFrom gives the attribute that a result of a function is, wherever it is no constant.
func resultFrom(s *syntax.Site, fn *ast.FuncDecl, i int, d dynamo.Dialect) (attr string) {
	ok := write.EveryResult(s, fn, i, func(at *syntax.Site, e ast.Expr) bool {
		if at.Info.Types[e].Value != nil {
			return true
		}
		from := write.AttributeFrom(at, e, d)
		fits := from != "" && (attr == "" || attr == from)
		attr = from
		return fits
	})
	if !ok {
		return ""
	}
	return attr
}

// updates reports an update, written out as one constant, that counts the version on or leaves it to others.
func (g *givenVersion) updates() bool {
	of := &write.Request{Site: g.Of, Lit: g.Lit, Dialect: g.Dialect}
	of.Of = of.Site
	all, texts, ok := updates(of)
	if !ok || len(all) != 1 || g.SetsLater(dynamo.UpdateExpression) {
		return false
	}
	if table := write.Field(g.Lit, dynamo.TableName); g.Made && (table == nil || TableKey(g.Of, table.Value) == "" || g.Of.Types != g.Types) {
		return false // it would not be made to count on
	}
	for _, a := range all[0] {
		if dynamo.SameAttribute(a.Path.Name, g.version.Attr) {
			if g.counts = a.Verb == expr.Add; !g.counts {
				return false
			}
			continue
		}
		g.sets = append(g.sets, a.Path.Name)
	}
	g.text = texts[0]
	return len(g.sets) > 0
}

// countedElsewhere reports another update of the package that adds to the version: it is one that counts the item's writes.
func (g *givenVersion) countedElsewhere() bool {
	found := false
	for _, f := range g.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok || found {
				return !found
			}
			text, ok := g.Constant(e)
			if !ok {
				return true
			}
			actions, err := expr.ParseUpdate(text, func(p string) (string, bool) { return p, true })
			found = err == nil && slices.ContainsFunc(actions, func(a expr.Action) bool { return a.Verb == expr.Add && a.Path.Name == g.version.Attr })
			return !found
		})
	}
	return found
}

// named gives the variable of the version in the function of the write, and a name to one that was left out.
func (g *givenVersion) named() (string, bool) {
	id, ok := g.got.Lhs[g.result].(*ast.Ident)
	if !ok {
		return "", false
	}
	if id.Name == "_" {
		name := g.Fresh(pin.Camel(g.version.Attr), pin.Camel(g.version.Attr)+"Read")
		g.d.Swap(g.Site, id, name)
		return name, g.Outer(g.got) == ast.Stmt(g.got)
	}
	v, _ := g.Info.Defs[id].(*types.Var)
	return id.Name, v != nil && len(g.Assignments(v)) == 1 && slices.Contains(g.Variables(g.Call.Pos()), v)
}

// write puts the condition on the update, and makes it count on; where a function makes the update, that one is among the others.
func (g *givenVersion) write(code string) bool {
	if g.Made || g.counts {
		return g.demand(g.version.Attr, code, g.version.typ)
	}
	n, ok := write.Encode(g.d, g.Request, code, g.version.typ)
	if !ok {
		return false
	}
	one, ok := write.Number(g.d, g.Request, `"1"`)
	if !ok {
		return false
	}
	guard := &write.Guard{R: g.Request}
	guard.Text = guard.Unchanged(g.version.Attr, g.version.Attr, n)
	old, _ := g.text.Constant(g.text.Expr)
	actions, err := expr.ParseUpdate(old, func(p string) (string, bool) { return p, true })
	if err != nil {
		return false
	}
	g.d.Swap(g.text.Site, g.text.Expr, write.Extended(g.text.Site, g.text.Expr, adding(old, guard.Name(g.version.Attr)+" "+guard.Value("one", one), actions)))
	return guard.Put(g.d)
}
