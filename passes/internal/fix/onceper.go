package fix

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A claim is made once for each record and effect. A second effect of the same record under the same claim would be passed over,
// so that there must be none; and claims of other handlers on the same record need names of their own.

// claimName is what the claims of an effect begin with: the function that has the record, what it calls for the effect, and
// which of several such calls it is.
func (s *site) claimName(parts ...string) string {
	name := path.Base(s.Types.Path())
	if fn, ok := enclosing[*ast.FuncDecl](s); ok {
		name += "." + fn.Name.Name
	}
	for _, p := range parts {
		if p != "" {
			name += "." + p
		}
	}
	return strconv.Quote(name + "/")
}

// oncePerRecord reports that the call at a site is reached at most once for each record: from is where the record's variable
// is declared, same tells other calls that would make the same claim.
func (s *site) oncePerRecord(call *ast.CallExpr, from token.Pos, same func(*ast.CallExpr) bool) bool {
	return s.unrepeated(from) && !slices.ContainsFunc(s.others(call, from, same), func(other *ast.CallExpr) bool { return !s.exclusive(call, other) })
}

// unrepeated reports a site that is in no loop within what is done for a record, and in no closure that may be called again.
func (s *site) unrepeated(from token.Pos) bool {
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
	return true
}

// apart names, for claims, each of several calls for one record: those of which only one is made share a name, which is empty
// where that goes for all of them.
func (s *site) apart(calls []*ast.CallExpr) map[*ast.CallExpr]string {
	slices.SortFunc(calls, func(a, b *ast.CallExpr) int { return int(a.Pos() - b.Pos()) })
	var groups [][]*ast.CallExpr
	for _, c := range calls {
		i := slices.IndexFunc(groups, func(g []*ast.CallExpr) bool {
			return !slices.ContainsFunc(g, func(other *ast.CallExpr) bool { return !s.exclusive(c, other) })
		})
		if i < 0 {
			groups = append(groups, []*ast.CallExpr{c})
			continue
		}
		groups[i] = append(groups[i], c)
	}
	names := map[*ast.CallExpr]string{}
	if len(groups) < 2 {
		return names
	}
	words, telling := make([]string, len(groups)), true
	for i, g := range groups {
		words[i] = s.said(g[0])
		telling = telling && words[i] != "" && !slices.Contains(words[:i], words[i])
	}
	for i, g := range groups {
		for _, c := range g {
			if names[c] = words[i]; !telling {
				names[c] = strconv.Itoa(i + 1)
			}
		}
	}
	return names
}

// said joins what a call is given as constant words.
func (s *site) said(call *ast.CallExpr) string {
	var all []string
	for _, arg := range call.Args {
		if text, ok := s.constant(arg); ok && plainWord.MatchString(text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, ".")
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

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
	first := c.links[0]
	return first.at.oncePerRecord(first.call, from, first.same) && c.unrepeated(from)
}

// unrepeated is oncePerRecord for a first function that may be called several times for a record.
func (c *chain) unrepeated(from token.Pos) bool {
	for i, l := range c.links {
		if i == 0 && !l.at.unrepeated(from) {
			return false
		}
		if i > 0 && !l.at.oncePerRecord(l.call, c.links[i-1].decl.Body.Pos(), l.same) {
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
