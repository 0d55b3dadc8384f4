package batch

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// CountItems counts the requests that a batch has left where the program has counted their tables.
func CountItems(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || !needs(f, "count") {
		return finding.Fix{}, false
	}
	call, _ := write.SdkCall(s)
	if call == nil {
		return finding.Fix{}, false
	}
	st, block := s.Around(call).Statement()
	var length *ast.CallExpr
	var within ast.Stmt
	for _, other := range block {
		if other.Pos() <= st.Pos() {
			continue
		}
		ast.Inspect(other, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || !syntax.Named(c.Fun, "len") || len(c.Args) != 1 {
				return true
			}
			sel, ok := ast.Unparen(c.Args[0]).(*ast.SelectorExpr)
			_, isMap := s.Info.TypeOf(c.Args[0]).Underlying().(*types.Map)
			if ok && isMap && syntax.Named(sel.Sel, dynamo.UnprocessedItems) && counted(s, other, c) {
				length, within = c, other
			}
			return true
		})
	}
	if length == nil {
		return finding.Fix{}, false
	}
	if branch, ok := within.(*ast.IfStmt); ok && branch.Init != nil {
		return finding.Fix{}, false
	}
	at := s.Around(within)
	left, requests := at.Fresh("left", "undone"), at.Fresh("requests", "writes")
	d := src.Draft()
	d.Insert(s.File, within.Pos(), left+" := 0\nfor _, "+requests+" := range "+s.Text(length.Args[0])+" {\n"+left+" += len("+requests+")\n}\n")
	d.Swap(s, length, left)
	return d.Fix("count the items of all tables, not the tables", false)
}

// counted reports a length that is added to or taken from a number.
func counted(s *syntax.Site, in ast.Node, length ast.Expr) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			found = found || (n.Op == token.ADD || n.Op == token.SUB) && (ast.Unparen(n.X) == length || ast.Unparen(n.Y) == length)
		case *ast.AssignStmt:
			found = found || (n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN) && ast.Unparen(n.Rhs[0]) == length
		}
		return true
	})
	return found
}
