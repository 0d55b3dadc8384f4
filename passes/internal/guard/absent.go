package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A decision for absence is one that lets the write happen when the read has found nothing, and keeps it from happening
// otherwise. Tests one by one do not always tell: "not found" may come back as nil, as an error, as one of several
// booleans, or from the last page of many. So the conditions of the write are tried out, all together, in two worlds: one
// in which the read has found nothing, and one in which it has found something.

// undecided turns decisions for absence into such for presence where they are none, as the function given says of a read.
func (c *Collector) undecided(none func(read int) bool) {
	tried := map[int]bool{}
	for i, d := range c.Out {
		if d.What != Absence && d.What != Empty {
			continue
		}
		if _, known := tried[d.Read]; !known {
			tried[d.Read] = none(d.Read)
		}
		if tried[d.Read] {
			c.Out[i].What = Presence
		}
	}
}

// unreached reports a write that does not happen when a read finds nothing.
func (c *Collector) unreached(read int) bool {
	return c.Source.absent(read).never(c.Write.Item.When)
}

// either reports a write that happens whether a read finds something or not.
func (c *Collector) either(read int) bool {
	found := c.Source.present(read)
	found.idle = c.renews
	return found.always(c.Write.Item.When) || c.alike(read)
}

// renews reports a test that only saves a write: whether an attribute is yet what the write stores in it.
func (c *Collector) renews(cond term.Ref) bool {
	n := c.Source.Arena.Node(cond)
	test := c.Source.Arena.Node(n.Args[0])
	if n.N&term.CondTrue != 0 || test.Op != term.Bin || test.Text != "==" {
		return false
	}
	return c.stores(test.Args[0], test.Args[1]) || c.stores(test.Args[1], test.Args[0])
}

// stores reports that the write stores a value in the attribute that another one was read from. That an item has the key
// which was asked for says only that it is there.
func (c *Collector) stores(value, read term.Ref) bool {
	leaves := c.Source.Leaves(read, nil)
	if len(leaves) == 0 || len(c.Source.Leaves(value, nil)) > 0 {
		return false
	}
	attr, whole := leaves[0].Attr()
	if whole || c.identifies(leaves[0].Read, attr) || slices.ContainsFunc(leaves, func(l Leaf) bool { a, _ := l.Attr(); return a != attr }) {
		return false
	}
	if c.Write.Kind == dynamo.Put {
		return c.Source.attribute(c.Write.Stored, attr) == value
	}
	return slices.ContainsFunc(c.Write.Assigned, func(s access.Assignment) bool {
		return !s.Server && s.Value == value && dynamo.SameAttribute(s.Attr, attr)
	})
}

// alike reports that the same is written, by another call, where the read has found something.
func (c *Collector) alike(read int) bool {
	w := c.Write.Item
	return slices.ContainsFunc(c.Source.Items, func(it *compose.Item) bool {
		return it != w && it.Writes() && it.Pos == w.Pos && slices.Equal(it.Args, w.Args) && c.Source.absent(read).never(it.When)
	})
}

// A world is what the program does when a read has gone in a certain way.
type world struct {
	Source
	read int
	how  term.Subst
	// idle reports tests that are no matter of whether something is found; nil for none.
	idle func(cond term.Ref) bool
}

// absent is the world in which a read, each time that it is made at its place, finds nothing.
func (s Source) absent(read int) *world {
	w := &world{Source: s, read: read}
	w.how = term.Subst{From: s.Arena, To: s.Arena, Known: s.whenRead(read), Replace: func(n term.Node) (term.Ref, bool) {
		switch {
		case !w.reads(n):
			return term.None, false
		case n.M != 0:
			return s.Arena.ZeroValue(), true // it has not failed
		}
		return s.Arena.Object(term.None, nil, nil), true
	}}
	return w
}

