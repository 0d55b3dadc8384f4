// Package guard holds the theory of ddbvet: what a write depends on, what DynamoDB itself checks when the
// write arrives, and whether the one covers the other (guard coverage). What requests say is read in package access; what
// batches and redelivered records do beside that is in packages batch and delivery.
package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// The names of the checks of the readwrite family.
const (
	LostUpdate   = "lostupdate"
	WeakGuard    = "weakguard"
	CheckThenAct = "checkthenact"
	PhantomRead  = "phantomread"
	WriteSkew    = "writeskew"
)

// A Hazard is an uncovered dependence of a write on a read.
type Hazard struct {
	Check    string
	Body     *compose.Body
	Read     *access.Access
	Write    *access.Access
	Deps     []Dep // those that are not covered
	Relation Relation
}

// Hazards judges every write of a body by the reads it depends on.
func Hazards(u *compose.Universe, b *compose.Body) []Hazard {
	if !readsAndWrites(b) {
		return nil
	}
	e := NewExaminer(u, b)
	var out []Hazard
	for i, it := range b.Items {
		if !it.Writes() {
			continue
		}
		for _, w := range e.Accesses(i) {
			if Mutates(w) {
				out = append(out, e.write(w)...)
			}
		}
	}
	return out
}

// Mutates reports an access that changes an item.
func Mutates(w *access.Access) bool {
	return w.Kind == dynamo.Put || w.Kind == dynamo.Update || w.Kind == dynamo.Delete
}

func readsAndWrites(b *compose.Body) bool {
	r, w := false, false
	for _, it := range b.Items {
		r, w = r || it.Reads() || it.Op == "UpdateItem", w || it.Writes() // what an update returns may be read
	}
	return r && w
}

// An Examiner judges the writes of one body.
type Examiner struct {
	Source
	Universe *compose.Universe
	Body     *compose.Body
	reads    map[int]*access.Access
}

// NewExaminer is ready to judge the writes of a body.
func NewExaminer(u *compose.Universe, b *compose.Body) *Examiner {
	return &Examiner{Source: Source{Arena: u.Arena, Items: b.Items, results: b.Results, tried: map[int][]*access.Access{}}, Universe: u, Body: b, reads: map[int]*access.Access{}}
}

// Read gives the i-th item as a read, its first access.
func (e *Examiner) Read(i int) *access.Access {
	if r, ok := e.reads[i]; ok {
		return r
	}
	r := &access.Access{Item: e.Body.Items[i], Number: i, Op: e.Body.Items[i].Op}
	if all := e.Accesses(i); len(all) > 0 {
		r = asRead(all[0])
	}
	e.reads[i] = r
	return r
}

// write finds the uncovered dependences of one write, grouped by read.
func (e *Examiner) write(w *access.Access) []Hazard {
	e.facts = e.factsOf(w.Item.When)
	byRead := map[int][]Dep{}
	var order []int
	all := e.Deps(w)
	for _, d := range all {
		if !e.Meets(d.Read, w.Number) {
			continue
		}
		if _, ok := byRead[d.Read]; !ok {
			order = append(order, d.Read)
		}
		byRead[d.Read] = append(byRead[d.Read], d)
	}
	slices.Sort(order)
	var out []Hazard
	relations := e.relations(order, w)
	for _, r := range order {
		read := e.Read(r)
		if !IsRead(read) {
			continue
		}
		if e.readAgain(read, w) || e.decidedAgain(all, r, w) || e.twoTypes(read.Item, w.Item) {
			continue
		}
		j := Judge{Source: e.Source, read: read, Write: w, all: all, relation: relations[r]}
		if j.takesBack() {
			continue
		}
		if h, ok := e.judge(j, byRead[r]); ok {
			out = append(out, h)
		}
	}
	return out
}

// twoTypes reports requests of two implementations that stand behind one interface value: it has one of the types. Each
// has both methods for itself; what a type has from one that it embeds goes by the embedded one's name.
func (e *Examiner) twoTypes(read, write *compose.Item) bool {
	if read.Root == write.Root || len(read.Via) == 0 || len(write.Via) == 0 {
		return false
	}
	r, w := &e.Body.Events[read.Root], &e.Body.Events[write.Root]
	if r.Kind != summary.Interface || w.Kind != summary.Interface || len(r.Args) == 0 || len(w.Args) == 0 || r.Args[0] != w.Args[0] {
		return false
	}
	from, reads := method(read.Via[0].ID)
	to, writes := method(write.Via[0].ID)
	return from != to && e.Universe.Summary(from+writes) != nil && e.Universe.Summary(to+reads) != nil
}

// method takes a method's identifier apart: (*store.Orders) and .Put.
func method(id string) (receiver, name string) {
	i := strings.LastIndex(id, ").") + 1
	return id[:i], id[i:]
}

