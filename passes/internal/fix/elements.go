package fix

import (
	"go/ast"
	"strings"
)

// wide is the length of a line from which a literal is spread over several.
const wide = 110

// elements adds elements to a literal. One that stands on a single line is spread where it becomes too long.
func (d *draft) elements(s *site, lit *ast.CompositeLit, added []string) {
	if len(added) == 0 {
		return
	}
	line := func(p ast.Node) int { return d.src.Fset.Position(p.Pos()).Line }
	closing := d.src.Fset.Position(lit.Rbrace)
	if len(lit.Elts) == 0 {
		d.insert(s.file, lit.Rbrace, "\n"+strings.Join(added, ",\n")+",\n")
		return
	}
	last := lit.Elts[len(lit.Elts)-1]
	if d.src.Fset.Position(last.End()).Line < closing.Line {
		d.insert(s.file, lit.Rbrace, strings.Join(added, ",\n")+",\n")
		return
	}
	text := strings.Join(added, ", ")
	if line(lit) == closing.Line && closing.Column+len(text) < wide && !strings.Contains(text, "\n") {
		d.insert(s.file, lit.Rbrace, ", "+text)
		return
	}
	d.insert(s.file, lit.Elts[0].Pos(), "\n")
	for i := 1; i < len(lit.Elts); i++ {
		d.replace(s.file, lit.Elts[i-1].End(), lit.Elts[i].Pos(), d.between(s, lit.Elts[i-1], lit.Elts[i]))
	}
	d.insert(s.file, lit.Rbrace, ",\n"+strings.Join(added, ",\n")+",\n")
}

// between is what stands between two elements, with a line break after the comma.
func (d *draft) between(s *site, a, b ast.Node) string {
	from, to := d.src.Fset.Position(a.End()).Offset, d.src.Fset.Position(b.Pos()).Offset
	content, err := d.src.Read(d.src.Fset.File(a.Pos()).Name())
	if err != nil {
		return ",\n"
	}
	gap := string(content[from:to])
	if strings.TrimSpace(gap) == "," {
		return ",\n"
	}
	return gap
}
