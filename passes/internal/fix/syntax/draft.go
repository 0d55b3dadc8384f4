package syntax

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

// A Draft collects the edits of one fix.
type Draft struct {
	Src   *Source
	Files map[*ast.File]*change
}

// A change is what happens to one file.
type change struct {
	Edits   []udiff.Edit
	Imports []imported
	// dropped is set when the file does not use one of its imports any more.
	dropped bool
}

type imported struct{ name, path string }

// Draft begins a fix without edits.
func (src *Source) Draft() *Draft { return &Draft{Src: src, Files: map[*ast.File]*change{}} }

// Change gives what a draft does to a file.
func (d *Draft) Change(f *ast.File) *change {
	if d.Files[f] == nil {
		d.Files[f] = &change{}
	}
	return d.Files[f]
}

// Replace puts text in the place of [from, to).
func (d *Draft) Replace(f *ast.File, from, to token.Pos, text string) {
	c := d.Change(f)
	c.Edits = append(c.Edits, udiff.Edit{Start: d.Src.Fset.Position(from).Offset, End: d.Src.Fset.Position(to).Offset, New: text})
}

// Insert puts text before a place.
func (d *Draft) Insert(f *ast.File, at token.Pos, text string) { d.Replace(f, at, at, text) }

// Swap puts text in the place of a node.
func (d *Draft) Swap(s *Site, n ast.Node, text string) { d.Replace(s.File, n.Pos(), n.End(), text) }

// After puts a statement behind another one, and behind the comment on its last line.
func (d *Draft) After(s *Site, st ast.Stmt, text string) {
	at := st.End()
	for _, group := range s.File.Comments {
		if group.Pos() >= at && d.Src.Fset.Position(group.Pos()).Line == d.Src.Fset.Position(at).Line {
			at = group.List[0].End()
		}
	}
	d.Insert(s.File, at, "\n"+text)
}

// Ahead is Insert for text that comes before all that is inserted at the same place.
func (d *Draft) Ahead(f *ast.File, at token.Pos, text string) {
	d.Insert(f, at, text)
	c := d.Change(f)
	last := len(c.Edits) - 1
	c.Edits = append([]udiff.Edit{c.Edits[last]}, c.Edits[:last]...)
}

// Fix finishes the draft: it adds what mends the way of a refusal and the imports, formats, and gives the edits. ok is false
// when what came out is not Go.
func (d *Draft) Fix(title string, changes bool) (finding.Fix, bool) {
	x := finding.Fix{Title: title, Changes: changes}
	if m := d.Src.Mend; m != nil && Refuses(x) && !m.Write(d) {
		return x, false
	}
	var files []*ast.File
	for f := range d.Files {
		files = append(files, f)
	}
	name := func(f *ast.File) string { return d.Src.Fset.File(f.FileStart).Name() }
	slices.SortFunc(files, func(a, b *ast.File) int { return strings.Compare(name(a), name(b)) }) // they were parsed in any order
	for _, f := range files {
		name := name(f)
		before, err := d.Src.Read(name)
		if err != nil {
			return x, false
		}
		after, ok := d.Files[f].apply(before)
		if !ok {
			return x, false
		}
		for _, e := range d.Files[f].lines(before, after, d.importsEnd(f)) {
			x.Edits = append(x.Edits, finding.Edit{File: name, Start: e.Start, End: e.End, New: e.New})
		}
	}
	return x, len(x.Edits) > 0
}

// importsEnd is where the imports of a file end.
func (d *Draft) importsEnd(f *ast.File) int {
	end := f.Name.End()
	for _, spec := range f.Imports {
		end = max(end, spec.End())
	}
	return d.Src.Fset.Position(end).Offset
}

// lines gives the lines that change. Of a file that is not as gofmt writes it only those that the fix is about are
// formatted, as long as the rest stands for the same.
func (c *change) lines(before, after []byte, imports int) []udiff.Edit {
	all := udiff.Lines(string(before), string(after))
	clean, err := format.Source(before)
	if err != nil || bytes.Equal(clean, before) {
		return all
	}
	unasked := udiff.Lines(string(before), string(clean))
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
		// A twin may come out as put into what it is like.
		if !slices.Contains(unasked, e) || slices.ContainsFunc(c.Edits, mine) || (len(c.Imports) > 0 || c.dropped) && e.Start <= imports {
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
	text, err := udiff.ApplyBytes(before, c.Edits)
	if err != nil {
		return nil, false
	}
	windows := bytes.Contains(before, []byte("\r\n"))
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments)
	if err != nil {
		return nil, false
	}
	for _, i := range c.Imports {
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

// Use gives the name by which a file knows a package, and imports it where it does not yet. ok is false where the name
// means something else at the place.
func (d *Draft) Use(s *Site, path, name string) (string, bool) {
	for _, spec := range s.File.Imports {
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
	if !s.Free(name) {
		return "", false
	}
	c := d.Change(s.File)
	if i := (imported{"", path}); !slices.Contains(c.Imports, i) {
		c.Imports = append(c.Imports, i)
	}
	return name, true
}
