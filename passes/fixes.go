package passes

import (
	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix"
)

// FixSource is the typed syntax that fixes read and edit, FixPackage one package of it.
type (
	FixSource  = fix.Source
	FixPackage = fix.Package
)

// Fixes gives the fixes of a finding, the best one first. The finding, as Compose made it, names files as src.Fset does,
// and so do the edits, which may be of any file of src. They leave a file as gofmt writes it. An error is a crash of
// ddbvet: the finding then has no fix.
func Fixes(src *FixSource, f *finding.Finding) ([]finding.Fix, error) { return fix.For(src, f) }

// ClaimTable is a table of claims on records.
type ClaimTable = fix.ClaimTable

// suggest gives the one fix that drivers of passes can apply: in the file of the diagnostic, unless cgo has written that. A
// crash costs only the fix; the gate reports it.
func (s *Suite) suggest(pass *analysis.Pass, f *finding.Finding) []analysis.SuggestedFix {
	at := place(pass, f.Pos)
	file := pass.Fset.File(at)
	if file == nil || pass.Fset.Position(at).Filename != file.Name() {
		return nil
	}
	src := &fix.Source{
		Fset: pass.Fset, Read: pass.ReadFile, Claims: s.claims,
		Packages: []*fix.Package{{Types: pass.Pkg, Info: pass.TypesInfo, Files: pass.Files}},
	}
	fixes, err := fix.For(src, f)
	if err != nil {
		return nil
	}
	for _, x := range fixes {
		if x.Changes && !s.fixes || !fix.Within(x, file.Name()) {
			continue
		}
		out := analysis.SuggestedFix{Message: x.Title}
		for _, e := range x.Edits {
			out.TextEdits = append(out.TextEdits, analysis.TextEdit{Pos: file.Pos(e.Start), End: file.Pos(e.End), NewText: []byte(e.New)})
		}
		return []analysis.SuggestedFix{out}
	}
	return nil
}
