package lock

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// OwnVersion is for a condition on a version that was read again, after the item: the version that came with the item takes
// its place, and the second read goes.
func OwnVersion(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	meet, ok := src.At(f.Pos)
	if !ok || len(f.Reads) != 1 || len(f.Writes) != 1 {
		return finding.Fix{}, false
	}
	w := f.Writes[0]
	r, ok := write.RequestOf(src, w)
	if !ok {
		return finding.Fix{}, false
	}
	o := &older{Request: &write.Request{Site: meet, Call: callOn(meet, f.Pos.Line), Lit: r.Lit, Of: r.Site, Dialect: r.Dialect}, f: f, d: src.Draft()}
	if o.Call == nil || !o.item() || !strings.Contains(w.Guard, o.version.Attr+" = ") || !o.again() {
		return finding.Fix{}, false
	}
	if !o.replace() {
		return finding.Fix{}, false
	}
	return o.d.Fix("demand the "+o.version.Attr+" that came with the item, instead of one that is read later"+write.Refused(f), true)
}

// An older is a version that was read with an item, where the program demands one that it has read again.
type older struct {
	*write.Request
	f       *finding.Finding
	d       *syntax.Draft
	value   write.Held
	version Version
	// second is the statement that reads again, kept the variable that it fills.
	second *ast.AssignStmt
	kept   *types.Var
}

// callOn gives the innermost call around a place, or the first one on its line.
func callOn(s *syntax.Site, line int) *ast.CallExpr {
	if call, ok := syntax.Enclosing[*ast.CallExpr](s); ok {
		return call
	}
	var found *ast.CallExpr
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && found == nil && s.Src.Fset.Position(call.Lparen).Line == line {
			found = call
		}
		return found == nil
	})
	return found
}

// item finds the version of the item that is changed and written.
func (o *older) item() bool {
	for _, v := range o.Variables(o.Call.Pos()) {
		e, ok := write.EntityOf(o.Src, v.Type())
		if !ok {
			continue
		}
		version, ok := VersionOf(e, o.Dialect)
		if !ok || version.Added {
			continue
		}
		h, ok := o.Held(o.f.Reads[0], version.Attr)
		if ok && h.Variable == v && o.Changed(h) == nil {
			o.value, o.version = h, version
			return true
		}
	}
	return false
}

// again finds the one statement behind the first read that gives the version once more, and nothing else that is used.
func (o *older) again() bool {
	for _, v := range o.Variables(o.Call.Pos()) {
		all := o.Assignments(v)
		if v == o.value.Variable || len(all) != 1 || all[0].Result != 0 {
			continue
		}
		as, ok := all[0].Stmt.(*ast.AssignStmt)
		if !ok || as.Tok != token.DEFINE || as.Pos() < o.value.Variable.Pos() || len(as.Rhs) != 1 || !o.onlyReads(as.Rhs[0]) || !o.sameItem(as.Rhs[0]) {
			continue
		}
		if types.Identical(v.Type(), o.value.Typ) && o.Returns(v, o.version.Attr) || o.onlyVersionOf(v) {
			if o.second != nil {
				return false
			}
			o.second, o.kept = as, v
		}
	}
	return o.second != nil
}

// sameItem reports a call that is given what the first read was given: the same key.
func (o *older) sameItem(e ast.Expr) bool {
	first := o.Assignments(o.value.Variable)
	if len(first) != 1 || !write.IsCall(o.Request.Site, first[0].Value) {
		return false
	}
	return slices.Equal(o.argumentTexts(first[0].Value), o.argumentTexts(e))
}

// argumentTexts are the arguments of a call as they are written, and what its method is called on.
func (o *older) argumentTexts(e ast.Expr) (out []string) {
	call := ast.Unparen(e).(*ast.CallExpr)
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		out = append(out, o.Text(sel.X))
	}
	for _, a := range call.Args {
		out = append(out, o.Text(a))
	}
	return out
}

// onlyReads reports a call of a function of the source that writes nothing.
func (o *older) onlyReads(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := o.Src.Declared(o.Callee(call))
	if fn == nil || fn.Body == nil {
		return false
	}
	writes := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			op, ok := dynamo.ByInput(s.Info.TypeOf(e))
			writes = writes || ok && op.Kind != dynamo.Get && op.Kind != dynamo.Query
		}
		return !writes
	})
	return !writes
}

// onlyVersionOf reports a variable of the item's type of which only the version is used.
func (o *older) onlyVersionOf(v *types.Var) bool {
	if !types.Identical(syntax.Deref(v.Type()), syntax.Deref(o.value.Variable.Type())) {
		return false
	}
	uses := o.Uses(v)
	for _, id := range uses {
		if o.versionAt(id) == nil {
			return false
		}
	}
	return len(uses) > 0
}

// versionAt gives the selector of the version around a name.
func (o *older) versionAt(id *ast.Ident) *ast.SelectorExpr {
	for _, n := range o.Around(id).Path {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if sel.X == ast.Expr(id) && sel.Sel.Name == o.version.Field {
				return sel
			}
			return nil
		}
	}
	return nil
}

// replace puts the first read's version in the place of the second one's.
func (o *older) replace() bool {
	branch, err := pin.ErrorOf(o.Request.Site, o.second)
	last := o.second.End()
	if len(o.second.Lhs) == 2 {
		id, ok := o.second.Lhs[1].(*ast.Ident)
		if !ok || branch == nil || err == "" || o.Info.Defs[id] != nil {
			return false // what was declared here would be missed
		}
		last = branch.End()
	}
	for _, group := range o.File.Comments {
		if group.Pos() > o.second.Pos() && group.End() < last {
			return false
		}
	}
	if o.value.Typ != nil && types.Identical(o.kept.Type(), o.value.Typ) {
		o.d.Replace(o.File, o.second.Pos(), last, o.kept.Name()+" := "+o.value.Code)
		return true
	}
	for _, id := range o.Uses(o.kept) {
		o.d.Swap(o.Site, o.versionAt(id), o.value.Code)
	}
	return (&syntax.Cleanup{Site: o.Site, D: o.d}).Lines(o.second, last)
}
