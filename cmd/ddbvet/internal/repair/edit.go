package repair

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"strconv"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/ast/astutil"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A patch holds edits by file, those of a file sorted and apart from each other.
type patch map[string][]udiff.Edit

func newPatch(x finding.Fix) patch {
	p := patch{}
	for _, e := range x.Edits {
		p[e.File] = append(p[e.File], udiff.Edit{Start: e.Start, End: e.End, New: e.New})
	}
	for _, edits := range p {
		udiff.SortEdits(edits)
	}
	return p
}

// with adds edits. Edits that are the same are made once; ok is false when edits overlap, or insert different text at one
// place. Only imports are added side by side: past is the end of a file's imports.
func (p patch) with(more patch, past func(file string) int) (sum patch, ok bool) {
	sum = maps.Clone(p)
	for file, edits := range more {
		if len(p[file]) == 0 {
			sum[file] = edits
			continue
		}
		if clash(p[file], edits, past(file)) {
			return nil, false
		}
		merged, ok := udiff.Merge(p[file], edits)
		if !ok {
			return nil, false
		}
		sum[file] = merged
	}
	return sum, true
}

// clash finds edits that touch each other and are not the same.
func clash(x, y []udiff.Edit, past int) bool {
	for _, a := range x {
		for _, b := range y {
			if a != b && a.Start <= b.End && b.Start <= a.End && max(a.Start, b.Start) > past {
				return true
			}
		}
	}
	return false
}

// pastImports gives the end of a file's last import.
func (p *program) pastImports(file string) int {
	for _, pkg := range p.source.Packages {
		for _, f := range pkg.Files {
			tf := p.source.Fset.File(f.FileStart)
			if tf.Name() != file {
				continue
			}
			end := tf.Offset(f.Name.End())
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
					end = tf.Offset(g.End())
				}
			}
			return end
		}
	}
	return 0
}

// finish makes the edits of a file, takes out imports that they have left without a use, and formats. Of a file that was not
// as gofmt writes it only the edits are.
func (p *program) finish(name string, edits []udiff.Edit) ([]byte, error) {
	before := p.content[name]
	text, err := udiff.ApplyBytes(before, edits)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	unused := p.unused(file)
	if !formatted(before) {
		// What the edits say is formatted; the rest is not ours.
		if clean, ok := withoutImports(fset, text, append(unused, repeated(file)...)); ok {
			return clean, nil
		}
	}
	for _, spec := range unused {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has seen to that
		}
		alias := ""
		if spec.Name != nil {
			alias = spec.Name.Name
		}
		astutil.DeleteNamedImport(fset, file, alias, path)
	}
	ast.SortImports(fset, file) // drops those that came twice
	var out bytes.Buffer
	if err := format.Node(&out, fset, file); err != nil {
		return nil, err
	}
	if bytes.Contains(before, []byte("\r\n")) {
		return bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n")), nil
	}
	return out.Bytes(), nil
}

// formatted reports a file that is as gofmt writes it.
func formatted(text []byte) bool {
	clean, err := format.Source(text)
	return err == nil && bytes.Equal(clean, bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

// repeated gives the imports of a file that it has under the same name before.
func repeated(file *ast.File) []*ast.ImportSpec {
	seen := make(map[string]bool)
	var again []*ast.ImportSpec
	for _, spec := range file.Imports {
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		key := name + " " + spec.Path.Value
		if seen[key] {
			again = append(again, spec)
		}
		seen[key] = true
	}
	return again
}

// withoutImports takes imports out of a file and leaves the rest as it is; ok is false where one does not have a line of its own.
func withoutImports(fset *token.FileSet, text []byte, specs []*ast.ImportSpec) (clean []byte, ok bool) {
	var edits []udiff.Edit
	for _, spec := range specs {
		from, to := fset.Position(spec.Pos()).Offset, fset.Position(spec.End()).Offset
		for from > 0 && text[from-1] != '\n' {
			from--
		}
		for to < len(text) && text[to-1] != '\n' {
			to++
		}
		alone := spec.Path.Value
		if spec.Name != nil {
			alone = spec.Name.Name + " " + alone
		}
		if string(bytes.TrimSpace(text[from:to])) != alone {
			return nil, false
		}
		edits = append(edits, udiff.Edit{Start: from, End: to})
	}
	udiff.SortEdits(edits)
	clean, err := udiff.ApplyBytes(text, edits)
	return clean, err == nil
}

// unused gives the imports of a file that nothing can refer to: their name stands before no dot. Of imports that were
// not there before, whose names are not known, nothing is said.
func (p *program) unused(file *ast.File) []*ast.ImportSpec {
	used := make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	var specs []*ast.ImportSpec
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		name := p.names[path]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if err == nil && name != "" && name != "_" && name != "." && name != "C" && !used[name] {
			specs = append(specs, spec)
		}
	}
	return specs
}
