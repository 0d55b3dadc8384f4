package refusal

import (
	"bytes"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// droppers names, for a title, functions that drop the error of the one that writes, where a fix puts the condition on all its
// calls: they lose a refusal.
func (w *Way) droppers(x finding.Fix) string {
	if w.of == nil || len(w.f.Writes[0].Via) == 0 {
		return ""
	}
	fn, ok := syntax.Enclosing[*ast.FuncDecl](w.of)
	if !ok || !w.changes(x, fn) {
		return ""
	}
	mine, _ := w.of.Info.Defs[fn.Name].(*types.Func)
	if mine == nil {
		return ""
	}
	var names []string
	for s := range w.of.Src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			f := s.CalledFunc(call)
			if f == nil || f.Name() != mine.Name() || syntax.Shape(f.Signature()) != syntax.Shape(mine.Signature()) || w.follows(s, call) {
				return true
			}
			at := s.Around(call)
			if l := lossOf(at, call); l != nil && l.how != logged && !slices.Contains(names, l.named()) {
				names = append(names, l.named())
			}
			return true
		})
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	if len(names) == 1 {
		return "; " + names[0] + " drops it"
	}
	return "; " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " drop it"
}

// changes reports a fix that edits a function itself, which then is not in the file as it was: a twin leaves it there.
func (w *Way) changes(x finding.Fix, fn *ast.FuncDecl) bool {
	file := w.of.Src.Fset.File(fn.Pos()).Name()
	var edits []udiff.Edit
	for _, e := range x.Edits {
		if e.File == file {
			edits = append(edits, udiff.Edit{Start: e.Start, End: e.End, New: e.New})
		}
	}
	before, err := w.of.Src.Read(file)
	if err != nil || len(edits) == 0 {
		return false
	}
	after, err := udiff.ApplyBytes(before, edits)
	return err == nil && !bytes.Contains(after, []byte(w.of.Text(fn)))
}

// follows reports a call by which the finding's write is made: it is looked at already.
func (w *Way) follows(s *syntax.Site, call *ast.CallExpr) bool {
	return slices.ContainsFunc(frames(w.f), func(at finding.Pos) bool {
		p := s.Src.Fset.Position(call.Lparen)
		return p.Filename == at.File && p.Line == at.Line
	})
}
