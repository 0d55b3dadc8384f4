package write

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Extended writes a text that has more than a constant expression says, as that is written: its constants keep their names, and a
// text in backquotes its lines.
func Extended(s *syntax.Site, old ast.Expr, text string) string {
	was, ok := s.Constant(old)
	before, after, found := strings.Cut(text, was)
	old = ast.Unparen(old)
	if lit, isLit := old.(*ast.BasicLit); isLit || !ok || !found || was == "" {
		if isLit && strings.HasPrefix(lit.Value, "`") && !strings.Contains(text, "`") {
			return "`" + text + "`"
		}
		return strconv.Quote(text)
	}
	code := s.Text(old)
	if sum, ok := old.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		if last, ok := sum.Y.(*ast.BasicLit); ok {
			if end, ok := s.Constant(last); ok {
				code, after = s.Text(sum.X), end+after
			}
		}
	}
	if before != "" {
		code = strconv.Quote(before) + " + " + code
	}
	return code + " + " + strconv.Quote(after)
}

// standsFor reports a placeholder that the function sets to an attribute wherever it sets it: it may be set once more.
func (r *Request) standsFor(key, attr string) bool {
	kv := Field(r.Lit, dynamo.ExpressionAttributeNames)
	if kv == nil || r.Made {
		return false
	}
	names := r.Variable(kv.Value)
	set, same := false, true
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, l := range as.Lhs {
			x, ok := ast.Unparen(l).(*ast.IndexExpr)
			if !ok {
				continue
			}
			if text, ok := r.Constant(x.Index); ok && text == key {
				value, known := StringOf(r.Site, as.Rhs[i])
				set = true
				same = same && known && value == attr && names != nil && r.Variable(x.X) == names
			}
		}
		return true
	})
	return set && same
}
