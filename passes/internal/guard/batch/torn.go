package batch

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
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
	First  *access.Access
	Second *access.Access
	// Read is where an item that is moved was read.
	Read *access.Access
	// Why says of a sequence why doing it again does not complete it.
	Why string
}

// TornBatches finds the batches of a body that hold items which belong together. A batch that is told what to write is
// judged where that is known.
func TornBatches(u *compose.Universe, b *compose.Body) []Torn {
	e := guard.NewExaminer(u, b)
	var out []Torn
	for i, it := range b.Items {
		if it.Op != "BatchWriteItem" || !it.Request() || it.Silent || b.Foreign && !it.Here {
			continue
		}
		t, ok := tornBatch(e, i)
		if !ok || knownBelow(u, it, func(callee *compose.Body) bool {
			_, known := tornBatch(guard.NewExaminer(u, callee), it.Number)
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
func tornBatch(e *guard.Examiner, i int) (Torn, bool) {
	all := e.Accesses(i)
	for k, p := range all {
		for _, q := range all[k+1:] {
			if p.Kind == dynamo.Delete && q.Kind == dynamo.Delete {
				continue // deleted again they are gone
			}
			if bond := BondOf(e, p, q); bond != Unbound {
				t := Torn{Bond: bond, Item: e.Items[i], First: p, Second: q}
				switch {
				case bond == Moved && p.Kind == dynamo.Delete:
					t.Read = moved(e, q, p)
				case bond == Moved:
					t.Read = moved(e, p, q)
				}
				return t, true
			}
		}
	}
	return Torn{}, false
}

// BondOf says what two actions have to do with each other.
func BondOf(e *guard.Examiner, p, q *access.Access) Bond {
	del, put := p, q
	if q.Kind == dynamo.Delete {
		del, put = q, p
	}
	if del.Kind == dynamo.Delete && put.Kind == dynamo.Put {
		switch read := moved(e, put, del); {
		case read == nil:
		case elsewhere(e, put, del), !SameTarget(e, put, del) && e.Relate(read, put) != guard.Same:
			return Moved
		case del == p:
			return Replaced
		}
	}
	if SameTarget(e, p, q) {
		return Unbound
	}
	switch {
	case Counts(p) && Counts(q):
		if sameAmount(e, p, q) {
			return Ledger
		}
	case Counts(p) && q.Kind != dynamo.Update && Belongs(e, p, q), Counts(q) && p.Kind != dynamo.Update && Belongs(e, q, p):
		return Counted
	case p.Kind == dynamo.Put && q.Kind == dynamo.Put && mirrored(e, p, q):
		return Ledger
	case p.Kind == dynamo.Put && q.Kind == dynamo.Put && (otherKind(e, p, q) || swapped(e, p, q)) && (Belongs(e, p, q) || Belongs(e, q, p)):
		return Kin
	}
	return Unbound
}

// Counts reports an update that adds to what is there.
func Counts(w *access.Access) bool {
	return w.Kind == dynamo.Update && slices.ContainsFunc(w.Assigned, func(s access.Assignment) bool { return s.Adds })
}

// SameTarget reports two actions on one item.
func SameTarget(e *guard.Examiner, p, q *access.Access) bool {
	if e.Tables(p.Table, q.Table) == guard.Different {
		return false
	}
	x, y := identityOf(e, p), identityOf(e, q)
	if len(x) == 0 || len(x) != len(y) {
		return false
	}
	for name, v := range x {
		if w, ok := y[name]; !ok || e.Bare(v) != e.Bare(w) {
			return false
		}
	}
	return true
}

// identityOf gives the key attributes of an action: those of its Key, or of what it puts those that some other request
// of the body names as the table's key, or whose names say so.
func identityOf(e *guard.Examiner, w *access.Access) map[string]term.Ref {
	out := map[string]term.Ref{}
	take := func(item term.Ref, is func(string) bool) {
		n := e.Arena.Node(item)
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
		take(e.Object(w.Key), func(string) bool { return true })
		return out
	}
	keys := tableKeys(e, w)
	is := func(name string) bool {
		if len(keys) > 0 {
			return slices.ContainsFunc(keys, func(k string) bool { return dynamo.SameAttribute(k, name) })
		}
		return access.KeyLike(name) || guard.DemandsAbsence(w.Cond, name)
	}
	for _, item := range e.Composites(w.Stored, 0) {
		take(item, is)
	}
	if _, attrs := EntityOf(e, w.Stored); len(out) == 0 {
		for _, name := range attrs {
			if is(name) {
				out[name] = e.Arena.Field(e.Bare(w.Stored), name)
			}
		}
	}
	return out
}

// tableKeys are the key attributes of a put's table, where another request of the body shows them.
func tableKeys(e *guard.Examiner, w *access.Access) []string {
	for i, it := range e.Items {
		if !it.Request() {
			continue
		}
		for _, x := range e.Accesses(i) {
			if x.Key == term.None || x.Table == term.None || e.Tables(x.Table, w.Table) != guard.Same {
				continue
			}
			if o := e.Object(x.Key); o != term.None && !slices.ContainsFunc(e.Arena.Node(o).Names(), term.IsElem) {
				return e.Arena.Node(o).Names()
			}
		}
	}
	return nil
}

// EntityOf gives the struct that is put, and its attributes.
func EntityOf(e *guard.Examiner, stored term.Ref) (name string, attrs []string) {
	n := e.Arena.Node(e.Single(stored))
	for n.Op == term.Iface {
		if attrs, ok := e.Universe.Attributes(n.Text); ok {
			return n.Text, attrs
		}
		n = e.Arena.Node(e.Single(n.Args[0]))
	}
	return "", nil
}

// otherKind reports actions on items of two kinds: in two tables, of two structs, or with keys that start differently.
func otherKind(e *guard.Examiner, p, q *access.Access) bool {
	if e.Tables(p.Table, q.Table) == guard.Different {
		return true
	}
	x, _ := EntityOf(e, p.Stored)
	y, _ := EntityOf(e, q.Stored)
	if x != "" && y != "" && x != y {
		return true
	}
	own := identityOf(e, q)
	for name, v := range identityOf(e, p) {
		if w, ok := own[name]; ok && (e.OtherStart(e.Bare(v), e.Bare(w)) || otherWords(e, e.Bare(v), e.Bare(w))) {
			return true
		}
	}
	return false
}

// otherWords reports keys that put other constants around the same values: the two sides of one booking.
func otherWords(e *guard.Examiner, v, w term.Ref) bool {
	xs, ys := e.Parts(v), e.Parts(w)
	if len(xs) != len(ys) || len(xs) < 2 {
		return false
	}
	words, values := false, false
	for i := range xs {
		switch {
		case xs[i] == ys[i]:
			values = values || e.Arena.Op(xs[i]) != term.Const
		case e.Arena.Op(xs[i]) == term.Const && e.Arena.Op(ys[i]) == term.Const:
			words = true
		default:
			return false
		}
	}
	return words && values
}

// swapped reports keys made of the same values in other places: an edge and its inverse.
func swapped(e *guard.Examiner, p, q *access.Access) bool {
	x, y := identityOf(e, p), identityOf(e, q)
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
		if e.Bare(v) == e.Bare(w) {
			same++
		}
		xs, ys = append(xs, origins(e, v)...), append(ys, origins(e, w)...)
	}
	return same == 0 && len(xs) > 1 && len(xs) == len(ys) && !slices.ContainsFunc(xs, func(v term.Ref) bool { return !slices.Contains(ys, v) })
}

// Belongs reports whether q names p: all that p's key is made of is in q.
func Belongs(e *guard.Examiner, p, q *access.Access) bool {
	var key []term.Ref
	for _, v := range identityOf(e, p) {
		key = append(key, origins(e, v)...)
	}
	if len(key) == 0 {
		return false
	}
	held := slices.Concat(origins(e, q.Stored), origins(e, q.Key))
	for _, s := range q.Assigned {
		held = append(held, origins(e, s.Value)...)
	}
	return !slices.ContainsFunc(key, func(v term.Ref) bool { return !heldIn(e, held, v) })
}

// heldIn reports a value that is among others, or a part of one of them.
func heldIn(e *guard.Examiner, held []term.Ref, v term.Ref) bool {
	for {
		if slices.Contains(held, v) {
			return true
		}
		n := e.Arena.Node(v)
		if n.Op != term.Field && n.Op != term.Iface {
			return false
		}
		v = n.Args[0]
	}
}

// origins are what a value is made of that tells one call from another: parameters, parts of them and of results, and
// values that are new on every call.
func origins(e *guard.Examiner, t term.Ref) []term.Ref {
	var out []term.Ref
	seen := map[term.Ref]bool{}
	var visit func(term.Ref)
	visit = func(t term.Ref) {
		if t == term.None || seen[t] {
			return
		}
		seen[t] = true
		n := e.Arena.Node(t)
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
func moved(e *guard.Examiner, put, del *access.Access) *access.Access {
	for r, it := range e.Items {
		if !it.Reads() || r == put.Number || !e.HandsBack(put, r) && !copies(e, put, r) {
			continue
		}
		read := e.Read(r)
		if !guard.IsRead(read) {
			continue
		}
		if e.FromRead(del.Key, r) {
			return read
		}
		if key := e.Object(read.Key); key != term.None && e.RelateByKey(key, read, del) == guard.Same {
			return read
		}
	}
	return nil
}

// elsewhere reports a put into another table than that of a delete.
func elsewhere(e *guard.Examiner, put, del *access.Access) bool {
	return e.Tables(put.Table, del.Table) == guard.Different || e.OwnTables(put.Table, del.Table)
}

// copies reports a put of which several attributes are those of one read item.
func copies(e *guard.Examiner, put *access.Access, read int) bool {
	same := 0
	for _, item := range e.Composites(put.Stored, 0) {
		n := e.Arena.Node(item)
		for i, name := range n.Names() {
			for _, l := range e.Leaves(n.Args[i+1], nil) {
				if attr, whole := l.Attr(); l.Read == read && !l.Computed && !whole && dynamo.SameAttribute(attr, name) {
					same++
					break
				}
			}
		}
	}
	return same > 1
}

// mirrored reports two puts under keys with something in common of which one stores a number and the other its negative.
func mirrored(e *guard.Examiner, p, q *access.Access) bool {
	x, y := identityOf(e, p), identityOf(e, q)
	shared := false
	for name, v := range x {
		w, ok := y[name]
		shared = shared || ok && slices.ContainsFunc(origins(e, v), func(o term.Ref) bool { return slices.Contains(origins(e, w), o) })
	}
	if !shared {
		return false
	}
	for _, item := range e.Composites(p.Stored, 0) {
		n := e.Arena.Node(item)
		for i, name := range n.Names() {
			v, w := e.Bare(n.Args[i+1]), e.Bare(e.Arena.Field(e.Bare(q.Stored), name))
			if !term.IsElem(name) && (negated(e, v, w) || negated(e, w, v)) {
				return true
			}
		}
	}
	return false
}

// negated reports a number that is the negative of another one.
func negated(e *guard.Examiner, v, of term.Ref) bool {
	n := e.Arena.Node(v)
	switch {
	case n.Op == term.Un && n.Text == "-":
		return e.Bare(n.Args[0]) == of
	case n.Op == term.Bin && n.Text == "-":
		return e.Arena.IsZero(n.Args[0]) == term.True && e.Bare(n.Args[1]) == of
	}
	return false
}

// sameAmount reports two updates that add or take the same value of the program.
func sameAmount(e *guard.Examiner, p, q *access.Access) bool {
	x, y := amounts(e, p), amounts(e, q)
	return opposite(e, p, q) || slices.ContainsFunc(x, func(v term.Ref) bool { return slices.Contains(y, v) })
}

// opposite reports that one of two updates adds a constant that the other one takes.
func opposite(e *guard.Examiner, p, q *access.Access) bool {
	for _, s := range p.Assigned {
		for _, t := range q.Assigned {
			x, y := e.Arena.Node(e.Bare(s.Value)), e.Arena.Node(e.Bare(t.Value))
			if s.Adds && t.Adds && s.Attr == t.Attr && x.Op == term.Const && y.Op == term.Const && x.Text != y.Text &&
				strings.TrimPrefix(x.Text, "-") == strings.TrimPrefix(y.Text, "-") {
				return true
			}
		}
	}
	return false
}

func amounts(e *guard.Examiner, w *access.Access) []term.Ref {
	var out []term.Ref
	for _, s := range w.Assigned {
		if s.Adds {
			out = append(out, origins(e, s.Value)...)
		}
	}
	return out
}
