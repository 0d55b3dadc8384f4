package fix

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// bump counts on a version that the condition of a write checks and that no write changes: where read and write meet, the
// item and its version are handed to a helper which demands the version.
func bump(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || len(f.Writes[0].Via) == 0 {
		return finding.Fix{}, false
	}
	call, ok := enclosing[*ast.CallExpr](s)
	if !ok {
		return finding.Fix{}, false
	}
	r := &request{site: s.around(call), call: call}
	w, ok := src.request(f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	r.dialect = w.dialect
	for _, arg := range call.Args {
		sel, ok := ast.Unparen(arg).(*ast.SelectorExpr)
		if !ok || !lockName.MatchString(sel.Sel.Name) || !isInteger(s.Info.TypeOf(sel)) {
			continue
		}
		v := s.variable(sel.X)
		if v == nil || !r.gives(v) {
			continue
		}
		e, ok := src.entity(v.Type())
		if !ok || s.changes(e, sel.Sel.Name) {
			continue
		}
		version, ok := e.version(r.dialect)
		if !ok || version.added || version.field != sel.Sel.Name || f.Writes[0].Guard != version.attr+" = …" || w.changes(e, version.field) {
			continue
		}
		return r.countOn(v, arg, version)
	}
	return finding.Fix{}, false
}

// gives reports a call that is given a struct by value, so that counting on a field of it changes nothing else.
func (r *request) gives(v *types.Var) bool {
	if _, pointer := v.Type().Underlying().(*types.Pointer); pointer {
		return false
	}
	for _, a := range r.call.Args {
		if id, ok := ast.Unparen(a).(*ast.Ident); ok && r.Info.ObjectOf(id) == v {
			return true
		}
	}
	return false
}

// countOn keeps the version that was read and hands on the next one in the item.
func (r *request) countOn(v *types.Var, arg ast.Expr, version version) (finding.Fix, bool) {
	st, _ := r.statement()
	if st == nil {
		return finding.Fix{}, false
	}
	d := r.src.draft()
	counter := v.Name() + "." + version.field
	saved := r.fresh("version", "readVersion", "versionRead")
	d.insert(r.file, st.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	d.swap(r.site, arg, saved)
	return d.fix("count "+counter+" on, since the write's condition checks it; callers must expect ConditionalCheckFailed", true)
}

func isInteger(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}