// present is the world in which a read finds something, of which no more is known, and nothing fails.
func (s Source) present(read int) *world {
	w := &world{Source: s, read: read}
	w.how = term.Subst{From: s.Arena, To: s.Arena, Known: s.whenRead(read), Replace: func(n term.Node) (term.Ref, bool) {
		return s.Arena.ZeroValue(), n.Op == term.Result && n.M != 0 || n.Op == term.Call && n.N >= term.Failure
	}}
	result := s.Arena.Leaf(term.Result, "", read, 0)
	list := s.Arena.Field(result, dynamo.Items)
	for _, found := range []term.Ref{s.Arena.Field(result, dynamo.Item), list, s.Arena.Field(list, term.AnyElem), s.Arena.Field(list, term.Elem(0)), s.Arena.Field(result, dynamo.Count)} {
		for _, x := range []term.Ref{found, s.Arena.Unary("len", found)} {
			w.how.Known[s.Arena.Binary("==", x, s.Arena.ZeroValue())] = s.Arena.Bool(false)
			w.how.Known[s.Arena.Binary(">", x, s.Arena.ZeroValue())] = s.Arena.Bool(true)
		}
		w.how.Known[s.Arena.Binary("<", s.firstIndex(), s.Arena.Unary("len", found))] = s.Arena.Bool(true)
	}
	return w
}

// whenRead is what is known of tests since the read was made: those that led to it, and that the list was not empty over
// which a loop around it goes.
func (s Source) whenRead(read int) map[term.Ref]term.Ref {
	known := map[term.Ref]term.Ref{}
	for test, dir := range s.factsOf(s.Items[read].When).tests {
		known[test] = s.Arena.Bool(dir)
	}
	for _, cond := range s.Items[read].When {
		n := s.Arena.Node(cond)
		if over, ok := iterated(s.Arena, n.Args[0]); ok && n.N&term.CondLoop != 0 && n.N&term.CondTrue != 0 {
			known[s.Arena.Binary("<", s.firstIndex(), over)] = s.Arena.Bool(true)
		}
	}
	return known
}

// firstIndex is the index with which a range loop starts, as go/ssa writes it.
func (s Source) firstIndex() term.Ref {
	return s.Arena.Binary("+", s.Arena.Leaf(term.Const, "-1", 0, term.ConstNumber), s.Arena.Leaf(term.Const, "1", 0, term.ConstNumber))
}

// never reports conditions under which nothing happens in this world.
func (w *world) never(when []term.Ref) bool {
	conds := make([]term.Ref, len(when))
	for i, c := range when {
		conds[i] = w.how.Apply(c)
	}
	return w.Arena.Impossible(conds)
}

// always reports conditions that are met in this world, as far as it is on the read whether they are, and that ask for
// the read at all. Of several ways to one place that are tests of the read's error one is enough, and so is one that is left
// only to save the write. A test of what was found that is not met may stand before the others; beside it only the success
// of other things counts, such as that of a conversion, which does not tell of what.
func (w *world) always(when []term.Ref) bool {
	asked, saved, ways, open, closed, succeeded, foreign := false, false, 0, 0, 0, 0, 0
	for _, c := range when {
		n := w.Arena.Node(c)
		must := n.N&term.CondMust != 0
		switch {
		case access.Mentions(w.Arena, c, w.reads):
			asked = true
			met := w.met(c)
			switch {
			case met == term.Unknown && w.idle != nil && w.idle(c):
				saved = true
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
	return asked && (saved || ways == 0 || open > 0 && closed == 0 || open == 0 && succeeded > 0 && foreign == 0)
}

// met says whether a condition holds in this world.
func (w *world) met(cond term.Ref) term.Truth {
	n := w.Arena.Node(w.how.Apply(cond))
	return flip(w.Arena.Truth(n.Args[0]), n.N&term.CondTrue != 0)
}

// ofError reports a test of an error: of what may be that of a request.
func (w *world) ofError(test term.Ref) bool {
	n := w.Arena.Node(test)
	return (n.Op == term.Call || n.Op == term.Bin) && slices.ContainsFunc(n.Args, func(x term.Ref) bool {
		return slices.ContainsFunc(w.Alternatives(x), func(v term.Ref) bool { return w.failure(v, 0) })
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
	i, own := int(n.N), w.Items[w.read]
	return i == w.read || i < len(w.Items) && w.Items[i].Pos == own.Pos && slices.Equal(w.Items[i].Via, own.Via)
}
