package write

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// TestExtended: a text that is extended is written as it was.
func TestExtended(t *testing.T) {
	const src = "package p\n\nconst key = \"id\"\n\nconst there = \"attribute_exists(id)\"\n\n" +
		"var all = []string{there, \"attribute_exists(\" + key + \")\", \"a = :a\", `SET a = :a\n\tREMOVE b`, there + key}\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	s := &syntax.Site{
		Src:     &syntax.Source{Fset: fset, Read: func(string) ([]byte, error) { return []byte(src), nil }},
		Package: &syntax.Package{Types: pkg, Info: info, Files: []*ast.File{f}}, File: f,
	}
	var lit *ast.CompositeLit
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.CompositeLit); ok {
			lit = l
		}
		return true
	})
	for i, want := range []string{
		`"(" + there + ") AND x"`,
		`"(" + "attribute_exists(" + key + ")) AND x"`,
		`"(a = :a) AND x"`,
		"`(SET a = :a\n\tREMOVE b) AND x`",
		`"(" + there + key + ") AND x"`,
	} {
		was, ok := s.Constant(lit.Elts[i])
		if got := Extended(s, lit.Elts[i], "("+was+") AND x"); !ok || got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