// readAgain reports a write of an item that a list only pointed to: what it stores is a later read of that
// item, by the key from the list, and it is that read which counts.
func (e *Examiner) readAgain(list, w *access.Access) bool {
	if list.Kind != dynamo.Query && list.Kind != dynamo.Scan {
		return false
	}
	for i, it := range e.Items {
		if !it.Reads() || e.Read(i).Kind != dynamo.Get || !e.HandsBack(w, i) {
			continue
		}
		if key := e.Object(e.Read(i).Key); key != term.None && e.FromRead(key, list.Number) {
			return true
		}
	}
	return false
}

// decidedAgain reports a decision on an earlier run of a function that reads and decides anew before it writes.
func (e *Examiner) decidedAgain(all []Dep, r int, w *access.Access) bool {
	first := e.Body.Items[r]
	if first.Root == w.Item.Root || slices.ContainsFunc(all, func(d Dep) bool { return d.Read == r && d.What == Value }) {
		return false
	}
	return slices.ContainsFunc(all, func(d Dep) bool {
		it := e.Body.Items[d.Read]
		return d.Read > r && it.Root == w.Item.Root && it.Pos == first.Pos && len(it.Via) > 0 && len(w.Item.Via) > 0 && it.Via[0] == w.Item.Via[0]
	})
}

// relations relates a write to reads. Where one read is surely of the item that is written, another read
// by another key is of another item.
func (e *Examiner) relations(reads []int, w *access.Access) map[int]Relation {
	out := map[int]Relation{}
	own := false
	for r, it := range e.Items {
		if it.Reads() || slices.Contains(reads, r) {
			out[r] = e.Relate(e.Read(r), w)
			own = own || out[r] == Same && e.Read(r).Kind == dynamo.Get
		}
	}
	for _, r := range reads {
		if own && out[r] == Perhaps && e.Read(r).Kind == dynamo.Get && e.Object(e.Read(r).Key) != term.None {
			out[r] = Different
		}
	}
	return out
}

// IsRead reports an access that returns what items hold.
func IsRead(r *access.Access) bool {
	switch r.Kind {
	case dynamo.Get, dynamo.Query, dynamo.Scan, dynamo.BatchGet, dynamo.TransactGet, dynamo.Search:
		return true
	}
	return false
}

// Meets reports whether this body is the lowest in which the two requests are known to belong together:
// they come from different events of its own text, or one of them became known only here, or the callee
// left the pair to its callers.
func (e *Examiner) Meets(r, w int) bool {
	ri, wi := e.Body.Items[r], e.Body.Items[w]
	if r > w && ri.Root == wi.Root && len(ri.Via) > 0 && len(wi.Via) > 0 && ri.Via[0] == wi.Via[0] {
		return false // one call writes and then reads: what the next call writes is that call's own affair
	}
	if ri.Here || wi.Here {
		return true
	}
	if e.Body.Foreign {
		return false
	}
	if ri.Root != wi.Root {
		return true
	}
	if len(ri.Via) == 0 || len(wi.Via) == 0 {
		return true
	}
	return slices.Contains(e.Body.Open, [2]int{r, w})
}

// judge names the hazard of one pair, if there is one.
func (e *Examiner) judge(j Judge, deps []Dep) (Hazard, bool) {
	var open []Dep
	for _, d := range deps {
		if d.What != Key && !j.covered(d) && !j.won(d) {
			open = append(open, d)
		}
	}
	if len(open) == 0 && j.Write.Kind != dynamo.Delete {
		return Hazard{}, false
	}
	if j.waits() {
		e.Body.Open = append(e.Body.Open, [2]int{j.read.Number, j.Write.Number})
	}
	check, kept := j.name(open)
	if check == "" {
		return Hazard{}, false
	}
	return Hazard{Check: check, Body: e.Body, Read: j.read, Write: j.Write, Deps: kept, Relation: j.relation}, true
}

// waits reports whether the guard of the write is for a caller to know.
func (j Judge) waits() bool {
	return slices.ContainsFunc(j.together(), func(a *access.Access) bool { return a.Cond.Waits })
}

// name says which check an uncovered dependence belongs to; the empty string for a harmless one.
func (j Judge) name(open []Dep) (string, []Dep) {
	if kept := j.lostValues(open); len(kept) > 0 {
		if j.aggregated(kept) {
			return PhantomRead, kept
		}
		if j.Write.Cond.Given || j.Write.Cond.Empty || len(j.Write.Tx) > 0 {
			return WeakGuard, kept
		}
		return LostUpdate, kept
	}
	if kept := j.staleDecisions(open); len(kept) > 0 {
		return CheckThenAct, kept
	}
	if kept := j.consumed(open); len(kept) > 0 {
		return CheckThenAct, kept
	}
	if kept := j.countedTwice(open); len(kept) > 0 {
		return CheckThenAct, kept
	}
	if kept := j.phantoms(open); len(kept) > 0 {
		return PhantomRead, kept
	}
	if kept := j.skewed(open); len(kept) > 0 {
		return WriteSkew, kept
	}
	return "", nil
}

// BatchValue reports a hazard that stores by a batch what was computed from a read: a batch carries no condition.
func (h Hazard) BatchValue() bool { return h.Write.Batch && h.Check == LostUpdate }
