package lock

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Bump counts on a version that the condition of a write checks and that no write changes: where read and write meet, the
// item and its version are handed to a helper which demands the version.
func Bump(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || len(f.Writes[0].Via) == 0 {
		return finding.Fix{}, false
	}
	call, ok := syntax.Enclosing[*ast.CallExpr](s)
	if !ok {
		return finding.Fix{}, false
	}
	r := &write.Request{Site: s.Around(call), Call: call}
	w, ok := write.RequestOf(src, f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	r.Dialect = w.Dialect
	for _, arg := range call.Args {
		sel, ok := ast.Unparen(arg).(*ast.SelectorExpr)
		if !ok || !write.LockName.MatchString(sel.Sel.Name) || !syntax.IsInteger(s.Info.TypeOf(sel)) {
			continue
		}
		v := s.Variable(sel.X)
		if v == nil || !gives(r, v) {
			continue
		}
		e, ok := write.EntityOf(src, v.Type())
		if !ok || write.Changes(s, e, sel.Sel.Name) {
			continue
		}
		version, ok := VersionOf(e, r.Dialect)
		if !ok || version.Added || version.Field != sel.Sel.Name || f.Writes[0].Guard != version.Attr+" = …" || write.Changes(w.Site, e, version.Field) {
			continue
		}
		return countOn(r, v, arg, version)
	}
	return finding.Fix{}, false
}

// gives reports a call that is given a struct by value, so that counting on a field of it changes nothing else.
func gives(r *write.Request, v *types.Var) bool {
	if _, pointer := v.Type().Underlying().(*types.Pointer); pointer {
		return false
	}
	for _, a := range r.Call.Args {
		if id, ok := ast.Unparen(a).(*ast.Ident); ok && r.Info.ObjectOf(id) == v {
			return true
		}
	}
	return false
}

// countOn keeps the version that was read and hands on the next one in the item.
func countOn(r *write.Request, v *types.Var, arg ast.Expr, version Version) (finding.Fix, bool) {
	st, _ := r.Statement()
	if st == nil {
		return finding.Fix{}, false
	}
	d := r.Src.Draft()
	counter := v.Name() + "." + version.Field
	saved := r.Fresh("version", "readVersion", "versionRead")
	d.Insert(r.File, st.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	d.Swap(r.Site, arg, saved)
	return d.Fix("count "+counter+" on, since the write's condition checks it; callers must expect ConditionalCheckFailed", true)
}
