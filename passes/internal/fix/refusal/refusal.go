// Package refusal follows the error of a write that DynamoDB refuses to those who have to hear of it. A condition is no fix where
// its failure is taken for success, dropped or only logged: the write would be lost in silence. Where the way of the error can be
// mended, the fixes that write conditions do so as well.
package refusal

import (
	"go/ast"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A Way is that of the error of a finding's write, from the request to the function in which read and write meet.
type Way struct {
	// Src is the source to make fixes from: they mend the way along with their condition.
	Src *syntax.Source
	// lost is set where a refusal would be lost, and nothing can be done about it.
	lost bool
	// words go on the titles of fixes: what becomes of the refusal.
	words string
	// of is the function that makes the request; nil where it is not seen.
	of *syntax.Site
	f  *finding.Finding
}

// Of follows the error of a finding's write.
func Of(src *syntax.Source, f *finding.Finding) *Way {
	w := &Way{Src: src, f: f}
	if len(f.Writes) == 0 {
		return w
	}
	m := &mending{f: f}
	w.words = m.inRequest(src)
	w.of, _ = src.At(finding.Pos{File: f.Writes[0].File, Line: f.Writes[0].Line, Col: f.Writes[0].Col})
	all := frames(f)
	for i, at := range all {
		s, call := callAt(src, at, into(src, all[i+1:]))
		if call == nil {
			continue
		}
		if l := lossOf(s, call); l != nil {
			m.mend(l, i == 0)
		}
	}
	w.lost = m.lost
	w.words += m.words
	if !w.lost && len(m.edits) > 0 {
		with := *src
		with.Mend = &syntax.Mend{Stops: m.stops, Write: func(d *syntax.Draft) bool {
			return !slices.ContainsFunc(m.edits, func(edit func(*syntax.Draft) bool) bool { return !edit(d) })
		}}
		w.Src = &with
	}
	return w
}

// Honest leaves out the fixes whose refusal would be lost, and has the titles of the others say what becomes of it.
func (w *Way) Honest(fixes []finding.Fix) []finding.Fix {
	var out []finding.Fix
	for _, x := range fixes {
		if syntax.Refuses(x) {
			if w.lost {
				continue
			}
			x.Title += w.words + w.droppers(x)
		}
		out = append(out, x)
	}
	return out
}

// A mending collects what has to be done about a way.
type mending struct {
	f     *finding.Finding
	lost  bool
	words string
	stops *ast.CallExpr
	edits []func(*syntax.Draft) bool
}

// A repair is what is done about one loss.
type repair struct {
	words string
	// stops is set where the function does not go on behind a failure.
	stops bool
	edit  func(*syntax.Draft) bool
}

// mend repairs a loss, where that can be done.
func (m *mending) mend(l *loss, meets bool) {
	r, ok := l.repair(m.f, meets)
	if !ok {
		m.lost = true
		return
	}
	m.words += ", which " + l.named() + " " + r.words
	if r.stops {
		m.stops = l.call
	}
	if r.edit != nil {
		m.edits = append(m.edits, r.edit)
	}
}

// inRequest looks at the function that makes the request: what it makes of a failed condition.
func (m *mending) inRequest(src *syntax.Source) (words string) {
	a := m.f.Writes[0]
	s, ok := src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok {
		return ""
	}
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	if !ok {
		return ""
	}
	means := meaningIn(s, fn)
	if means.success != nil {
		edit, ok := absence(src, a, means)
		if !ok {
			m.lost = true
			return ""
		}
		m.edits = append(m.edits, edit)
		return ", which " + fn.Name.Name + " tells from an item that is not there"
	}
	if means.made != "" {
		return ", which " + fn.Name.Name + " makes " + means.made
	}
	return ""
}

// frames are the places of the calls from where read and write meet down to the request.
func frames(f *finding.Finding) []finding.Pos {
	a := f.Writes[0]
	out := []finding.Pos{f.Pos}
	if len(a.Via) == 0 {
		return out
	}
	for _, v := range a.Via[1:] {
		out = append(out, finding.Pos{File: v.File, Line: v.Line})
	}
	return append(out, finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
}

// into names the function in which the next call is; empty for the request, and for a closure.
func into(src *syntax.Source, next []finding.Pos) string {
	if len(next) == 0 {
		return ""
	}
	s, ok := src.At(next[0])
	if !ok {
		return ""
	}
	if fn, ok := s.Outermost().(*ast.FuncDecl); ok {
		return fn.Name.Name
	}
	return ""
}

// callAt finds the call at a place: that of a function of the name, or the request.
func callAt(src *syntax.Source, at finding.Pos, name string) (*syntax.Site, *ast.CallExpr) {
	s, ok := src.At(at)
	if !ok {
		return nil, nil
	}
	if name == "" {
		if call, _ := write.SdkCall(s); call != nil {
			return s.Around(call), call
		}
	}
	var call *ast.CallExpr
	if at.Col > 0 {
		call, _ = syntax.Enclosing[*ast.CallExpr](s)
		switch st, _ := s.Statement(); st := st.(type) { // the place of a call to come is that of its statement
		case *ast.DeferStmt:
			call = st.Call
		case *ast.GoStmt:
			call = st.Call
		}
	} else {
		ast.Inspect(s.Outermost(), func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if ok && call == nil && src.Fset.Position(c.Lparen).Line == at.Line && syntax.CalledName(c) != nil && syntax.CalledName(c).Name == name {
				call = c
			}
			return call == nil
		})
	}
	if call == nil {
		return nil, nil
	}
	return s.Around(call), call
}
