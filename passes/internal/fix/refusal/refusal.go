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
	for i, at := range frames(f) {
		s, call := callAt(src, at)
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

// A frame is one of the calls by which a write is made.
type frame struct {
	pos finding.Pos
	// name is that of the function that is called; empty for the request.
	name string
}

// frames are the calls from where read and write meet down to the request.
func frames(f *finding.Finding) []frame {
	a := f.Writes[0]
	if len(a.Via) == 0 {
		return []frame{{pos: f.Pos}}
	}
	out := []frame{{pos: f.Pos, name: "any"}}
	for _, v := range a.Via[1:] {
		out = append(out, frame{pos: finding.Pos{File: v.File, Line: v.Line}, name: "any"})
	}
	return append(out, frame{pos: finding.Pos{File: a.File, Line: a.Line, Col: a.Col}})
}

// callAt finds the call of a frame.
func callAt(src *syntax.Source, at frame) (*syntax.Site, *ast.CallExpr) {
	s, ok := src.At(at.pos)
	if !ok {
		return nil, nil
	}
	if at.name == "" {
		if call, _ := write.SdkCall(s); call != nil {
			return s.Around(call), call
		}
	}
	if at.pos.Col > 0 {
		call, ok := syntax.Enclosing[*ast.CallExpr](s)
		switch st, _ := s.Statement(); st := st.(type) { // the place of a call to come is that of its statement
		case *ast.DeferStmt:
			call, ok = st.Call, true
		case *ast.GoStmt:
			call, ok = st.Call, true
		}
		if !ok {
			return nil, nil
		}
		return s.Around(call), call
	}
	var found *ast.CallExpr
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && src.Fset.Position(call.Lparen).Line == at.pos.Line && s.LastIsError(call) {
			if found == nil {
				found = call
			}
		}
		return true
	})
	if found == nil {
		return nil, nil
	}
	return s.Around(found), found
}
