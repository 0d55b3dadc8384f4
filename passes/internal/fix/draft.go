package fix

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/ast/astutil"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A draft collects the edits of one fix.
type draft struct {
	src   *Source
	files map[*ast.File]*change
}

// A change is what happens to one file.
type change struct {
	edits   []udiff.Edit
	imports []imported
	// dropped is set when the file does not use one of its imports any more.
	dropped bool
}

type imported struct{ name, path string }

func (src *Source) draft() *draft { return &draft{src: src, files: map[*ast.File]*change{}} }

func (d *draft) change(f *ast.File) *change {
	if d.files[f] == nil {
		d.files[f] = &change{}
	}
	return d.files[f]
}

// replace puts text in the place of [from, to).
func (d *draft) replace(f *ast.File, from, to token.Pos, text string) {
	c := d.change(f)
	c.edits = append(c.edits, udiff.Edit{Start: d.src.Fset.Position(from).Offset, End: d.src.Fset.Position(to).Offset, New: text})
}

// insert puts text before a place.
func (d *draft) insert(f *ast.File, at token.Pos, text string) { d.replace(f, at, at, text) }

// swap puts text in the place of a node.
func (d *draft) swap(s *site, n ast.Node, text string) { d.replace(s.file, n.Pos(), n.End(), text) }

// after puts a statement behind another one, and behind the comment on its last line.
func (d *draft) after(s *site, st ast.Stmt, text string) {
	at := st.End()
	for _, group := range s.file.Comments {
		if group.Pos() >= at && d.src.Fset.Position(group.Pos()).Line == d.src.Fset.Position(at).Line {
			at = group.List[0].End()
		}
	}
	d.insert(s.file, at, "\n"+text)
}

// fix finishes the draft: it adds the imports, formats, and gives the edits. ok is false when what came out is not Go.
func (d *draft) fix(title string, changes bool) (finding.Fix, bool) {
	x := finding.Fix{Title: title, Changes: changes}
	var files []*ast.File
	for f := range d.files {
		files = append(files, f)
	}
	name := func(f *ast.File) string { return d.src.Fset.File(f.FileStart).Name() }
	slices.SortFunc(files, func(a, b *ast.File) int { return strings.Compare(name(a), name(b)) }) // they were parsed in any order
	for _, f := range files {
		name := name(f)
		before, err := d.src.Read(name)
		if err != nil {
			return x, false
		}
		after, ok := d.files[f].apply(before)
		if !ok {
			return x, false
		}
		for _, e := range d.files[f].lines(before, after, d.importsEnd(f)) {
			x.Edits = append(x.Edits, finding.Edit{File: name, Start: e.Start, End: e.End, New: e.New})
		}
	}
	return x, len(x.Edits) > 0
}

// importsEnd is where the imports of a file end.
func (d *draft) importsEnd(f *ast.File) int {
	end := f.Name.End()
	for _, spec := range f.Imports {
		end = max(end, spec.End())
	}
	return d.src.Fset.Position(end).Offset
}

// lines gives the lines that change. Of a file that is not as gofmt writes it only those that the fix is about are
// formatted, as long as the rest stands for the same.
func (c *change) lines(before, after []byte, imports int) []udiff.Edit {
	all := udiff.Lines(string(before), string(after))
	if clean, err := format.Source(before); err != nil || bytes.Equal(clean, before) {
		return all
	}
	if n := bytes.IndexByte(before[imports:], '\n'); n >= 0 {
		imports += n + 1 // one more may come behind the last one
	}
	var own []udiff.Edit
	for _, e := range all {
		mine := func(x udiff.Edit) bool {
			from, to := 1+bytes.LastIndexByte(before[:x.Start], '\n'), len(before)
			if n := bytes.IndexByte(before[x.End:], '\n'); n >= 0 {
				to = x.End + n + 1
			}
			for to < len(before) && (before[to] == '\n' || before[to] == '\r') {
				to++ // what is put behind a declaration may come out as put before the next one
			}
			return e.Start <= to && from <= e.End
		}
		if slices.ContainsFunc(c.edits, mine) || (len(c.imports) > 0 || c.dropped) && e.Start <= imports {
			own = append(own, e)
		}
	}
	text, err := udiff.ApplyBytes(before, own)
	if err != nil {
		return all
	}
	if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, after) {
		return all
	}
	return own
}

// apply gives a file's new content.
func (c *change) apply(before []byte) ([]byte, bool) {
	text, err := udiff.ApplyBytes(before, c.edits)
	if err != nil {
		return nil, false
	}
	windows := bytes.Contains(before, []byte("\r\n"))
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments)
	if err != nil {
		return nil, false
	}
	for _, i := range c.imports {
		astutil.AddNamedImport(fset, f, i.name, i.path)
	}
	c.dropUnused(fset, f, before)
	var out bytes.Buffer
	if err := format.Node(&out, fset, f); err != nil {
		return nil, false
	}
	after := out.Bytes()
	if windows {
		after = bytes.ReplaceAll(after, []byte("\n"), []byte("\r\n"))
	}
	return after, true
}

// dropUnused takes away imports that the file has used before, and does not use any more.
func (c *change) dropUnused(fset *token.FileSet, f *ast.File, before []byte) {
	old, err := parser.ParseFile(token.NewFileSet(), "", before, 0)
	if err != nil {
		return
	}
	for _, spec := range old.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !astutil.UsesImport(old, path) || astutil.UsesImport(f, path) {
			continue
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		c.dropped = astutil.DeleteNamedImport(fset, f, name, path) || c.dropped
	}
}

// use gives the name by which a file knows a package, and imports it where it does not yet. ok is false where the name
// means something else at the place.
func (d *draft) use(s *site, path, name string) (string, bool) {
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != path {
			continue
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "_" || name == "." {
			continue
		}
		return name, s.means(name, path)
	}
	if !s.free(name) {
		return "", false
	}
	c := d.change(s.file)
	if i := (imported{"", path}); !slices.Contains(c.imports, i) {
		c.imports = append(c.imports, i)
	}
	return name, true
}
