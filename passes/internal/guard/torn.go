package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Bond says why two writes belong together.
type Bond uint8

// The bonds.
const (
	Unbound  Bond = iota
	Moved         // one puts what the other deletes, under another key
	Kin           // two kinds of items of which one names the other: edge and inverse, parent and child
	Counted       // one counts what the other stores or deletes
	Ledger        // both book the same amount
	Replaced      // the item is deleted and then put anew
)

// A Torn is two writes that belong together and of which DynamoDB may carry out only one.
type Torn struct {
	Bond   Bond
	Item   *compose.Item // the batch, or the request of Second
	At     finding.Pos
	First  *Access
	Second *Access
	// Why says of a sequence why doing it again does not complete it.
	Why string
}

// TornBatches finds the batches of a body that hold items which belong together. A batch that is told what to write is
// judged where that is known.
func TornBatches(u *compose.Universe, b *compose.Body) []Torn {
	e := newExaminer(u, b)
	var out []Torn
	for i, it := range b.Items {
		if it.Op != "BatchWriteItem" || !it.Request() || it.Silent || b.Foreign && !it.Here {
			continue
		}
		t, ok := e.tornBatch(i)
		if !ok || knownBelow(u, it, func(callee *compose.Body) bool {
			_, known := newExaminer(u, callee).tornBatch(it.Number)
			return known
		}) {
			continue
		}
		t.At = b.RootPos[it.Root]
		out = append(out, t)
	}
	return out
}

// knownBelow asks the function that an item comes from.
func knownBelow(u *compose.Universe, it *compose.Item, ask func(*compose.Body) bool) bool {
	if len(it.Via) == 0 || it.Here {
		return false
	}
	callee := u.Body(it.Via[0].ID)
	return callee != nil && it.Number < len(callee.Items) && ask(callee)
}

// tornBatch finds two actions of one batch that belong together.
func (e *examiner) tornBatch(i int) (Torn, bool) {
	all := e.accesses(i)
	for k, p := range all {
		for _, q := range all[k+1:] {
			if p.Kind == dynamo.Delete && q.Kind == dynamo.Delete {
				continue // deleted again they are gone
			}
			if bond := e.bond(p, q); bond != Unbound {
				return Torn{Bond: bond, Item: e.items[i], First: p, Second: q}, true
			}
		}
	}
	return Torn{}, false
}

// bond says what two actions have to do with each other.
func (e *examiner) bond(p, q *Access) Bond {
	del, put := p, q
	if q.Kind == dynamo.Delete {
		del, put = q, p
	}
	if del.Kind == dynamo.Delete && put.Kind == dynamo.Put {
		switch read := e.moved(put, del); {
		case read == nil:
		case e.elsewhere(put, del), !e.sameTarget(put, del) && e.relate(read, put) != Same:
			return Moved
		case del == p:
			return Replaced
		}
	}
	if e.sameTarget(p, q) {
		return Unbound
	}
	switch {
	case counts(p) && counts(q):
		if e.sameAmount(p, q) {
			return Ledger
		}
	case counts(p) && q.Kind != dynamo.Update && e.belongs(p, q), counts(q) && p.Kind != dynamo.Update && e.belongs(q, p):
		return Counted
	case p.Kind == dynamo.Put && q.Kind == dynamo.Put && e.mirrored(p, q):
		return Ledger
	case p.Kind == dynamo.Put && q.Kind == dynamo.Put && (e.otherKind(p, q) || e.swapped(p, q)) && (e.belongs(p, q) || e.belongs(q, p)):
		return Kin
	}
	return Unbound
}

// counts reports an update that adds to what is there.
func counts(w *Access) bool {
	return w.Kind == dynamo.Update && slices.ContainsFunc(w.Assigned, func(s Assignment) bool { return s.Adds })
}

// sameTarget reports two actions on one item.
func (e *examiner) sameTarget(p, q *Access) bool {
	if e.tables(p.Table, q.Table) == Different {
		return false
	}
	x, y := e.identityOf(p), e.identityOf(q)
	if len(x) == 0 || len(x) != len(y) {
		return false
	}
	for name, v := range x {
		if w, ok := y[name]; !ok || e.bare(v) != e.bare(w) {
			return false
		}
	}
	return true
}

