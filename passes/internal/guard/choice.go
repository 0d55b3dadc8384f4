package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Values that are one of several, and errors that only say that something failed.

// choice follows a value that is one of several: what decided between those that fit and those that do not
// is what the branch depends on.
func (c *Collector) choice(n term.Node, fits func(g, v term.Ref) term.Truth, inner func(term.Ref)) {
	defer func(was bool) { c.certain = was }(c.certain)
	c.certain = false // one of several ways
	var others [][]term.Ref
	for i := 0; i < len(n.Args); i += 2 {
		g, v := n.Args[i], n.Args[i+1]
		if c.Source.failure(v, 0) {
			if c.Source.Arena.TruthGiven(c.Source.Arena.Binary("==", v, c.Source.Arena.ZeroValue()), g) != term.Unknown {
				continue
			}
			v = c.Source.Arena.ZeroValue() // the error of a last step, which is nil as a rule
		}
		if fits(g, v) == term.False {
			others = append(others, c.Source.Arena.Conds(g))
		}
	}
	ways := c.ways(n, fits)
	for i := 0; i < len(n.Args); i += 2 {
		fit := fits(n.Args[i], n.Args[i+1])
		if fit == term.False || !c.Source.feasible(n.Args[i]) {
			continue
		}
		for _, cond := range c.Source.Arena.Conds(n.Args[i]) {
			if len(others) > 0 && !inAll(others, cond) && (!ways.both(c.Source.Arena.Node(cond)) || inAll(others, c.Source.Arena.Opposite(cond)) && c.otherwise(n, fits, cond)) {
				c.Decision(cond)
			}
		}
		if fit == term.Unknown {
			inner(n.Args[i+1])
		}
	}
}

// outcomes of tests: bit 0 for false, bit 1 for true.
type outcomes map[term.Ref]int

// both reports a test that can come out either way.
func (o outcomes) both(cond term.Node) bool { return o[cond.Args[0]] == 3 }

// ways collects how the tests before the fitting alternatives came out: what can come out either way is
// nothing that the branch depends on, unless one outcome is enough by itself, since every other alternative has the
// opposite one, and it takes another request to come to the same in spite of that.
func (c *Collector) ways(n term.Node, fits func(g, v term.Ref) term.Truth) outcomes {
	o := outcomes{}
	for i := 0; i < len(n.Args); i += 2 {
		if fits(n.Args[i], n.Args[i+1]) == term.False || !c.Source.feasible(n.Args[i]) || c.Source.failure(n.Args[i+1], 0) || c.Source.failed(n.Args[i]) {
			continue
		}
		for _, cond := range c.Source.Arena.Conds(n.Args[i]) {
			t := c.Source.Arena.Node(cond)
			o[t.Args[0]] |= 1 + int(t.N&term.CondTrue)
		}
	}
	return o
}

// otherwise reports that those fitting alternatives that have the opposite of a condition ask for another request.
func (c *Collector) otherwise(n term.Node, fits func(g, v term.Ref) term.Truth, cond term.Ref) bool {
	own := c.requests(cond)
	for i := 0; i < len(n.Args); i += 2 {
		conds := c.Source.Arena.Conds(n.Args[i])
		if fits(n.Args[i], n.Args[i+1]) == term.False || !slices.Contains(conds, c.Source.Arena.Opposite(cond)) || c.Source.failure(n.Args[i+1], 0) || c.Source.failed(n.Args[i]) {
			continue
		}
		if !slices.ContainsFunc(conds, func(x term.Ref) bool {
			return slices.ContainsFunc(c.requests(x), func(r int32) bool { return !slices.Contains(own, r) })
		}) {
			return false
		}
	}
	return true
}

// requests are the requests whose results a term is made of.
func (c *Collector) requests(t term.Ref) []int32 {
	var out []int32
	access.Mentions(c.Source.Arena, t, func(n term.Node) bool {
		if n.Op == term.Result && n.M == 0 {
			out = append(out, n.N)
		}
		return false
	})
	return out
}

// failure reports an error that says only that a request or a conversion failed.
func (s Source) failure(v term.Ref, depth int) bool {
	n := s.Arena.Node(v)
	if depth > 5 {
		return false
	}
	switch n.Op {
	case term.Result:
		return n.M > 0 && int(n.N) < len(s.Items) && s.Items[n.N].Request()
	case term.Iface, term.Field:
		return s.failure(n.Args[0], depth+1)
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			if s.Arena.Op(n.Args[i]) != term.Zero && !s.failure(n.Args[i], depth+1) {
				return false
			}
		}
		return true
	case term.Call:
		if n.N >= term.Failure {
			return true
		}
		if n.Text == "errors.New" {
			return false
		}
		return slices.ContainsFunc(n.Args, func(x term.Ref) bool { return x != term.None && s.failure(x, depth+1) })
	}
	return false
}

// failed reports a guard under which a request or a conversion has failed for certain.
func (s Source) failed(guard term.Ref) bool {
	return slices.ContainsFunc(s.Arena.Conds(guard), func(cond term.Ref) bool {
		n := s.Arena.Node(cond)
		t := s.Arena.Node(n.Args[0])
		if n.N&term.CondMust == 0 || n.N&term.CondTrue != 0 {
			return false
		}
		return t.Op == term.Un && t.Text == "is" || t.Op == term.Bin && t.Text == "==" && s.Arena.Op(t.Args[1]) == term.Zero && s.failure(t.Args[0], 0)
	})
}

func inAll(lists [][]term.Ref, r term.Ref) bool {
	for _, l := range lists {
		if !slices.Contains(l, r) {
			return false
		}
	}
	return true
}
