package chain

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A function that is called through an interface has a twin only if the interface has one, and with it everything else that
// implements it: fakes, wrappers and those of tests. Their twins leave it to what they had.

// behind adds the twin of a link to the interfaces and implementations that are kin; ok is false where one of them cannot be edited.
func (c *Chain) behind(l *Link) bool {
	k := kinOf(c.Src, l)
	for s := range c.Src.Sites() {
		for _, m := range syntax.Declarations(s.File, l.Fn.Name()) {
			obj, _ := s.Info.Defs[m.Name].(*types.Func)
			if obj == nil || obj.Pos() == l.Fn.Pos() || !k.holds(obj) {
				continue
			}
			if ast.IsGenerated(s.File) || !c.follow(s.File, m, l.Name) {
				return false
			}
		}
	}
	for _, f := range c.Src.Tests {
		for _, m := range syntax.Declarations(f, l.Fn.Name()) {
			if m.Typ.Params.NumFields() == l.Fn.Signature().Params().Len() && k.tested(f, m) && (ast.IsGenerated(f) || !c.follow(f, m, l.Name)) {
				return false
			}
		}
	}
	return true
}

// follow adds the twin of a method that is not the one that writes.
func (c *Chain) follow(f *ast.File, m syntax.DeclaredMethod, name string) bool {
	text := c.Src.Text
	if m.Field != nil {
		sub := c.Src.Draft()
		sub.Replace(f, m.Name.Pos(), m.Name.End(), name)
		c.takes(sub, f, m.Typ)
		twin, ok := within(sub, f, m.Field)
		if !ok {
			return false
		}
		c.D.Insert(f, m.Field.End(), "\n// "+name+" is "+m.Name.Name+" for "+c.What+".\n"+twin)
		return true
	}
	receiver := "x"
	of := m.Decl.Recv.List[0]
	if len(of.Names) == 1 && of.Names[0].Name != "_" {
		receiver = of.Names[0].Name
	}
	var params, args []string
	for _, list := range m.Typ.Params.List {
		names := list.Names
		if len(names) == 0 {
			names = []*ast.Ident{{Name: "_"}}
		}
		for _, id := range names {
			arg := id.Name
			if arg == "_" || arg == receiver {
				arg = "a" + strconv.Itoa(len(args))
			}
			args = append(args, arg)
			params = append(params, arg+" "+text(list.Type))
		}
	}
	for _, p := range c.Params {
		params = append(params, "_ "+p.Typ)
	}
	results, back := "", ""
	if m.Typ.Results != nil {
		results, back = " "+text(m.Typ.Results), "return "
	}
	c.D.Insert(f, m.Decl.End(), "\n\n// "+name+" is "+m.Name.Name+" for "+c.What+".\nfunc ("+receiver+" "+text(of.Type)+") "+name+"("+
		strings.Join(params, ", ")+")"+results+" {\n"+back+receiver+"."+m.Name.Name+"("+strings.Join(args, ", ")+")\n}")
	return true
}

// within gives the text of a node as a draft changes it.
func within(d *syntax.Draft, f *ast.File, n ast.Node) (string, bool) {
	c := d.Change(f)
	content, err := d.Src.Read(d.Src.Fset.File(f.FileStart).Name())
	if err != nil {
		return "", false
	}
	from, to := d.Src.Fset.Position(n.Pos()).Offset, d.Src.Fset.Position(n.End()).Offset
	var edits []udiff.Edit
	for _, e := range c.Edits {
		if e.Start < from || e.End > to {
			return "", false
		}
		edits = append(edits, udiff.Edit{Start: e.Start - from, End: e.End - from, New: e.New})
	}
	text, err := udiff.ApplyBytes(content[from:to], edits)
	return string(text), err == nil && len(d.Files) == 1
}

// merge takes over the edits and imports of a draft.
func merge(d *syntax.Draft, sub *syntax.Draft) {
	for f, c := range sub.Files {
		d.Change(f).Edits = append(d.Change(f).Edits, c.Edits...)
	}
	keepImports(d, sub)
}

// keepImports takes over the imports of a draft.
func keepImports(d *syntax.Draft, sub *syntax.Draft) {
	for f, c := range sub.Files {
		for _, i := range c.Imports {
			if !slices.Contains(d.Change(f).Imports, i) {
				d.Change(f).Imports = append(d.Change(f).Imports, i)
			}
		}
	}
}
