package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
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
	Read     *Access
	Write    *Access
	Deps     []Dep // those that are not covered
	Relation Relation
}

// Hazards judges every write of a body by the reads it depends on.
func Hazards(u *compose.Universe, b *compose.Body) []Hazard {
	if !readsAndWrites(b) {
		return nil
	}
	e := newExaminer(u, b)
	var out []Hazard
	for i, it := range b.Items {
		if !it.Writes() {
			continue
		}
		for _, w := range e.accesses(i) {
			if mutates(w) {
				out = append(out, e.write(w)...)
			}
		}
	}
	return out
}

func mutates(w *Access) bool {
	return w.Kind == dynamo.Put || w.Kind == dynamo.Update || w.Kind == dynamo.Delete
}

func readsAndWrites(b *compose.Body) bool {
	r, w := false, false
	for _, it := range b.Items {
		r, w = r || it.Reads() || it.Op == "UpdateItem", w || it.Writes() // what an update returns may be read
	}
	return r && w
}

// An examiner judges the writes of one body.
type examiner struct {
	source
	u     *compose.Universe
	b     *compose.Body
	reads map[int]*Access
	tried map[int][]*Access
}

func newExaminer(u *compose.Universe, b *compose.Body) *examiner {
	return &examiner{source: source{a: u.Arena, items: b.Items, results: b.Results}, u: u, b: b, reads: map[int]*Access{}, tried: map[int][]*Access{}}
}

func (e *examiner) accesses(i int) []*Access {
	if _, ok := e.tried[i]; !ok {
		e.tried[i] = reader{e.a}.accesses(e.b.Items[i], i)
	}
	return e.tried[i]
}

func (e *examiner) read(i int) *Access {
	if r, ok := e.reads[i]; ok {
		return r
	}
	r := &Access{Item: e.b.Items[i], Number: i, Op: e.b.Items[i].Op}
	if all := e.accesses(i); len(all) > 0 {
		r = all[0].asRead()
	}
	e.reads[i] = r
	return r
}

