package guard

import "github.com/ddbvet/ddbvet/passes/internal/term"

// facts are tests whose outcome is certain where a write happens: the term tested, and how it came out.
// What the other outcome would have given is not what the write depends on.
type facts map[term.Ref]bool

// factsOf follows the certain conditions of an event: where a call's error is known to be nil, so is every
// test that the callee made on the only way to return nil.
func (s source) factsOf(when []term.Ref) facts {
	f := facts{}
	for _, c := range when {
		s.learn(f, c, 0)
	}
	return f
}

func (s source) learn(f facts, cond term.Ref, depth int) {
	n := s.a.Node(cond)
	if n.Op != term.Cond || n.N&term.CondMust == 0 || depth > 10 {
		return
	}
	dir := n.N&term.CondTrue != 0
	if _, known := f[n.Args[0]]; known {
		return
	}
	f[n.Args[0]] = dir
	t := s.a.Node(n.Args[0])
	switch {
	case t.Op == term.Alt:
		s.learnChoice(f, t, func(g, v term.Ref) term.Truth { return flip(s.a.TruthGiven(v, g), dir) }, depth)
	case t.Op == term.Bin && t.Text == "==" && s.a.Op(t.Args[0]) == term.Alt:
		x, y := s.a.Node(t.Args[0]), t.Args[1]
		s.learnChoice(f, x, func(g, v term.Ref) term.Truth { return flip(s.a.TruthGiven(s.a.Binary("==", v, y), g), dir) }, depth)
	}
}

// learnChoice takes over the guard of the only alternative that fits.
func (s source) learnChoice(f facts, alt term.Node, fits func(g, v term.Ref) term.Truth, depth int) {
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
	for _, c := range s.a.Conds(only) {
		s.learn(f, c, depth+1)
	}
}

// feasible reports whether a guard can hold beside the facts.
func (s source) feasible(guard term.Ref) bool {
	for _, c := range s.a.Conds(guard) {
		n := s.a.Node(c)
		if dir, known := s.facts[n.Args[0]]; known && n.N&term.CondMust != 0 && dir != (n.N&term.CondTrue != 0) {
			return false
		}
	}
	return true
}
