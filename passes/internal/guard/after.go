package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// What is only reached when a request has succeeded.

// afterSuccess reports an item that is only reached when a request has succeeded.
func (s source) afterSuccess(it *compose.Item, number int) bool {
	if s.a.Impossible(s.a.Conds(s.a.All(slices.Concat(it.When, s.items[number].When)))) {
		return false
	}
	for _, cond := range it.When {
		n := s.a.Node(cond)
		if n.Op == term.Cond && n.N&term.CondMust != 0 && slices.Contains(s.tested(n.Args[0], map[term.Ref]bool{}), number) {
			return !s.tolerates(n.Args[0], number)
		}
	}
	return false
}

// tolerates reports a test of an error that was made nil where the request was refused for having been done before.
func (s source) tolerates(test term.Ref, number int) bool {
	return mentions(s.a, test, func(n term.Node) bool {
		if n.Op != term.Alt {
			return false
		}
		for i := 0; i < len(n.Args); i += 2 {
			if s.a.IsZero(n.Args[i+1]) == term.True && slices.ContainsFunc(s.a.Conds(n.Args[i]), func(c term.Ref) bool { return s.refusal(c, number) }) {
				return true
			}
		}
		return false
	})
}

// refusal reports a branch that is taken for one kind of error of a request.
func (s source) refusal(cond term.Ref, number int) bool {
	n := s.a.Node(cond)
	if n.Op != term.Cond || n.N&term.CondTrue == 0 {
		return false
	}
	t := s.a.Node(n.Args[0])
	return t.Op == term.Call && (t.Text == "errors.As" || t.Text == "errors.Is") && slices.ContainsFunc(t.Args, func(x term.Ref) bool {
		return mentions(s.a, x, func(n term.Node) bool { return n.Op == term.Result && int(n.N) == number })
	})
}

// tested are the requests whose errors a test looks at.
func (s source) tested(t term.Ref, seen map[term.Ref]bool) []int {
	if t == term.None || seen[t] || !s.a.Open(t) {
		return nil
	}
	seen[t] = true
	n := s.a.Node(t)
	if n.Op == term.Result {
		if n.M > 0 && int(n.N) < len(s.items) && s.items[n.N].Request() {
			return []int{int(n.N)}
		}
		return nil
	}
	var out []int
	for _, x := range n.Args {
		out = append(out, s.tested(x, seen)...)
	}
	return out
}
