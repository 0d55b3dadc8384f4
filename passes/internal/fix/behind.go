package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// A function that is called through an interface has a twin only if the interface has one, and with it everything else that
// implements it: fakes, wrappers and those of tests. Their twins leave it to what they had.

// behind adds the twin of a link to the interfaces and implementations that are kin; ok is false where one of them cannot be edited.
func (c *chain) behind(l *link) bool {
	k := c.src.kinOf(l)
	for _, pkg := range c.src.Packages {
		for _, f := range pkg.Files {
			for _, m := range declarations(f, l.fn.Name()) {
				obj, _ := pkg.Info.Defs[m.name].(*types.Func)
				if obj == nil || obj.Pos() == l.fn.Pos() || !k.holds(obj) {
					continue
				}
				if ast.IsGenerated(f) || !c.follow(f, m, l.name) {
					return false
				}
			}
		}
	}
	for _, f := range c.src.Tests {
		for _, m := range declarations(f, l.fn.Name()) {
			if m.typ.Params.NumFields() == l.fn.Signature().Params().Len() && k.tested(f, m) && (ast.IsGenerated(f) || !c.follow(f, m, l.name)) {
				return false
			}
		}
	}
	return true
}

// A declared method is one of a type, or of an interface.
type declaredMethod struct {
	name *ast.Ident
	typ  *ast.FuncType
	// decl is that of a method with a body, field that of an interface.
	decl  *ast.FuncDecl
	field *ast.Field
}

// declarations lists the methods of a name in a file.
func declarations(f *ast.File, name string) []declaredMethod {
	var out []declaredMethod
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv != nil && n.Name.Name == name {
				out = append(out, declaredMethod{name: n.Name, typ: n.Type, decl: n})
			}
		case *ast.InterfaceType:
			for _, m := range n.Methods.List {
				if t, ok := m.Type.(*ast.FuncType); ok && len(m.Names) == 1 && m.Names[0].Name == name {
					out = append(out, declaredMethod{name: m.Names[0], typ: t, field: m})
				}
			}
		}
		return true
	})
	return out
}

// follow adds the twin of a method that is not the one that writes.
func (c *chain) follow(f *ast.File, m declaredMethod, name string) bool {
	text := c.src.text
	if m.field != nil {
		sub := c.src.draft()
		sub.replace(f, m.name.Pos(), m.name.End(), name)
		c.takes(sub, f, m.typ)
		twin, ok := sub.within(f, m.field)
		if !ok {
			return false
		}
		c.d.insert(f, m.field.End(), "\n// "+name+" is "+m.name.Name+" for "+c.what+".\n"+twin)
		return true
	}
	receiver := "x"
	of := m.decl.Recv.List[0]
	if len(of.Names) == 1 && of.Names[0].Name != "_" {
		receiver = of.Names[0].Name
	}
	var params, args []string
	for _, list := range m.typ.Params.List {
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
	for _, p := range c.params {
		params = append(params, "_ "+p.typ)
	}
	results, back := "", ""
	if m.typ.Results != nil {
		results, back = " "+text(m.typ.Results), "return "
	}
	c.d.insert(f, m.decl.End(), "\n\n// "+name+" is "+m.name.Name+" for "+c.what+".\nfunc ("+receiver+" "+text(of.Type)+") "+name+"("+
		strings.Join(params, ", ")+")"+results+" {\n"+back+receiver+"."+m.name.Name+"("+strings.Join(args, ", ")+")\n}")
	return true
}

// within gives the text of a node as a draft changes it.
func (d *draft) within(f *ast.File, n ast.Node) (string, bool) {
	c := d.change(f)
	content, err := d.src.Read(d.src.Fset.File(f.FileStart).Name())
	if err != nil {
		return "", false
	}
	from, to := d.src.Fset.Position(n.Pos()).Offset, d.src.Fset.Position(n.End()).Offset
	var edits []udiff.Edit
	for _, e := range c.edits {
		if e.Start < from || e.End > to {
			return "", false
		}
		edits = append(edits, udiff.Edit{Start: e.Start - from, End: e.End - from, New: e.New})
	}
	text, err := udiff.ApplyBytes(content[from:to], edits)
	return string(text), err == nil && len(d.files) == 1
}

// merge takes over the edits and imports of a draft.
func (d *draft) merge(sub *draft) {
	for f, c := range sub.files {
		d.change(f).edits = append(d.change(f).edits, c.edits...)
	}
	d.keepImports(sub)
}

// keepImports takes over the imports of a draft.
func (d *draft) keepImports(sub *draft) {
	for f, c := range sub.files {
		for _, i := range c.imports {
			if !slices.Contains(d.change(f).imports, i) {
				d.change(f).imports = append(d.change(f).imports, i)
			}
		}
	}
}
