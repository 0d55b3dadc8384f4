package stream

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A claim is made once for each record and effect. A second effect of the same record under the same claim would be passed over,
// so that there must be none; and claims of other handlers on the same record need names of their own.

// claimName is what the claims of an effect begin with: the function that has the record, what it calls for the effect, and
// which of several such calls it is.
func claimName(s *syntax.Site, parts ...string) string {
	name := path.Base(s.Types.Path())
	if fn, ok := syntax.Enclosing[*ast.FuncDecl](s); ok {
		name += "." + fn.Name.Name
	}
	for _, p := range parts {
		if p != "" {
			name += "." + p
		}
	}
	return strconv.Quote(name + "/")
}

// handedOnce reports that the call at a site is reached at most once for each record: from is where the record's variable
// is declared, same tells other calls that would make the same claim.
func oncePerRecord(s *syntax.Site, call *ast.CallExpr, from token.Pos, same func(*ast.CallExpr) bool) bool {
	return unrepeated(s, from) && !slices.ContainsFunc(others(s, call, from, same), func(other *ast.CallExpr) bool { return !s.Exclusive(call, other) })
}

// unrepeated reports a site that is in no loop within what is done for a record, and in no closure that may be called again.
func unrepeated(s *syntax.Site, from token.Pos) bool {
	for i, n := range s.Path {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if n.Pos() > from {
				return false
			}
		case *ast.FuncLit:
			if n.Pos() > from && !started(s, i) {
				return false
			}
		}
	}
	return true
}

// apart names, for claims, each of several calls for one record: those of which only one is made share a name, which is empty
// where that goes for all of them.
func apart(s *syntax.Site, calls []*ast.CallExpr) map[*ast.CallExpr]string {
	slices.SortFunc(calls, func(a, b *ast.CallExpr) int { return int(a.Pos() - b.Pos()) })
	var groups [][]*ast.CallExpr
	for _, c := range calls {
		i := slices.IndexFunc(groups, func(g []*ast.CallExpr) bool {
			return !slices.ContainsFunc(g, func(other *ast.CallExpr) bool { return !s.Exclusive(c, other) })
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
		words[i] = said(s, g[0])
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
func said(s *syntax.Site, call *ast.CallExpr) string {
	var all []string
	for _, arg := range call.Args {
		if text, ok := s.Constant(arg); ok && plainWord.MatchString(text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, ".")
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// others lists the calls like one that stand where a variable is known.
func others(s *syntax.Site, call *ast.CallExpr, from token.Pos, same func(*ast.CallExpr) bool) (out []*ast.CallExpr) {
	i := slices.IndexFunc(s.Path, func(n ast.Node) bool { return n.Pos() <= from })
	if i < 0 {
		return nil
	}
	ast.Inspect(s.Path[i], func(n ast.Node) bool {
		if other, is := n.(*ast.CallExpr); is && other != call && other.Pos() > from && same(other) {
			out = append(out, other)
		}
		return true
	})
	return out
}

// started reports a closure that is handed to something that runs it once: go, Go of a group.
func started(s *syntax.Site, i int) bool {
	if i+1 >= len(s.Path) {
		return false
	}
	call, ok := s.Path[i+1].(*ast.CallExpr)
	if !ok {
		return false
	}
	id := syntax.CalledName(call)
	return id == nil || id.Name == "Go"
}

// handedOnce reports a chain of which no function repeats the next one.
func handedOnce(c *chain.Chain, from token.Pos) bool {
	first := c.Links[0]
	return oncePerRecord(first.At, first.Call, from, func(other *ast.CallExpr) bool { return same(first, other) }) && unrepeatedChain(c, from)
}

// unrepeatedChain is handedOnce for a first function that may be called several times for a record.
func unrepeatedChain(c *chain.Chain, from token.Pos) bool {
	for i, l := range c.Links {
		if i == 0 && !unrepeated(l.At, from) {
			return false
		}
		if i > 0 && !oncePerRecord(l.At, l.Call, c.Links[i-1].Decl.Body.Pos(), func(other *ast.CallExpr) bool { return same(l, other) }) {
			return false
		}
	}
	last := c.Links[len(c.Links)-1]
	return oncePerRecord(c.Request.Site, c.Request.Call, last.Decl.Body.Pos(), func(*ast.CallExpr) bool { return false })
}

// same reports a call of the link's function.
func same(l *chain.Link, other *ast.CallExpr) bool {
	f := l.At.CalledFunc(other)
	return f != nil && f.Origin() == l.Called
}
