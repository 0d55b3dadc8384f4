package write

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// byKey reports a map or a list into which a function puts what the call on a line has read, by keys or places: byID[x.ID] = x.
// Nothing else is put there.
func byKey(s *syntax.Site, v *types.Var, line, depth int) bool {
	from, other := false, false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, l := range as.Lhs {
			index, ok := ast.Unparen(l).(*ast.IndexExpr)
			if !ok || s.Variable(index.X) != v {
				continue
			}
			x := element(s, as.Rhs[min(i, len(as.Rhs)-1)])
			if len(as.Lhs) == len(as.Rhs) && x != nil && ComesFrom(s, x, line, depth+1) {
				from = true
			} else {
				other = true
			}
		}
		return true
	})
	return from && !other
}
