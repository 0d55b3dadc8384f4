package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// commentsIn are the comments in a node, for the code that takes its place.
func (s *site) commentsIn(n ast.Node) []string {
	var out []string
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if n.Pos() <= c.Pos() && c.Pos() < n.End() {
				out = append(out, c.Text)
			}
		}
	}
	return out
}

// commented reports a comment between two places.
func (s *site) commented(from, to token.Pos) bool {
	return slices.ContainsFunc(s.file.Comments, func(g *ast.CommentGroup) bool { return from <= g.Pos() && g.Pos() < to })
}

// ofV2 reports the input of an operation of SDK version 2.
func (s *site) ofV2(input ast.Expr) bool {
	typ := s.Info.TypeOf(input)
	if p, ok := typ.(*types.Pointer); ok {
		typ = p.Elem()
	}
	n, ok := types.Unalias(typ).(*types.Named)
	return ok && n.Obj().Pkg() != nil && strings.HasPrefix(n.Obj().Pkg().Path(), "github.com/aws/aws-sdk-go-v2/")
}

// mentions reports code that names a variable.
func (s *site) mentions(n ast.Node, v types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && s.Info.ObjectOf(id) == v {
			found = true
		}
		return !found
	})
	return found
}

// unimport drops the imports that only code which is taken away uses.
func (d *draft) unimport(s *site, gone ast.Node) {
	used, kept := map[*types.PkgName]bool{}, map[*types.PkgName]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if p, ok := s.Info.Uses[id].(*types.PkgName); ok {
			if gone.Pos() <= id.Pos() && id.Pos() < gone.End() {
				used[p] = true
			} else {
				kept[p] = true
			}
		}
		return true
	})
	for _, spec := range s.file.Imports {
		p, ok := s.Info.Implicits[spec].(*types.PkgName)
		if !ok && spec.Name != nil {
			p, ok = s.Info.Defs[spec.Name].(*types.PkgName)
		}
		if ok && used[p] && !kept[p] {
			d.replace(s.file, spec.Pos(), spec.End(), "")
		}
	}
}