// identityOf gives the key attributes of an action: those of its Key, or of what it puts those that some other request
// of the body names as the table's key, or whose names say so.
func (e *examiner) identityOf(w *Access) map[string]term.Ref {
	out := map[string]term.Ref{}
	take := func(item term.Ref, is func(string) bool) {
		n := e.a.Node(item)
		if n.Op != term.Obj {
			return
		}
		for i, name := range n.Names() {
			if !term.IsElem(name) && is(name) {
				out[name] = n.Args[i+1]
			}
		}
	}
	if w.Kind != dynamo.Put {
		take(e.object(w.Key), func(string) bool { return true })
		return out
	}
	keys := e.tableKeys(w)
	is := func(name string) bool {
		if len(keys) > 0 {
			return slices.ContainsFunc(keys, func(k string) bool { return dynamo.SameAttribute(k, name) })
		}
		return keyLike(name) || demandsAbsence(w.Cond, name)
	}
	for _, item := range e.composites(w.Stored, 0) {
		take(item, is)
	}
	if _, attrs := e.entityOf(w.Stored); len(out) == 0 {
		for _, name := range attrs {
			if is(name) {
				out[name] = e.a.Field(e.bare(w.Stored), name)
			}
		}
	}
	return out
}

// tableKeys are the key attributes of a put's table, where another request of the body shows them.
func (e *examiner) tableKeys(w *Access) []string {
	for i, it := range e.items {
		if !it.Request() {
			continue
		}
		for _, x := range e.accesses(i) {
			if x.Key == term.None || x.Table == term.None || e.tables(x.Table, w.Table) != Same {
				continue
			}
			if o := e.object(x.Key); o != term.None && !slices.ContainsFunc(e.a.Node(o).Names(), term.IsElem) {
				return e.a.Node(o).Names()
			}
		}
	}
	return nil
}

// entityOf gives the struct that is put, and its attributes.
func (e *examiner) entityOf(stored term.Ref) (name string, attrs []string) {
	n := e.a.Node(e.single(stored))
	for n.Op == term.Iface {
		if attrs, ok := e.u.Attributes(n.Text); ok {
			return n.Text, attrs
		}
		n = e.a.Node(e.single(n.Args[0]))
	}
	return "", nil
}

// otherKind reports actions on items of two kinds: in two tables, of two structs, or with keys that start differently.
func (e *examiner) otherKind(p, q *Access) bool {
	if e.tables(p.Table, q.Table) == Different {
		return true
	}
	x, _ := e.entityOf(p.Stored)
	y, _ := e.entityOf(q.Stored)
	if x != "" && y != "" && x != y {
		return true
	}
	own := e.identityOf(q)
	for name, v := range e.identityOf(p) {
		if w, ok := own[name]; ok && (e.otherStart(e.bare(v), e.bare(w)) || e.otherWords(e.bare(v), e.bare(w))) {
			return true
		}
	}
	return false
}

// otherWords reports keys that put other constants around the same values: the two sides of one booking.
func (e *examiner) otherWords(v, w term.Ref) bool {
	xs, ys := e.parts(v), e.parts(w)
	if len(xs) != len(ys) || len(xs) < 2 {
		return false
	}
	words, values := false, false
	for i := range xs {
		switch {
		case xs[i] == ys[i]:
			values = values || e.a.Op(xs[i]) != term.Const
		case e.a.Op(xs[i]) == term.Const && e.a.Op(ys[i]) == term.Const:
			words = true
		default:
			return false
		}
	}
	return words && values
}

// swapped reports keys made of the same values in other places: an edge and its inverse.
func (e *examiner) swapped(p, q *Access) bool {
	x, y := e.identityOf(p), e.identityOf(q)
	if len(x) < 2 || len(x) != len(y) {
		return false
	}
	var xs, ys []term.Ref
	same := 0
	for name, v := range x {
		w, ok := y[name]
		if !ok {
			return false
		}
		if e.bare(v) == e.bare(w) {
			same++
		}
		xs, ys = append(xs, e.origins(v)...), append(ys, e.origins(w)...)
	}
	return same == 0 && len(xs) > 1 && len(xs) == len(ys) && !slices.ContainsFunc(xs, func(v term.Ref) bool { return !slices.Contains(ys, v) })
}

// belongs reports whether q names p: all that p's key is made of is in q.
func (e *examiner) belongs(p, q *Access) bool {
	var key []term.Ref
	for _, v := range e.identityOf(p) {
		key = append(key, e.origins(v)...)
	}
	if len(key) == 0 {
		return false
	}
	held := slices.Concat(e.origins(q.Stored), e.origins(q.Key))
	for _, s := range q.Assigned {
		held = append(held, e.origins(s.Value)...)
	}
	return !slices.ContainsFunc(key, func(v term.Ref) bool { return !e.heldIn(held, v) })
}

// heldIn reports a value that is among others, or a part of one of them.
func (e *examiner) heldIn(held []term.Ref, v term.Ref) bool {
	for {
		if slices.Contains(held, v) {
			return true
		}
		n := e.a.Node(v)
		if n.Op != term.Field && n.Op != term.Iface {
			return false
		}
		v = n.Args[0]
	}
}

