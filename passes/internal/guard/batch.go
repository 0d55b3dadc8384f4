package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Leftover is a batch of which nobody looks at what DynamoDB has left undone.
type Leftover struct {
	Item   *compose.Item
	Access *Access
	At     finding.Pos
	// Fate is what becomes of it instead.
	Fate summary.Fate
	// Acts is the write that takes an item for absent that a BatchGetItem has not delivered.
	Acts *Access
}

// Leftovers finds the batches of a body whose leftovers are lost in the body's own text.
func Leftovers(u *compose.Universe, b *compose.Body) []Leftover {
	e := newExaminer(u, b)
	var out []Leftover
	for i, it := range b.Items {
		if it.Silent || b.Foreign || !it.Request() || it.Left == summary.Unasked {
			continue
		}
		at, lost := lostIn(b, it)
		below := it.Op == "BatchGetItem" && it.Left.Lost() && !lost // what a callee loses, its callers may act on
		if !lost && !below {
			continue
		}
		l := Leftover{Item: it, At: at, Fate: it.Left, Access: e.read(i)}
		if it.Op == "BatchGetItem" {
			if l.Acts = e.actsOnAbsence(i); l.Acts == nil || below && l.Acts.Item.Root == it.Root {
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// lostIn reports whether the leftovers of a batch end in the body's own text.
func lostIn(b *compose.Body, it *compose.Item) (finding.Pos, bool) {
	if len(it.Via) == 0 {
		return it.Pos, it.Left.Lost()
	}
	return b.RootPos[it.Root], it.Lost
}

// actsOnAbsence finds a write that happens because a BatchGetItem did not return an item.
func (e *examiner) actsOnAbsence(read int) *Access {
	for i, it := range e.b.Items {
		if !it.Writes() {
			continue
		}
		for _, w := range e.accesses(i) {
			if slices.ContainsFunc(e.deps(w), func(d Dep) bool { return d.Read == read && (d.What == Absence || d.What == Empty) }) ||
				slices.ContainsFunc(it.When, func(c term.Ref) bool { return e.notAmong(c, read) }) {
				return w
			}
		}
	}
	return nil
}

// notAmong reports a branch that is taken for what is not in a map that was filled from a BatchGetItem's items: the map has
// no such key, gives nothing for it, or not the constant that was stored for each of them.
func (e *examiner) notAmong(cond term.Ref, read int) bool {
	n := e.a.Node(cond)
	if n.Op != term.Cond || n.N&term.CondLoop != 0 {
		return false
	}
	dir := n.N&term.CondTrue != 0
	t := e.a.Node(n.Args[0])
	for t.Op == term.Un && t.Text == "!" {
		dir, t = !dir, e.a.Node(t.Args[0])
	}
	answers := func(x term.Ref) bool {
		return mentions(e.a, x, func(n term.Node) bool {
			return n.Op == term.Field && n.Text == dynamo.Responses && e.a.Op(n.Args[0]) == term.Result && int(e.a.Node(n.Args[0]).N) == read
		})
	}
	switch {
	case t.Op == term.Bin && t.Text == "in":
		return !dir && answers(t.Args[1])
	case t.Op == term.Alt:
		return !dir && e.flagged(t) && answers(n.Args[0])
	}
	return false
}

// flagged reports a value that is a constant or nothing at all.
func (e *examiner) flagged(alt term.Node) bool {
	for i := 1; i < len(alt.Args); i += 2 {
		if op := e.a.Op(alt.Args[i]); op != term.Const && op != term.Zero {
			return false
		}
	}
	return true
}

// Lumped finds the places of a body's own text where every cancellation of a transaction is answered alike.
func Lumped(b *compose.Body) []*compose.Item {
	var out []*compose.Item
	for _, it := range b.Items {
		if it.Kind == summary.Lumps && len(it.Via) == 0 && !it.Silent && !b.Foreign {
			out = append(out, it)
		}
	}
	return out
}

// BatchValue reports a hazard that stores by a batch what was computed from a read: a batch carries no condition.
func (h Hazard) BatchValue() bool { return h.Write.Batch && h.Check == LostUpdate }

// Companions are the puts and deletes that one batch carries besides the hazard's write.
func (h Hazard) Companions(u *compose.Universe) []*Access {
	r := reader{u.Arena}
	var out []*Access
	for _, w := range r.accesses(h.Write.Item, h.Write.Number) {
		if w.Stored != h.Write.Stored || w.Key != h.Write.Key {
			out = append(out, w)
		}
	}
	return out
}

// Computed reports whether what is stored was computed from the read rather than copied.
func (h Hazard) Computed() bool {
	return slices.ContainsFunc(h.Deps, func(d Dep) bool { return d.What == Value && d.Computed })
}

// OtherTable reports a write to another table than the hazard's.
func (h Hazard) OtherTable(u *compose.Universe, w *Access) bool {
	s := source{a: u.Arena}
	return s.tables(h.Write.Table, w.Table) == Different || w.Table != h.Write.Table && w.Kind == dynamo.Put
}

// A Chunk is a transaction in a loop whose actions are pieces of one list.
type Chunk struct {
	Item   *compose.Item
	Access *Access
	At     finding.Pos
}

// Chunks finds the transactions of a body's own text that send a list in pieces.
func Chunks(u *compose.Universe, b *compose.Body) []Chunk {
	e := newExaminer(u, b)
	var out []Chunk
	for i, it := range b.Items {
		if it.Pieces && !it.Silent && !b.Foreign && len(it.Via) == 0 {
			out = append(out, Chunk{Item: it, Access: e.read(i), At: it.Pos})
		}
	}
	return out
}

// Sources are the reads from which the items of a body's batches come, or that chose them, by the place of the batch.
func Sources(u *compose.Universe, b *compose.Body) map[finding.Pos][]*Access {
	e := newExaminer(u, b)
	out := map[finding.Pos][]*Access{}
	for i, it := range b.Items {
		if !it.Left.Lost() || !it.Writes() {
			continue
		}
		for _, number := range e.chosen(i, it) {
			if r := e.read(number); isRead(r) && !slices.Contains(out[it.Pos], r) {
				out[it.Pos] = append(out[it.Pos], r)
			}
		}
	}
	return out
}

// chosen are the numbers of the requests that a batch is made of, and of those that the branches looked at by which
// its items were gathered.
func (e *examiner) chosen(i int, it *compose.Item) []int {
	var out []int
	c := &collector{s: e.source, w: &Access{Item: it}}
	for _, l := range e.leaves(it.Args[0], c.decision) {
		out = append(out, l.read)
	}
	deps := c.out
	for _, w := range e.accesses(i) {
		deps = append(deps, e.deps(w)...)
	}
	for _, d := range deps {
		out = append(out, d.Read)
	}
	return out
}
