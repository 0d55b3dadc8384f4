package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A decision for absence is one that lets the write happen when the read has found nothing. Tests one by one do not
// always tell: "not found" may come back as nil, as an error, as one of several booleans, or from the last page of many.
// So the conditions of the write are tried out, all together, on a read that has found nothing.

// unreached turns decisions for absence into such for presence where the write does not happen in absence, or happens
// in either case.
func (c *collector) unreached() {
	tried := map[int]bool{}
	for i, d := range c.out {
		if d.What != Absence && d.What != Empty {
			continue
		}
		found, known := tried[d.Read]
		if !known {
			w := c.s.inAbsence(d.Read)
			found = w.never(c.w.Item.When) || c.s.eitherWay(w, c.w.Item.When)
			tried[d.Read] = found
		}
		if found {
			c.out[i].What = Presence
		}
	}
}

// An absence is a world in which a read, each time that it is made at its place, finds nothing.
type absence struct {
	a       *term.Arena
	nothing term.Subst
}

func (s source) inAbsence(read int) *absence {
	return &absence{a: s.a, nothing: term.Subst{From: s.a, To: s.a, Known: s.whenRead(read), Replace: func(n term.Node) (term.Ref, bool) {
		switch {
		case n.Op != term.Result || !s.repeats(int(n.N), read):
			return term.None, false
		case n.M != 0:
			return s.a.ZeroValue(), true // it has not failed
		}
		return s.a.Object(term.None, nil, nil), true
	}}}
}

// whenRead is what is known of tests since the read was made: those that led to it, and that the list was not empty over
// which a loop around it goes.
func (s source) whenRead(read int) map[term.Ref]term.Ref {
	known := map[term.Ref]term.Ref{}
	for test, dir := range s.factsOf(s.items[read].When) {
		known[test] = s.a.Bool(dir)
	}
	for _, cond := range s.items[read].When {
		n := s.a.Node(cond)
		if over, ok := iterated(s.a, n.Args[0]); ok && n.N&term.CondLoop != 0 && n.N&term.CondTrue != 0 {
			first := s.a.Binary("+", s.a.Leaf(term.Const, "-1", 0, term.ConstNumber), s.a.Leaf(term.Const, "1", 0, term.ConstNumber))
			known[s.a.Binary("<", first, over)] = s.a.Bool(true)
		}
	}
	return known
}

// never reports conditions under which nothing happens in absence.
func (w *absence) never(when []term.Ref) bool {
	conds := make([]term.Ref, len(when))
	for i, c := range when {
		conds[i] = w.nothing.Apply(c)
	}
	return w.a.Impossible(conds)
}

// eitherWay reports a place that is reached in absence, and else unless a conversion fails: what was found is used on
// the way, and that is all.
func (s source) eitherWay(w *absence, when []term.Ref) bool {
	absent, converted := 0, 0
	for _, cond := range when {
		n := s.a.Node(cond)
		if n.N&(term.CondMust|term.CondLoop) != 0 {
			continue
		}
		holds := n.N&term.CondTrue != 0
		t := s.a.Node(n.Args[0])
		switch {
		case holds && t.Op == term.Bin && t.Text == "==" && s.failure(t.Args[0], 0):
			converted++
		case s.a.Open(n.Args[0]) && flip(s.a.Truth(w.nothing.Apply(n.Args[0])), holds) == term.True:
			absent++
		default:
			return false
		}
	}
	return absent > 0 && converted > 0
}

// repeats reports a request that is made at the same place as another one: the next page, the next attempt.
func (s source) repeats(i, read int) bool {
	return i == read || i < len(s.items) && s.items[i].Pos == s.items[read].Pos && slices.Equal(s.items[i].Via, s.items[read].Via)
}
