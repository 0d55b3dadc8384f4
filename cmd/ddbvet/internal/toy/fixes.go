package toy

import (
	"errors"
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// fixes marks the write that is at fault. What else the fix does goes by the name of the function at fault, so that a test
// sees what drivers make of it.
func fixes(src suite.Source, f *finding.Finding) ([]finding.Fix, error) {
	file, write := writeAt(src, f.Pos)
	if write == nil {
		return nil, nil
	}
	name := f.Function.Name
	if strings.Contains(name, "FixCrash") {
		return nil, errors.New("the fix of " + name + " crashed")
	}
	end := src.Fset.Position(write.Rparen).Offset
	mark := finding.Edit{File: f.Pos.File, Start: end, End: end, New: " /* only if unchanged */"}
	fix := finding.Fix{Title: "Add a condition", Edits: []finding.Edit{mark}}
	switch {
	case strings.Contains(name, "NoFix"):
		return nil, nil
	case strings.Contains(name, "Wrong"):
		fix.Edits[0].New = ", nowhere"
	case strings.Contains(name, "Tell"):
		fix.Changes = true
	case strings.Contains(name, "Clash"): // at the same place for all such functions of a file
		end := src.Fset.Position(file.FileEnd).Offset
		fix.Edits = append(fix.Edits, finding.Edit{File: f.Pos.File, Start: end, End: end, New: "\nconst Of" + name + " = 1\n"})
	case strings.Contains(name, "Same"): // likewise, and the same text
		end := src.Fset.Position(file.FileEnd).Offset
		fix.Edits = append(fix.Edits, finding.Edit{File: f.Pos.File, Start: end, End: end, New: "\nconst Same = 1\n"})
	case strings.Contains(name, "Twin"): // compiles for one function, not for two
		start := src.Fset.Position(src.Fset.File(file.FileStart).LineStart(f.Function.Line)).Offset
		fix.Edits = append(fix.Edits, finding.Edit{File: f.Pos.File, Start: start, End: start, New: "const Twin = 1\n\n"})
	case strings.Contains(name, "Far"): // in another package
		fix.Edits[0] = finding.Edit{File: filepath.Join(filepath.Dir(f.Pos.File), "..", "clean", "clean.go"), New: "// changed\n"}
	}
	return []finding.Fix{fix}, nil
}

// writeAt finds the call at a position.
func writeAt(src suite.Source, p finding.Pos) (in *ast.File, found *ast.CallExpr) {
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			tf := src.Fset.File(file.FileStart)
			if tf.Name() != p.File {
				continue
			}
			pos := tf.LineStart(p.Line) + token.Pos(p.Col-1)
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && call.Pos() == pos {
					in, found = file, call
				}
				return found == nil
			})
		}
	}
	return in, found
}
