// Package batch finds what goes wrong where several items are written at once and not as one: batches that are carried out
// in part, that leave items undone, or that pass by the guards of other writers.
package batch

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Leftover is a batch of which nobody looks at what DynamoDB has left undone.
type Leftover struct {
	Item   *compose.Item
	Access *access.Access
	At     finding.Pos
	// Fate is what becomes of it instead.
	Fate summary.Fate
	// Acts is the write that takes an item for absent that a BatchGetItem has not delivered.
	Acts *access.Access
}

// Leftovers finds the batches of a body whose leftovers are lost in the body's own text.
func Leftovers(u *compose.Universe, b *compose.Body) []Leftover {
	e := guard.NewExaminer(u, b)
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
		l := Leftover{Item: it, At: at, Fate: it.Left, Access: e.Read(i)}
		if it.Op == "BatchGetItem" {
			if l.Acts = actsOnAbsence(e, i); l.Acts == nil || below && l.Acts.Item.Root == it.Root {
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
func actsOnAbsence(e *guard.Examiner, read int) *access.Access {
	for i, it := range e.Body.Items {
		if !it.Writes() {
			continue
		}
		for _, w := range e.Accesses(i) {
			if slices.ContainsFunc(e.Deps(w), func(d guard.Dep) bool { return d.Read == read && (d.What == guard.Absence || d.What == guard.Empty) }) ||
				slices.ContainsFunc(it.When, func(c term.Ref) bool { return notAmong(e, c, read) }) {
				return w
			}
		}
	}
	return nil
}

// notAmong reports a branch that is taken for what is not in a map that was filled from a BatchGetItem's items: the map has
// no such key, gives nothing for it, or not the constant that was stored for each of them.
func notAmong(e *guard.Examiner, cond term.Ref, read int) bool {
	n := e.Arena.Node(cond)
	if n.Op != term.Cond || n.N&term.CondLoop != 0 {
		return false
	}
	dir := n.N&term.CondTrue != 0
	t := e.Arena.Node(n.Args[0])
	for t.Op == term.Un && t.Text == "!" {
		dir, t = !dir, e.Arena.Node(t.Args[0])
	}
	answers := func(x term.Ref) bool {
		return access.Mentions(e.Arena, x, func(n term.Node) bool {
			return n.Op == term.Field && n.Text == dynamo.Responses && e.Arena.Op(n.Args[0]) == term.Result && int(e.Arena.Node(n.Args[0]).N) == read
		})
	}
	switch {
	case t.Op == term.Bin && t.Text == "in":
		return !dir && answers(t.Args[1])
	case t.Op == term.Alt:
		return !dir && flagged(e, t) && answers(n.Args[0])
	}
	return false
}

// flagged reports a value that is a constant or nothing at all.
func flagged(e *guard.Examiner, alt term.Node) bool {
	for i := 1; i < len(alt.Args); i += 2 {
		if op := e.Arena.Op(alt.Args[i]); op != term.Const && op != term.Zero {
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

// Companions are the puts and deletes that one batch carries besides the hazard's write.
func Companions(h guard.Hazard, u *compose.Universe) []*access.Access {
	r := access.Reader{Arena: u.Arena}
	var out []*access.Access
	for _, w := range r.Accesses(h.Write.Item, h.Write.Number) {
		if w.Stored != h.Write.Stored || w.Key != h.Write.Key {
			out = append(out, w)
		}
	}
	return out
}

// Computed reports whether what is stored was computed from the read rather than copied.
func Computed(h guard.Hazard) bool {
	return slices.ContainsFunc(h.Deps, func(d guard.Dep) bool { return d.What == guard.Value && d.Computed })
}

// OtherTable reports a write to another table than the hazard's.
func OtherTable(h guard.Hazard, u *compose.Universe, w *access.Access) bool {
	s := guard.Source{Arena: u.Arena}
	return s.Tables(h.Write.Table, w.Table) == guard.Different || w.Table != h.Write.Table && w.Kind == dynamo.Put
}

// A Chunk is a transaction in a loop whose actions are pieces of one list.
type Chunk struct {
	Item   *compose.Item
	Access *access.Access
	At     finding.Pos
}

// Chunks finds the transactions of a body's own text that send a list in pieces.
func Chunks(u *compose.Universe, b *compose.Body) []Chunk {
	e := guard.NewExaminer(u, b)
	var out []Chunk
	for i, it := range b.Items {
		if it.Pieces && !it.Silent && !b.Foreign && len(it.Via) == 0 {
			out = append(out, Chunk{Item: it, Access: e.Read(i), At: it.Pos})
		}
	}
	return out
}

// Sources are the reads from which the items of a body's batches come, or that chose them, by the place of the batch.
func Sources(u *compose.Universe, b *compose.Body) map[finding.Pos][]*access.Access {
	e := guard.NewExaminer(u, b)
	out := map[finding.Pos][]*access.Access{}
	for i, it := range b.Items {
		if !it.Left.Lost() || !it.Writes() {
			continue
		}
		for _, number := range chosen(e, i, it) {
			if r := e.Read(number); guard.IsRead(r) && !slices.Contains(out[it.Pos], r) {
				out[it.Pos] = append(out[it.Pos], r)
			}
		}
	}
	return out
}

// chosen are the numbers of the requests that a batch is made of, and of those that the branches looked at by which
// its items were gathered.
func chosen(e *guard.Examiner, i int, it *compose.Item) []int {
	var out []int
	c := &guard.Collector{Source: e.Source, Write: &access.Access{Item: it}}
	for _, l := range e.Leaves(it.Args[0], c.Decision) {
		out = append(out, l.Read)
	}
	deps := c.Out
	for _, w := range e.Accesses(i) {
		deps = append(deps, e.Deps(w)...)
	}
	for _, d := range deps {
		out = append(out, d.Read)
	}
	return out
}
