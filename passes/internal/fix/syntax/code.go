package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// CommentsIn are the comments in a node, for the code that takes its place.
func (s *Site) CommentsIn(n ast.Node) []string {
	var out []string
	for _, group := range s.File.Comments {
		for _, c := range group.List {
			if n.Pos() <= c.Pos() && c.Pos() < n.End() {
				out = append(out, c.Text)
			}
		}
	}
	return out
}

// Commented reports a comment between two places.
func (s *Site) Commented(from, to token.Pos) bool {
	return slices.ContainsFunc(s.File.Comments, func(g *ast.CommentGroup) bool { return from <= g.Pos() && g.Pos() < to })
}

// Unimport drops the imports that only code which is taken away uses.
func (d *Draft) Unimport(s *Site, gone ast.Node) {
	used, kept := map[*types.PkgName]bool{}, map[*types.PkgName]bool{}
	ast.Inspect(s.File, func(n ast.Node) bool {
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
	for _, spec := range s.File.Imports {
		p, ok := s.Info.Implicits[spec].(*types.PkgName)
		if !ok && spec.Name != nil {
			p, ok = s.Info.Defs[spec.Name].(*types.PkgName)
		}
		if ok && used[p] && !kept[p] {
			d.Replace(s.File, spec.Pos(), spec.End(), "")
		}
	}
}
