package fix

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// A claim is made once for each record and effect. A second effect of the same record under the same claim would be passed over,
// so that there must be none; and claims of other handlers on the same record need names of their own.

// claimName is what the claims of an effect begin with: the function that has the record, and what it calls for the effect.
func (s *site) claimName(calls string) string {
	name := path.Base(s.Types.Path())
	if fn, ok := enclosing[*ast.FuncDecl](s); ok {
		name += "." + fn.Name.Name
	}
	if calls != "" {
		name += "." + calls
	}
	return strconv.Quote(name + "/")
}

// oncePerRecord reports that the call at a site is reached at most once for each record: from is where the record's variable
// is declared, same tells other calls that would make the same claim.
func (s *site) oncePerRecord(call *ast.CallExpr, from token.Pos, same func(*ast.CallExpr) bool) bool {
	for i, n := range s.path {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if n.Pos() > from {
				return false
			}
		case *ast.FuncLit:
			if n.Pos() > from && !s.started(i) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(s.others(call, from, same), func(other *ast.CallExpr) bool { return !s.exclusive(call, other) })
}

// others lists the calls like one that stand where a variable is known.
func (s *site) others(call *ast.CallExpr, from token.Pos, same func(*ast.CallExpr) bool) (out []*ast.CallExpr) {
	i := slices.IndexFunc(s.path, func(n ast.Node) bool { return n.Pos() <= from })
	if i < 0 {
		return nil
	}
	ast.Inspect(s.path[i], func(n ast.Node) bool {
		if other, is := n.(*ast.CallExpr); is && other != call && other.Pos() > from && same(other) {
			out = append(out, other)
		}
		return true
	})
	return out
}

// started reports a closure that is handed to something that runs it once: go, Go of a group.
func (s *site) started(i int) bool {
	if i+1 >= len(s.path) {
		return false
	}
	call, ok := s.path[i+1].(*ast.CallExpr)
	if !ok {
		return false
	}
	id := calledName(call)
	return id == nil || id.Name == "Go"
}

// exclusive reports two calls of which only one is made: they stand in different branches, or one of them in a branch that
// ends before the other.
func (s *site) exclusive(a, b ast.Node) bool {
	pa, pb := s.around(a).path, s.around(b).path
	for i, n := range pa {
		j := slices.Index(pb, n)
		if j < 0 {
			continue
		}
		if i == 0 || j == 0 {
			return false
		}
		branch, ok := n.(*ast.IfStmt)
		if ok && branch.Else != nil && (pa[i-1] == ast.Node(branch.Body) && pb[j-1] == branch.Else || pb[j-1] == ast.Node(branch.Body) && pa[i-1] == branch.Else) {
			return true
		}
		_, one := pa[i-1].(*ast.CaseClause)
		_, two := pb[j-1].(*ast.CaseClause)
		return one && two || leavesFirst(pa[:i], pb[:j])
	}
	return false
}

// leavesFirst reports that the one of two places that comes first is in a block that is left before the other.
func leavesFirst(a, b []ast.Node) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if a[0].Pos() > b[0].Pos() {
		a = b
	}
	return slices.ContainsFunc(a, func(n ast.Node) bool {
		block, ok := n.(*ast.BlockStmt)
		return ok && ends(block)
	})
}

// oncePerRecord reports a chain of which no function repeats the next one.
func (c *chain) oncePerRecord(from token.Pos) bool {
	for i, l := range c.links {
		if i > 0 {
			from = c.links[i-1].decl.Body.Pos()
		}
		if !l.at.oncePerRecord(l.call, from, l.same) {
			return false
		}
	}
	last := c.links[len(c.links)-1]
	return c.request.oncePerRecord(c.request.call, last.decl.Body.Pos(), func(*ast.CallExpr) bool { return false })
}

// same reports a call of the link's function.
func (l *link) same(other *ast.CallExpr) bool {
	f := l.at.calledFunc(other)
	return f != nil && f.Origin() == l.called
}
