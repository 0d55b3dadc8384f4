package delivery

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// remembered reports a test on what the program keeps in its own memory about a record: a map, a sync.Map, a cache. The
// next process, and every other one, has a memory of its own.
func (d *deliverer) remembered(t term.Ref, seen map[term.Ref]bool) bool {
	if t == term.None || seen[t] || !d.Arena.Open(t) {
		return false
	}
	seen[t] = true
	n := d.Arena.Node(t)
	switch {
	case n.Op == term.Bin && n.Text == "in":
		if d.kept(n.Args[1]) && d.identity(n.Args[0], 0) {
			return true
		}
	case n.Op == term.Field && len(n.Args) > 1:
		if d.kept(n.Args[0]) && d.identity(n.Args[1], 0) {
			return true
		}
	case n.Op == term.Call && n.Text == "index" && !access.Mentions(d.Arena, n.Args[0], func(n term.Node) bool { return n.Op == term.Global }):
		return false // a map of this call's own, which knows of this batch only
	case n.Op == term.Call && (n.Text == "index" || dynamo.InProcess(n.Text)):
		if slices.ContainsFunc(n.Args, func(x term.Ref) bool { return d.identity(x, 0) }) {
			return true
		}
	case n.Op == term.Result:
		return false
	}
	return slices.ContainsFunc(n.Args, func(x term.Ref) bool { return d.remembered(x, seen) })
}

// kept reports a value that outlives one call of the handler: a package variable, or a part of what the handler is a
// method of or has captured.
func (d *deliverer) kept(t term.Ref) bool {
	for {
		n := d.Arena.Node(t)
		switch n.Op {
		case term.Global, term.FreeVar:
			return true
		case term.Param:
			return !slices.ContainsFunc(d.Body.Streams, func(s summary.Stream) bool { return s.Index == int(n.N) })
		case term.Field, term.After, term.AfterFree, term.Iface:
			t = n.Args[0]
		case term.Obj:
			if n.Args[0] == term.None {
				return false
			}
			t = n.Args[0]
		case term.Alt:
			return slices.ContainsFunc(n.Args, func(x term.Ref) bool {
				return x != term.None && d.Arena.Op(x) != term.Cond && d.Arena.Op(x) != term.And && d.kept(x)
			})
		default:
			return false
		}
	}
}

// A MarkerFirst is an effect behind a claim that stays when the effect fails: the next delivery finds the claim, and the
// effect is lost.
type MarkerFirst struct {
	In     *summary.Summary
	At     finding.Pos
	Item   *compose.Item
	Effect *access.Access
	Claim  *access.Access
	Feed   string
}

// MarkersFirst finds the writes of a handler that are lost when they fail, since a claim was made before them. A claim
// that runs out, is taken back, or is part of the write's transaction loses nothing. An effect outside DynamoDB is left
// alone: it cannot be in one transaction with its claim, and to lose a mail may be better than to send it twice.
func MarkersFirst(u *compose.Universe, b *compose.Body) []MarkerFirst {
	d, ok := newDeliverer(u, b)
	if !ok {
		return nil
	}
	var out []MarkerFirst
	for i, it := range b.Items {
		if it.Silent || b.Foreign && !it.Here || !it.Writes() {
			continue
		}
		all := d.Accesses(i)
		claim, ok := d.claim(it, i)
		if !ok || len(all) == 0 || d.takenBack(claim) || d.marks(all[0]) {
			continue
		}
		r := Redelivery{Item: it}
		if !d.locate(it, &r) || slices.ContainsFunc(out, func(x MarkerFirst) bool { return x.Claim.Item.Pos == claim.Item.Pos }) {
			continue
		}
		out = append(out, MarkerFirst{In: r.In, At: r.At, Item: it, Effect: all[0], Claim: claim, Feed: d.feed})
	}
	return out
}

// claim finds the put of a marker on whose success an item depends.
func (d *deliverer) claim(it *compose.Item, number int) (*access.Access, bool) {
	for _, cond := range it.When {
		n := d.Arena.Node(cond)
		if n.Op != term.Cond || n.N&term.CondLoop != 0 {
			continue
		}
		for _, k := range d.Tested(n.Args[0], map[term.Ref]bool{}) {
			if k == number || !d.Items[k].Writes() {
				continue
			}
			for _, w := range d.Accesses(k) {
				if d.marks(w) {
					return w, true
				}
			}
		}
	}
	return nil, false
}

// marks reports the put of a marker that must be new.
func (d *deliverer) marks(w *access.Access) bool {
	return w.Kind == dynamo.Put && len(w.Tx) < 2 && (d.identity(w.Key, 0) || d.identity(w.Stored, 0)) && onlyNew(w.Cond)
}

// onlyNew reports a condition that demands that the key is new, and nothing else: no lease that runs out.
func onlyNew(c access.Condition) bool {
	return c.Given && !c.Opaque && !c.Partial && len(c.Alternatives) == 1 && len(c.Alternatives[0]) > 0 &&
		!slices.ContainsFunc(c.Alternatives[0], func(a access.Atom) bool { return a.Op != expr.NotExists })
}

// takenBack reports a handler that deletes or changes its markers.
func (d *deliverer) takenBack(claim *access.Access) bool {
	for k, it := range d.Items {
		if !it.Writes() {
			continue
		}
		for _, w := range d.Accesses(k) {
			if w.Kind != dynamo.Put && d.Tables(w.Table, claim.Table) != guard.Different && d.identity(w.Key, 0) {
				return true
			}
		}
	}
	return false
}

// Continued finds failed records of a stream after which a handler goes on with the next record. Lambda delivers again
// everything from the first failed record on, see
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html: what came after it is done twice, and in another
// order than it happened in.
func Continued(u *compose.Universe, b *compose.Body) []RecordFault {
	d, ok := newDeliverer(u, b)
	if !ok || b.Foreign || d.feed == "sqs" {
		return nil
	}
	for _, it := range b.Items {
		if it.Kind != summary.Names || it.Silent || !it.Loop && !b.Events[it.Root].Loop {
			continue
		}
		for i, effect := range b.Items {
			if !effect.Writes() && effect.Kind != summary.Effect {
				continue
			}
			f := RecordFault{In: b.Summary, At: b.RootPos[it.Root], Feed: d.feed, Item: effect}
			if all := d.Accesses(i); len(all) > 0 {
				f.Access = all[0]
			}
			return []RecordFault{f}
		}
	}
	return nil
}