// origins are what a value is made of that tells one call from another: parameters, parts of them and of results, and
// values that are new on every call.
func (e *examiner) origins(t term.Ref) []term.Ref {
	var out []term.Ref
	seen := map[term.Ref]bool{}
	var visit func(term.Ref)
	visit = func(t term.Ref) {
		if t == term.None || seen[t] {
			return
		}
		seen[t] = true
		n := e.a.Node(t)
		switch {
		case n.Op == term.Param || n.Op == term.FreeVar || n.Op == term.Result || n.Op == term.Field:
			out = append(out, t)
			return
		case n.Op == term.Call && n.M != 0:
			out = append(out, t)
		case n.Op == term.Cond || n.Op == term.And:
			return
		}
		for _, x := range n.Args {
			visit(x)
		}
	}
	visit(t)
	return out
}

// moved is the read of whose item one action puts what it returned, and another one deletes it; nil when there is none.
func (e *examiner) moved(put, del *Access) *Access {
	for r, it := range e.items {
		if !it.Reads() || r == put.Number || !e.handsBack(put, r) && !e.copies(put, r) {
			continue
		}
		read := e.read(r)
		if !isRead(read) {
			continue
		}
		if e.fromRead(del.Key, r) {
			return read
		}
		if key := e.object(read.Key); key != term.None && e.relateByKey(key, read, del) == Same {
			return read
		}
	}
	return nil
}

// elsewhere reports a put into another table than that of a delete.
func (e *examiner) elsewhere(put, del *Access) bool {
	return e.tables(put.Table, del.Table) == Different || e.ownTables(put.Table, del.Table)
}

// copies reports a put of which several attributes are those of one read item.
func (e *examiner) copies(put *Access, read int) bool {
	same := 0
	for _, item := range e.composites(put.Stored, 0) {
		n := e.a.Node(item)
		for i, name := range n.Names() {
			for _, l := range e.leaves(n.Args[i+1], nil) {
				if attr, whole := l.attr(); l.read == read && !l.computed && !whole && dynamo.SameAttribute(attr, name) {
					same++
					break
				}
			}
		}
	}
	return same > 1
}

// mirrored reports two puts under keys with something in common of which one stores a number and the other its negative.
func (e *examiner) mirrored(p, q *Access) bool {
	x, y := e.identityOf(p), e.identityOf(q)
	shared := false
	for name, v := range x {
		w, ok := y[name]
		shared = shared || ok && slices.ContainsFunc(e.origins(v), func(o term.Ref) bool { return slices.Contains(e.origins(w), o) })
	}
	if !shared {
		return false
	}
	for _, item := range e.composites(p.Stored, 0) {
		n := e.a.Node(item)
		for i, name := range n.Names() {
			v, w := e.bare(n.Args[i+1]), e.bare(e.a.Field(e.bare(q.Stored), name))
			if !term.IsElem(name) && (e.negated(v, w) || e.negated(w, v)) {
				return true
			}
		}
	}
	return false
}

// negated reports a number that is the negative of another one.
func (e *examiner) negated(v, of term.Ref) bool {
	n := e.a.Node(v)
	switch {
	case n.Op == term.Un && n.Text == "-":
		return e.bare(n.Args[0]) == of
	case n.Op == term.Bin && n.Text == "-":
		return e.a.IsZero(n.Args[0]) == term.True && e.bare(n.Args[1]) == of
	}
	return false
}

// sameAmount reports two updates that add or take the same value of the program.
func (e *examiner) sameAmount(p, q *Access) bool {
	x, y := e.amounts(p), e.amounts(q)
	return e.opposite(p, q) || slices.ContainsFunc(x, func(v term.Ref) bool { return slices.Contains(y, v) })
}

// opposite reports that one of two updates adds a constant that the other one takes.
func (e *examiner) opposite(p, q *Access) bool {
	for _, s := range p.Assigned {
		for _, t := range q.Assigned {
			x, y := e.a.Node(e.bare(s.Value)), e.a.Node(e.bare(t.Value))
			if s.Adds && t.Adds && s.Attr == t.Attr && x.Op == term.Const && y.Op == term.Const && x.Text != y.Text &&
				strings.TrimPrefix(x.Text, "-") == strings.TrimPrefix(y.Text, "-") {
				return true
			}
		}
	}
	return false
}

func (e *examiner) amounts(w *Access) []term.Ref {
	var out []term.Ref
	for _, s := range w.Assigned {
		if s.Adds {
			out = append(out, e.origins(s.Value)...)
		}
	}
	return out
}
