package syntax

import (
	"go/ast"
	"strings"
)

// wide is the length of a line from which a literal is spread over several.
const wide = 110

// Elements adds elements to a literal. One that stands on a single line is spread where it becomes too long.
func (d *Draft) Elements(s *Site, lit *ast.CompositeLit, added []string) {
	if len(added) == 0 {
		return
	}
	line := func(p ast.Node) int { return d.Src.Fset.Position(p.Pos()).Line }
	closing := d.Src.Fset.Position(lit.Rbrace)
	if len(lit.Elts) == 0 {
		d.Insert(s.File, lit.Rbrace, "\n"+strings.Join(added, ",\n")+",\n")
		return
	}
	last := lit.Elts[len(lit.Elts)-1]
	if d.Src.Fset.Position(last.End()).Line < closing.Line {
		d.Insert(s.File, lit.Rbrace, strings.Join(added, ",\n")+",\n")
		return
	}
	text := strings.Join(added, ", ")
	if line(lit) == closing.Line && closing.Column+len(text) < wide && !strings.Contains(text, "\n") {
		d.Insert(s.File, lit.Rbrace, ", "+text)
		return
	}
	d.Insert(s.File, lit.Elts[0].Pos(), "\n")
	for i := 1; i < len(lit.Elts); i++ {
		d.Replace(s.File, lit.Elts[i-1].End(), lit.Elts[i].Pos(), d.between(s, lit.Elts[i-1], lit.Elts[i]))
	}
	d.Insert(s.File, lit.Rbrace, ",\n"+strings.Join(added, ",\n")+",\n")
}

// between is what stands between two elements, with a line break after the comma.
func (d *Draft) between(s *Site, a, b ast.Node) string {
	from, to := d.Src.Fset.Position(a.End()).Offset, d.Src.Fset.Position(b.Pos()).Offset
	content, err := d.Src.Read(d.Src.Fset.File(a.Pos()).Name())
	if err != nil {
		return ",\n"
	}
	gap := string(content[from:to])
	if strings.TrimSpace(gap) == "," {
		return ",\n"
	}
	return gap
}