// write finds the uncovered dependences of one write, grouped by read.
func (e *examiner) write(w *Access) []Hazard {
	e.facts = e.factsOf(w.Item.When)
	byRead := map[int][]Dep{}
	var order []int
	all := e.deps(w)
	for _, d := range all {
		if !e.meets(d.Read, w.Number) {
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
		read := e.read(r)
		if !isRead(read) {
			continue
		}
		if e.readAgain(read, w) || e.decidedAgain(all, r, w) || e.twoTypes(read.Item, w.Item) {
			continue
		}
		j := judge{source: e.source, read: read, write: w, all: all, relation: relations[r]}
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
func (e *examiner) twoTypes(read, write *compose.Item) bool {
	if read.Root == write.Root || len(read.Via) == 0 || len(write.Via) == 0 {
		return false
	}
	r, w := &e.b.Events[read.Root], &e.b.Events[write.Root]
	if r.Kind != summary.Interface || w.Kind != summary.Interface || len(r.Args) == 0 || len(w.Args) == 0 || r.Args[0] != w.Args[0] {
		return false
	}
	from, reads := method(read.Via[0].ID)
	to, writes := method(write.Via[0].ID)
	return from != to && e.u.Summary(from+writes) != nil && e.u.Summary(to+reads) != nil
}

// method takes a method's identifier apart: (*store.Orders) and .Put.
func method(id string) (receiver, name string) {
	i := strings.LastIndex(id, ").") + 1
	return id[:i], id[i:]
}

// readAgain reports a write of an item that a list only pointed to: what it stores is a later read of that
// item, by the key from the list, and it is that read which counts.
func (e *examiner) readAgain(list, w *Access) bool {
	if list.Kind != dynamo.Query && list.Kind != dynamo.Scan {
		return false
	}
	for i, it := range e.items {
		if !it.Reads() || e.read(i).Kind != dynamo.Get || !e.handsBack(w, i) {
			continue
		}
		if key := e.object(e.read(i).Key); key != term.None && e.fromRead(key, list.Number) {
			return true
		}
	}
	return false
}

// decidedAgain reports a decision on an earlier run of a function that reads and decides anew before it writes.
func (e *examiner) decidedAgain(all []Dep, r int, w *Access) bool {
	first := e.b.Items[r]
	if first.Root == w.Item.Root || slices.ContainsFunc(all, func(d Dep) bool { return d.Read == r && d.What == Value }) {
		return false
	}
	return slices.ContainsFunc(all, func(d Dep) bool {
		it := e.b.Items[d.Read]
		return d.Read > r && it.Root == w.Item.Root && it.Pos == first.Pos && len(it.Via) > 0 && len(w.Item.Via) > 0 && it.Via[0] == w.Item.Via[0]
	})
}

// relations relates a write to reads. Where one read is surely of the item that is written, another read
// by another key is of another item.
func (e *examiner) relations(reads []int, w *Access) map[int]Relation {
	out := map[int]Relation{}
	own := false
	for r, it := range e.items {
		if it.Reads() || slices.Contains(reads, r) {
			out[r] = e.relate(e.read(r), w)
			own = own || out[r] == Same && e.read(r).Kind == dynamo.Get
		}
	}
	for _, r := range reads {
		if own && out[r] == Perhaps && e.read(r).Kind == dynamo.Get && e.object(e.read(r).Key) != term.None {
			out[r] = Different
		}
	}
	return out
}

func isRead(r *Access) bool {
	switch r.Kind {
	case dynamo.Get, dynamo.Query, dynamo.Scan, dynamo.BatchGet, dynamo.TransactGet, dynamo.Search:
		return true
	}
	return false
}

// meets reports whether this body is the lowest in which the two requests are known to belong together:
// they come from different events of its own text, or one of them became known only here, or the callee
// left the pair to its callers.
func (e *examiner) meets(r, w int) bool {
	ri, wi := e.b.Items[r], e.b.Items[w]
	if r > w && ri.Root == wi.Root && len(ri.Via) > 0 && len(wi.Via) > 0 && ri.Via[0] == wi.Via[0] {
		return false // one call writes and then reads: what the next call writes is that call's own affair
	}
	if ri.Here || wi.Here {
		return true
	}
	if e.b.Foreign {
		return false
	}
	if ri.Root != wi.Root {
		return true
	}
	if len(ri.Via) == 0 || len(wi.Via) == 0 {
		return true
	}
	return slices.Contains(e.b.Open, [2]int{r, w})
}

// judge names the hazard of one pair, if there is one.
func (e *examiner) judge(j judge, deps []Dep) (Hazard, bool) {
	var open []Dep
	for _, d := range deps {
		if d.What != Key && !j.covered(d) && !j.won(d) {
			open = append(open, d)
		}
	}
	if len(open) == 0 && j.write.Kind != dynamo.Delete {
		return Hazard{}, false
	}
	if j.waits() {
		e.b.Open = append(e.b.Open, [2]int{j.read.Number, j.write.Number})
	}
	check, kept := j.name(open)
	if check == "" {
		return Hazard{}, false
	}
	return Hazard{Check: check, Body: e.b, Read: j.read, Write: j.write, Deps: kept, Relation: j.relation}, true
}

// waits reports whether the guard of the write is for a caller to know.
func (j judge) waits() bool {
	return slices.ContainsFunc(j.together(), func(a *Access) bool { return a.Cond.Waits })
}

// name says which check an uncovered dependence belongs to; the empty string for a harmless one.
func (j judge) name(open []Dep) (string, []Dep) {
	if kept := j.lostValues(open); len(kept) > 0 {
		if j.aggregated(kept) {
			return PhantomRead, kept
		}
		if j.write.Cond.Given || j.write.Cond.Empty || len(j.write.Tx) > 0 {
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

// lostValues keeps values of the same item that are written back to it.
func (j judge) lostValues(open []Dep) []Dep {
	if j.relation == Different || j.write.Kind == dynamo.Delete {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		if d.What == Value && !j.isKey(d.To) && !j.names(d) && !j.pays(d) {
			kept = append(kept, d)
		}
	}
	if j.relation == Perhaps && !j.sameKind(kept) || !slices.ContainsFunc(kept, func(d Dep) bool { return d.Computed || !creation(d) }) {
		return nil
	}
	return kept
}

// pays reports an amount of one item that is added to that of another one: a quest's reward, a line's price.
func (j judge) pays(d Dep) bool {
	return j.relation != Same && !d.Computed && slices.ContainsFunc(j.write.Assigned, func(s Assignment) bool { return s.Adds && s.Attr == d.To })
}

// creation reports the time or the author of an item's creation, carried over from the item before: it is set
// once, so no change of it can be lost.
func creation(d Dep) bool {
	return d.To != "" && dynamo.SameAttribute(d.Attr, d.To) && strings.HasPrefix(strings.ToLower(strings.TrimLeft(d.To, "#_")), "creat")
}

// aggregated reports values that were computed from a list, such as its highest number plus one: what
// another client adds in between is missing from them.
func (j judge) aggregated(kept []Dep) bool {
	if j.read.Kind != dynamo.Query && j.read.Kind != dynamo.Scan || j.handsBack(j.write, j.read.Number) {
		return false
	}
	return !slices.ContainsFunc(kept, func(d Dep) bool { return !d.Computed })
}

// isKey reports whether an attribute is part of the key of the pair's item.
func (j judge) isKey(attr string) bool {
	if attr == "" {
		return false
	}
	if j.read.Key == term.None && j.write.Kind == dynamo.Put && keyLike(attr) {
		return true
	}
	for _, k := range []term.Ref{j.read.Key, j.write.Key} {
		if k == term.None {
			continue
		}
		for _, name := range j.a.Node(k).Names() {
			if dynamo.SameAttribute(name, attr) {
				return true
			}
		}
	}
	return false
}

// sameKind reports whether attributes go back under their own names: the mark of one kind of item.
func (j judge) sameKind(kept []Dep) bool {
	own := 0
	for _, d := range kept {
		if d.To == "" && d.Attr == "" || d.To != "" && dynamo.SameAttribute(d.To, d.Attr) {
			own++
		}
	}
	if own == 1 && j.read.Kind == dynamo.Get && kept[0].Attr != "" && !kept[0].Computed {
		return false // one attribute may be what another item of the kind takes over: a thread, a tenant
	}
	return own > 0 && own*2 >= len(kept) && j.tables(j.read.Table, j.write.Table) == Same
}

// staleDecisions keeps decisions on the item that the write changes.
func (j judge) staleDecisions(open []Dep) []Dep {
	if j.relation != Same {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		switch d.What {
		case Absence, Empty:
			if j.write.Kind != dynamo.Delete {
				kept = append(kept, d)
			}
		case Attribute:
			if j.consumes(d) {
				kept = append(kept, d)
			}
		}
	}
	return kept
}

// consumed keeps values that a transaction turns into something else while it deletes, without a condition,
// the items they were read from: two transactions can both do so.
func (j judge) consumed(open []Dep) []Dep {
	if j.write.Kind != dynamo.Delete || j.relation != Same || len(j.write.Tx) < 2 || j.write.Cond.Given && !j.write.Cond.Partial {
		return nil
	}
	var kept []Dep
	for _, act := range j.write.Tx {
		if act == j.write || act.Kind != dynamo.Put && act.Kind != dynamo.Update {
			continue
		}
		for _, d := range j.deps(act) {
			if d.Read == j.read.Number && d.What == Value && !j.isKey(d.To) && !slices.Contains(kept, d) {
				kept = append(kept, d)
			}
		}
	}
	return kept
}

// consumes reports whether the write changes what the decision looked at, or ends the item's life because of
// its state. That something is filled in, as a session must have a user, is no state that ends a life. Who owns an item is
// no state, unless the write gives it another owner; nor is what its key is made of.
func (j judge) consumes(d Dep) bool {
	if d.Against == Identity && !j.replaces(d) || j.names(d) {
		return false
	}
	switch j.write.Kind {
	case dynamo.Put:
		return true
	case dynamo.Update:
		changed := j.replaces(d) || slices.ContainsFunc(j.write.Assigned, func(s Assignment) bool { return s.Attr == "" || dynamo.SameAttribute(s.Attr, d.Attr) })
		return changed && !(d.Against == Flag && j.idempotent() && !j.givesAway(d))
	case dynamo.Delete:
		return d.Against == Constant && !d.Set || d.Against == Ordered && d.With != term.None && !j.a.Open(d.With) && !j.fresh(d.With) // no time of expiry
	}
	return false
}

// replaces reports an Update of the very attribute that was held against one of the caller's own, or of the part of it,
// to something else.
func (j judge) replaces(d Dep) bool {
	return j.write.Kind == dynamo.Update && d.With != term.None && slices.ContainsFunc(j.write.Assigned, func(s Assignment) bool {
		return s.Attr != "" && !s.Adds && dynamo.Overlap(s.Attr, d.Attr) && j.bare(s.Value) != j.bare(d.With)
	})
}

// names reports a decision on an attribute that the key of the write is made of: the item cannot change it.
func (j judge) names(d Dep) bool {
	return d.Attr != "" && slices.ContainsFunc(j.all, func(k Dep) bool { return k.What == Key && k.Read == d.Read && k.Attr == d.Attr })
}

// idempotent reports an Update that sets constants only and is all that the function writes: carried out
// twice it leaves what it leaves once.
func (j judge) idempotent() bool {
	for _, s := range j.write.Assigned {
		if s.Server || j.a.Open(s.Value) {
			return false
		}
	}
	writes := 0
	for _, it := range j.items {
		if it.Writes() {
			writes++
		}
	}
	return writes == 1
}

// phantoms keeps decisions on how many items there are, where the write adds one, and sums over all of them.
func (j judge) phantoms(open []Dep) []Dep {
	if j.read.Kind == dynamo.Get || j.write.Kind == dynamo.Delete || j.ownMaking(j.write) || j.tables(j.read.Table, j.write.Table) == Different {
		return nil
	}
	adds := j.relation == Same || j.joins(j.read, j.write) && !j.ownTables(j.read.Table, j.write.Table)
	var kept []Dep
	for _, d := range open {
		switch {
		case adds && (d.What == Count || d.What == Empty || d.What == Attribute && d.Excluded && j.relation != Same),
			adds && d.What == Value && d.Computed && d.To != "" && dynamo.SameAttribute(d.Attr, d.To), // goes on from the last one
			d.Summed && !j.write.Cond.Given && d.To != "":
			kept = append(kept, d)
		}
	}
	return kept
}

// ownMaking reports a change of an item that the same call has made, under a key that is new on every call.
func (s source) ownMaking(w *Access) bool {
	key := s.a.Node(s.object(w.Key))
	return key.Op == term.Obj && slices.ContainsFunc(key.Args[1:], s.unique)
}

// skewed keeps decisions on another item.
func (j judge) skewed(open []Dep) []Dep {
	if j.relation == Same || j.ownMaking(j.write) {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		if (d.What == Attribute || d.What == Count || d.What == Empty) && d.Against != Identity {
			kept = append(kept, d)
		}
	}
	return kept
}
