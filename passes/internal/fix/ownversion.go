package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// ownVersion is for a condition on a version that was read again, after the item: the version that came with the item takes
// its place, and the second read goes.
func ownVersion(src *Source, f *finding.Finding) (finding.Fix, bool) {
	meet, ok := src.at(f.Pos)
	if !ok || len(f.Reads) != 1 || len(f.Writes) != 1 {
		return finding.Fix{}, false
	}
	w := f.Writes[0]
	r, ok := src.request(w)
	if !ok {
		return finding.Fix{}, false
	}
	o := &older{request: &request{site: meet, call: meet.callOn(f.Pos.Line), lit: r.lit, of: r.site, dialect: r.dialect}, f: f, d: src.draft()}
	if o.call == nil || !o.item() || !strings.Contains(w.Guard, o.version.attr+" = ") || !o.again() {
		return finding.Fix{}, false
	}
	if !o.replace() {
		return finding.Fix{}, false
	}
	return o.d.fix("demand the "+o.version.attr+" that came with the item, instead of one that is read later"+refused(f), true)
}

// An older is a version that was read with an item, where the program demands one that it has read again.
type older struct {
	*request
	f       *finding.Finding
	d       *draft
	value   held
	version version
	// second is the statement that reads again, kept the variable that it fills.
	second *ast.AssignStmt
	kept   *types.Var
}

// callOn gives the innermost call around a place, or the first one on its line.
func (s *site) callOn(line int) *ast.CallExpr {
	if call, ok := enclosing[*ast.CallExpr](s); ok {
		return call
	}
	var found *ast.CallExpr
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && found == nil && s.src.Fset.Position(call.Lparen).Line == line {
			found = call
		}
		return found == nil
	})
	return found
}

// item finds the version of the item that is changed and written.
func (o *older) item() bool {
	for _, v := range o.variables(o.call.Pos()) {
		e, ok := o.src.entity(v.Type())
		if !ok {
			continue
		}
		version, ok := e.version(o.dialect)
		if !ok || version.added {
			continue
		}
		h, ok := o.held(o.f.Reads[0], version.attr)
		if ok && h.variable == v && o.changed(h) == nil {
			o.value, o.version = h, version
			return true
		}
	}
	return false
}

// again finds the one statement behind the first read that gives the version once more, and nothing else that is used.
func (o *older) again() bool {
	for _, v := range o.variables(o.call.Pos()) {
		all := o.assignments(v)
		if v == o.value.variable || len(all) != 1 || all[0].result != 0 {
			continue
		}
		as, ok := all[0].stmt.(*ast.AssignStmt)
		if !ok || as.Tok != token.DEFINE || as.Pos() < o.value.variable.Pos() || len(as.Rhs) != 1 || !o.onlyReads(as.Rhs[0]) || !o.sameItem(as.Rhs[0]) {
			continue
		}
		if types.Identical(v.Type(), o.value.typ) && o.returns(v, o.version.attr) || o.onlyVersionOf(v) {
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
	first := o.assignments(o.value.variable)
	if len(first) != 1 || !o.isCall(first[0].value) {
		return false
	}
	return slices.Equal(o.argumentTexts(first[0].value), o.argumentTexts(e))
}

// argumentTexts are the arguments of a call as they are written, and what its method is called on.
func (o *older) argumentTexts(e ast.Expr) (out []string) {
	call := ast.Unparen(e).(*ast.CallExpr)
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		out = append(out, o.text(sel.X))
	}
	for _, a := range call.Args {
		out = append(out, o.text(a))
	}
	return out
}

// onlyReads reports a call of a function of the source that writes nothing.
func (o *older) onlyReads(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := o.src.declared(o.callee(call))
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
	if !types.Identical(deref(v.Type()), deref(o.value.variable.Type())) {
		return false
	}
	uses := o.uses(v)
	for _, id := range uses {
		if o.versionAt(id) == nil {
			return false
		}
	}
	return len(uses) > 0
}

// versionAt gives the selector of the version around a name.
func (o *older) versionAt(id *ast.Ident) *ast.SelectorExpr {
	for _, n := range o.around(id).path {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if sel.X == ast.Expr(id) && sel.Sel.Name == o.version.field {
				return sel
			}
			return nil
		}
	}
	return nil
}

// replace puts the first read's version in the place of the second one's.
func (o *older) replace() bool {
	branch, err := o.errorOf(o.second)
	last := o.second.End()
	if len(o.second.Lhs) == 2 {
		id, ok := o.second.Lhs[1].(*ast.Ident)
		if !ok || branch == nil || err == "" || o.Info.Defs[id] != nil {
			return false // what was declared here would be missed
		}
		last = branch.End()
	}
	for _, group := range o.file.Comments {
		if group.Pos() > o.second.Pos() && group.End() < last {
			return false
		}
	}
	if o.value.typ != nil && types.Identical(o.kept.Type(), o.value.typ) {
		o.d.replace(o.file, o.second.Pos(), last, o.kept.Name()+" := "+o.value.code)
		return true
	}
	for _, id := range o.uses(o.kept) {
		o.d.swap(o.site, o.versionAt(id), o.value.code)
	}
	return (&cleanup{site: o.site, d: o.d}).lines(o.second, last)
}
