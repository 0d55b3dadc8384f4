package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// What is only reached when a request has succeeded.

// AfterSuccess reports an item that is only reached when a request has succeeded.
func (s Source) AfterSuccess(it *compose.Item, number int) bool {
	if s.Arena.Impossible(s.Arena.Conds(s.Arena.All(slices.Concat(it.When, s.Items[number].When)))) {
		return false
	}
	for _, cond := range it.When {
		n := s.Arena.Node(cond)
		if n.Op == term.Cond && n.N&term.CondMust != 0 && slices.Contains(s.Tested(n.Args[0], map[term.Ref]bool{}), number) {
			return !s.tolerates(n.Args[0], number)
		}
	}
	return false
}

// tolerates reports a test of an error that was made nil where the request was refused for having been done before.
func (s Source) tolerates(test term.Ref, number int) bool {
	return access.Mentions(s.Arena, test, func(n term.Node) bool {
		if n.Op != term.Alt {
			return false
		}
		for i := 0; i < len(n.Args); i += 2 {
			if s.Arena.IsZero(n.Args[i+1]) == term.True && slices.ContainsFunc(s.Arena.Conds(n.Args[i]), func(c term.Ref) bool { return s.refusal(c, number) }) {
				return true
			}
		}
		return false
	})
}

// refusal reports a branch that is taken for one kind of error of a request.
func (s Source) refusal(cond term.Ref, number int) bool {
	n := s.Arena.Node(cond)
	if n.Op != term.Cond || n.N&term.CondTrue == 0 {
		return false
	}
	t := s.Arena.Node(n.Args[0])
	return t.Op == term.Call && (t.Text == "errors.As" || t.Text == "errors.Is") && slices.ContainsFunc(t.Args, func(x term.Ref) bool {
		return access.Mentions(s.Arena, x, func(n term.Node) bool { return n.Op == term.Result && int(n.N) == number })
	})
}

// Tested are the requests whose errors a test looks at.
func (s Source) Tested(t term.Ref, seen map[term.Ref]bool) []int {
	if t == term.None || seen[t] || !s.Arena.Open(t) {
		return nil
	}
	seen[t] = true
	n := s.Arena.Node(t)
	if n.Op == term.Result {
		if n.M > 0 && int(n.N) < len(s.Items) && s.Items[n.N].Request() {
			return []int{int(n.N)}
		}
		return nil
	}
	var out []int
	for _, x := range n.Args {
		out = append(out, s.Tested(x, seen)...)
	}
	return out
}
