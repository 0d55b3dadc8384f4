package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// facts are tests whose outcome is certain where a write happens: the term tested, and how it came out.
// What the other outcome would have given is not what the write depends on.
type facts struct {
	tests map[term.Ref]bool
	shut  map[term.Ref]bool // guards that cannot hold beside the tests, as far as asked
}

// factsOf follows the certain conditions of an event: where a call's error is known to be nil, so is every
// test that the callee made on the only way to return nil.
func (s Source) factsOf(when []term.Ref) facts {
	f := facts{map[term.Ref]bool{}, map[term.Ref]bool{}}
	for _, c := range when {
		s.learn(f, c, 0)
	}
	return f
}

func (s Source) learn(f facts, cond term.Ref, depth int) {
	n := s.Arena.Node(cond)
	if n.Op != term.Cond || n.N&term.CondMust == 0 || depth > 10 {
		return
	}
	dir := n.N&term.CondTrue != 0
	if _, known := f.tests[n.Args[0]]; known {
		return
	}
	f.tests[n.Args[0]] = dir
	t := s.Arena.Node(n.Args[0])
	switch {
	case t.Op == term.Alt:
		s.learnChoice(f, t, func(g, v term.Ref) term.Truth { return flip(s.Arena.TruthGiven(v, g), dir) }, depth)
	case t.Op == term.Bin && t.Text == "==" && s.Arena.Op(t.Args[0]) == term.Alt:
		x, y := s.Arena.Node(t.Args[0]), t.Args[1]
		s.learnChoice(f, x, func(g, v term.Ref) term.Truth { return flip(s.Arena.TruthGiven(s.Arena.Binary("==", v, y), g), dir) }, depth)
	}
}

// learnChoice takes over the guard of the only alternative that fits.
func (s Source) learnChoice(f facts, alt term.Node, fits func(g, v term.Ref) term.Truth, depth int) {
	only := term.None
	for i := 0; i < len(alt.Args); i += 2 {
		if fits(alt.Args[i], alt.Args[i+1]) == term.False {
			continue
		}
		if only != term.None {
			return
		}
		only = alt.Args[i]
	}
	for _, c := range s.Arena.Conds(only) {
		s.learn(f, c, depth+1)
	}
}

// feasible reports whether a guard can hold beside the facts.
func (s Source) feasible(guard term.Ref) bool {
	conds := s.Arena.Conds(guard)
	if len(conds) == 0 || len(s.facts.tests) == 0 {
		return true
	}
	shut, asked := s.facts.shut[guard]
	if !asked {
		shut = slices.ContainsFunc(conds, s.refuted) || s.excluded(conds)
		s.facts.shut[guard] = shut
	}
	return !shut
}

// refuted reports a certain condition of which the facts say the opposite.
func (s Source) refuted(cond term.Ref) bool {
	n := s.Arena.Node(cond)
	dir, known := s.facts.tests[n.Args[0]]
	return known && n.N&term.CondMust != 0 && dir != (n.N&term.CondTrue != 0)
}

// excluded reports conditions under which a result is, or is not, nil, and the facts say otherwise: where a call has
// returned no error, none of the ways on which it returns one was taken, whatever else it returns there.
func (s Source) excluded(conds []term.Ref) bool {
	for test, dir := range s.facts.tests {
		n := s.Arena.Node(test)
		if n.Op != term.Bin || n.Text != "==" || s.Arena.Op(n.Args[0]) != term.Alt || s.Arena.Op(n.Args[1]) != term.Zero {
			continue
		}
		if t := s.nilUnder(s.Arena.Node(n.Args[0]), conds); t != term.Unknown && (t == term.True) != dir {
			return true
		}
	}
	return false
}

// nilUnder says whether a value that is one of several is nil where some conditions hold.
func (s Source) nilUnder(alt term.Node, conds []term.Ref) term.Truth {
	all := term.Unknown
	for i := 0; i < len(alt.Args); i += 2 {
		if slices.ContainsFunc(s.Arena.Conds(alt.Args[i]), func(c term.Ref) bool {
			return s.Arena.Node(c).N&term.CondMust != 0 && slices.Contains(conds, s.Arena.Opposite(c))
		}) {
			continue
		}
		t := s.Arena.IsZero(alt.Args[i+1])
		if t == term.Unknown || all != term.Unknown && t != all {
			return term.Unknown
		}
		all = t
	}
	return all
}
