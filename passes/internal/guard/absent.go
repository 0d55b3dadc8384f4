package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A decision for absence is one that lets the write happen when the read has found nothing, and keeps it from happening
// otherwise. Tests one by one do not always tell: "not found" may come back as nil, as an error, as one of several
// booleans, or from the last page of many. So the conditions of the write are tried out, all together, in two worlds: one
// in which the read has found nothing, and one in which it has found something.

// undecided turns decisions for absence into such for presence where they are none, as the function given says of a read.
func (c *collector) undecided(none func(read int) bool) {
	tried := map[int]bool{}
	for i, d := range c.out {
		if d.What != Absence && d.What != Empty {
			continue
		}
		if _, known := tried[d.Read]; !known {
			tried[d.Read] = none(d.Read)
		}
		if tried[d.Read] {
			c.out[i].What = Presence
		}
	}
}

// unreached reports a write that does not happen when a read finds nothing.
func (c *collector) unreached(read int) bool {
	return c.s.absent(read).never(c.w.Item.When)
}

// either reports a write that happens whether a read finds something or not.
func (c *collector) either(read int) bool {
	return c.s.present(read).always(c.w.Item.When)
}

// A world is what the program does when a read has gone in a certain way.
type world struct {
	source
	read int
	how  term.Subst
}

// absent is the world in which a read, each time that it is made at its place, finds nothing.
func (s source) absent(read int) *world {
	w := &world{source: s, read: read}
	w.how = term.Subst{From: s.a, To: s.a, Known: s.whenRead(read), Replace: func(n term.Node) (term.Ref, bool) {
		switch {
		case !w.reads(n):
			return term.None, false
		case n.M != 0:
			return s.a.ZeroValue(), true // it has not failed
		}
		return s.a.Object(term.None, nil, nil), true
	}}
	return w
}

// present is the world in which a read finds something, of which no more is known, and nothing fails.
func (s source) present(read int) *world {
	w := &world{source: s, read: read}
	w.how = term.Subst{From: s.a, To: s.a, Known: s.whenRead(read), Replace: func(n term.Node) (term.Ref, bool) {
		return s.a.ZeroValue(), n.Op == term.Result && n.M != 0 || n.Op == term.Call && n.N >= term.Failure
	}}
	result := s.a.Leaf(term.Result, "", read, 0)
	list := s.a.Field(result, dynamo.Items)
	for _, found := range []term.Ref{s.a.Field(result, dynamo.Item), list, s.a.Field(list, term.AnyElem), s.a.Field(list, term.Elem(0)), s.a.Field(result, dynamo.Count)} {
		for _, x := range []term.Ref{found, s.a.Unary("len", found)} {
			w.how.Known[s.a.Binary("==", x, s.a.ZeroValue())] = s.a.Bool(false)
			w.how.Known[s.a.Binary(">", x, s.a.ZeroValue())] = s.a.Bool(true)
		}
		w.how.Known[s.a.Binary("<", s.firstIndex(), s.a.Unary("len", found))] = s.a.Bool(true)
	}
	return w
}

// whenRead is what is known of tests since the read was made: those that led to it, and that the list was not empty over
// which a loop around it goes.
func (s source) whenRead(read int) map[term.Ref]term.Ref {
	known := map[term.Ref]term.Ref{}
	for test, dir := range s.factsOf(s.items[read].When).tests {
		known[test] = s.a.Bool(dir)
	}
	for _, cond := range s.items[read].When {
		n := s.a.Node(cond)
		if over, ok := iterated(s.a, n.Args[0]); ok && n.N&term.CondLoop != 0 && n.N&term.CondTrue != 0 {
			known[s.a.Binary("<", s.firstIndex(), over)] = s.a.Bool(true)
		}
	}
	return known
}

// firstIndex is the index with which a range loop starts, as go/ssa writes it.
func (s source) firstIndex() term.Ref {
	return s.a.Binary("+", s.a.Leaf(term.Const, "-1", 0, term.ConstNumber), s.a.Leaf(term.Const, "1", 0, term.ConstNumber))
}

// never reports conditions under which nothing happens in this world.
func (w *world) never(when []term.Ref) bool {
	conds := make([]term.Ref, len(when))
	for i, c := range when {
		conds[i] = w.how.Apply(c)
	}
	return w.a.Impossible(conds)
}

// always reports conditions that are met in this world, as far as it is on the read whether they are, and that ask for
// the read at all. Of several ways to one place that are tests of the read's error one is enough. A test of what was
// found that is not met may stand before the others; beside it only the success of other things counts, such as that
// of a conversion, which does not tell of what.
func (w *world) always(when []term.Ref) bool {
	asked, ways, open, closed, succeeded, foreign := false, 0, 0, 0, 0, 0
	for _, c := range when {
		n := w.a.Node(c)
		must := n.N&term.CondMust != 0
		switch {
		case mentions(w.a, c, w.reads):
			asked = true
			met := w.met(c)
			switch {
			case must && met == term.True:
			case must || met == term.Unknown:
				return false
			default:
				ways++
				open += count(met == term.True)
				closed += count(met == term.False && !w.ofError(n.Args[0]))
			}
		case must || n.N&term.CondLoop != 0:
		case w.ofError(n.Args[0]):
			succeeded += count(w.met(c) == term.True)
		default:
			foreign++
		}
	}
	return asked && (ways == 0 || open > 0 && closed == 0 || open == 0 && succeeded > 0 && foreign == 0)
}

// met says whether a condition holds in this world.
func (w *world) met(cond term.Ref) term.Truth {
	n := w.a.Node(w.how.Apply(cond))
	return flip(w.a.Truth(n.Args[0]), n.N&term.CondTrue != 0)
}

// ofError reports a test of an error: of what may be that of a request.
func (w *world) ofError(test term.Ref) bool {
	n := w.a.Node(test)
	return (n.Op == term.Call || n.Op == term.Bin) && slices.ContainsFunc(n.Args, func(x term.Ref) bool {
		return slices.ContainsFunc(w.alternatives(x), func(v term.Ref) bool { return w.failure(v, 0) })
	})
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// reads reports the result of the world's read, or of a request that is made at the same place: the next page, the next
// attempt.
func (w *world) reads(n term.Node) bool {
	if n.Op != term.Result {
		return false
	}
	i, own := int(n.N), w.items[w.read]
	return i == w.read || i < len(w.items) && w.items[i].Pos == own.Pos && slices.Equal(w.items[i].Via, own.Via)
}
