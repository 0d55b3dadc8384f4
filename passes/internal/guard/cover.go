package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Judge decides whether what a write depends on is covered by what DynamoDB checks.
type Judge struct {
	Source
	read     *access.Access
	Write    *access.Access
	relation Relation
	all      []Dep // everything that the write takes from reads
}

// decidedOn reports whether some decision of the write looked at attr of the read item.
func (j Judge) decidedOn(attr string) bool {
	return slices.ContainsFunc(j.all, func(d Dep) bool {
		return d.Read == j.read.Number && d.What == Attribute && dynamo.SameAttribute(d.Attr, attr)
	})
}

// covered reports whether dependence d of the write is guarded: in the write's own condition, or in that of
// any action of its transaction.
func (j Judge) covered(d Dep) bool {
	for _, act := range j.together() {
		if j.coveredBy(act, d) {
			return true
		}
	}
	return false
}

// together are the actions that DynamoDB carries out with the write, all or none.
func (j Judge) together() []*access.Access {
	if len(j.Write.Tx) > 0 {
		return j.Write.Tx
	}
	return []*access.Access{j.Write}
}

func (j Judge) coveredBy(act *access.Access, d Dep) bool {
	c := act.Cond
	if c.Opaque {
		return true // there is a condition, and nothing is known against it
	}
	if j.blurred(act, d) && (c.Given || d.What != Value || act.Kind == dynamo.Update) {
		return true // of what is too deep to be seen in full only that a put stores the item that was read is certain
	}
	locks := j.versions(act)
	elsewhere := j.elsewhere(act)
	return c.Always(func(a access.Atom) bool {
		if elsewhere && a.Op != expr.NotExists {
			return j.pinned(a, d)
		}
		return j.atomCovers(act, a, d, locks)
	})
}

// blurred reports a put of an item, or an update to a value, of which only the sources are known.
func (j Judge) blurred(act *access.Access, d Dep) bool {
	if slices.ContainsFunc(act.Assigned, func(s access.Assignment) bool {
		return s.Value != term.None && s.Attr == d.To && j.Arena.Blurred(j.Bare(s.Value))
	}) {
		return true
	}
	item := j.Bare(act.Stored)
	if n := j.Arena.Node(item); n.Op == term.Obj && n.Args[0] != term.None {
		item = j.Bare(n.Args[0])
	}
	return item != term.None && j.Arena.Blurred(item)
}

// sameItem reports an action on the item that was read.
func (j Judge) sameItem(act *access.Access) bool {
	if act == j.Write {
		return j.relation == Same
	}
	return j.Relate(j.read, act) == Same
}

// elsewhere reports an action on an item that is not the one that was read: what it checks says nothing
// about that one, unless it compares with a value of it.
func (j Judge) elsewhere(act *access.Access) bool {
	if j.read.Kind != dynamo.Get {
		return false
	}
	if act == j.Write {
		return j.relation == Different
	}
	return j.Relate(j.read, act) == Different
}

// versions are the attributes that some alternative of the condition pins and the action changes: the
// optimistic lock of the item. An item without the attribute yet is let through by
// attribute_not_exists(version), which is part of the lock.
func (j Judge) versions(act *access.Access) []string {
	var out []string
	for a := range act.Cond.Atoms() {
		if ordering(a.Op) && len(a.Attrs) == 1 && j.Changes(act, a.Attrs[0], a) && (a.Op == expr.Eq || j.monotonic(act, a)) {
			out = append(out, a.Attrs[0])
		}
	}
	return out
}

// monotonic reports an order that the write itself keeps: the attribute is compared with the very value
// that it gets. The time does not do: now is later than any write.
func (j Judge) monotonic(act *access.Access, a access.Atom) bool {
	if act.Kind == dynamo.Delete || slices.ContainsFunc(a.Values, j.Fresh) {
		return false
	}
	var v term.Ref
	if act.Kind == dynamo.Put {
		v = j.attribute(act.Stored, a.Attrs[0])
	}
	for _, s := range act.Assigned {
		if dynamo.SameAttribute(s.Attr, a.Attrs[0]) {
			v = s.Value
		}
	}
	return v != term.None && slices.ContainsFunc(a.Values, func(x term.Ref) bool { return j.Bare(x) == j.Bare(v) })
}

func ordering(op expr.Op) bool {
	switch op {
	case expr.Eq, expr.Lt, expr.Le, expr.Gt, expr.Ge, expr.Between, expr.In:
		return true
	}
	return false
}

func (j Judge) atomCovers(act *access.Access, a access.Atom, d Dep, locks []string) bool {
	switch a.Op {
	case expr.Exists:
		return d.What == Presence
	case expr.NotExists:
		return j.absenceCovers(act, a, d, locks)
	}
	for _, attr := range a.Attrs {
		if slices.ContainsFunc(locks, func(v string) bool { return dynamo.SameAttribute(v, attr) }) && j.locksRead(a) {
			return true // an optimistic lock covers everything that was read of the item
		}
		switch d.What {
		case Value:
			if a.Op == expr.Eq && dynamo.SameAttribute(attr, d.Attr) && j.pinned(a, d) {
				return true
			}
		case Attribute:
			if dynamo.SameAttribute(attr, d.Attr) || j.decidedOn(attr) {
				return true // one of several ways to be free, as in a lease
			}
		case Presence:
			return j.sameItem(act)
		case Count, Empty, Absence:
			if d.Attr == "" || dynamo.SameAttribute(attr, d.Attr) {
				return true
			}
		}
	}
	return false
}

// pinned reports that the attribute is compared with the value that was read.
func (j Judge) pinned(a access.Atom, d Dep) bool {
	for _, v := range a.Values {
		for _, l := range j.Leaves(v, nil) {
			if l.Read == d.Read {
				return true
			}
		}
	}
	return j.relation != Different && len(a.Values) > 0 && j.Arena.Op(a.Values[0]) != term.Const
}

// locksRead reports whether a lock is on what was read. A version that came from a later read of the item
// lets a change between the two through, unless what is stored came from there as well: so does a retry that
// reads only the version again. A list is locked by a version that came from it.
func (j Judge) locksRead(a access.Atom) bool {
	own, others := false, false
	for _, v := range a.Values {
		for _, l := range j.Leaves(v, nil) {
			if l.Read > j.read.Number && !j.storesFrom(l.Read, a) {
				return false
			}
			own = own || l.Read == j.read.Number
			others = true
		}
	}
	list := j.read.Kind == dynamo.Query || j.read.Kind == dynamo.Scan
	return own || !list || !others
}

// storesFrom reports whether the write stores something of a read besides what atom a compares.
func (j Judge) storesFrom(read int, a access.Atom) bool {
	return slices.ContainsFunc(j.all, func(d Dep) bool {
		return d.Read == read && d.What == Value && !slices.ContainsFunc(a.Attrs, func(attr string) bool { return dynamo.SameAttribute(attr, d.To) })
	})
}

// absenceCovers: attribute_not_exists demands the absence of the key. On a fresh key it demands nothing; on
// the key of a log entry that is numbered by what was read, it makes a lock of the log.
func (j Judge) absenceCovers(act *access.Access, a access.Atom, d Dep, locks []string) bool {
	for _, attr := range a.Attrs {
		if slices.ContainsFunc(locks, func(v string) bool { return dynamo.SameAttribute(v, attr) }) {
			return true
		}
	}
	for _, attr := range a.Attrs {
		if d.What == Attribute && (dynamo.SameAttribute(attr, d.Attr) || j.decidedOn(attr)) {
			return true // that the attribute is missing is what the branch saw
		}
	}
	own := j.sameItem(act)
	if own && d.What == Absence && slices.ContainsFunc(a.Attrs, j.isKey) {
		return true // of the very key that was looked for, new or not
	}
	if j.FreshKey(act) {
		return false
	}
	among := d.What == Empty && j.ranged() // that one of many keys is free does not say that all are
	if own && !among && slices.ContainsFunc(a.Attrs, j.isKey) {
		return true // there is no item whose change could be lost
	}
	switch d.What {
	case Absence:
		return true
	case Empty:
		return !j.ranged() && j.keyedBy(act, j.asked()...) && (j.asksOwn() || j.oneKey(act))
	case Count:
		return j.sequenced(act, d) || j.numbered(act, d.With) || len(j.stems(d.With)) > 0 && j.keyedBy(act, d.With) || slices.ContainsFunc(a.Attrs, func(attr string) bool { return counter(act, attr) })
	case Attribute:
		if d.Each && !j.ranged() && j.keyedBy(act, d.With) || own {
			return true // a sentinel, or no item whose state could matter
		}
	}
	return j.sequenced(act, d)
}

// FreshKey reports an action whose key nobody can have used before.
func (s Source) FreshKey(act *access.Access) bool {
	if act.Kind != dynamo.Put {
		return false
	}
	items := s.Composites(act.Stored, 0)
	return len(items) > 0 && !slices.ContainsFunc(items, func(item term.Ref) bool { return !s.freshlyKeyed(act, s.Arena.Node(item)) })
}

func (s Source) freshlyKeyed(act *access.Access, item term.Node) bool {
	names := item.Names()
	for i, name := range names {
		if (keyAmong(names, name) || DemandsAbsence(act.Cond, name)) && s.unique(item.Args[i+1]) {
			return true
		}
	}
	return false
}

// ranged reports a query for a range of items: that one key of it is free says nothing about the others.
func (j Judge) ranged() bool {
	inRange := func(a access.Atom) bool { return a.Op != expr.Eq && ordering(a.Op) && a.Op != expr.In }
	return j.read.KeyCond.Some(inRange) || j.read.Filter.Some(inRange)
}

// DemandsAbsence reports a condition attribute_not_exists(attr): attr is part of the key then.
func DemandsAbsence(c access.Condition, attr string) bool {
	return c.Some(func(a access.Atom) bool { return a.Op == expr.NotExists && len(a.Attrs) == 1 && a.On(attr) })
}

// sequenced reports an action of which the key counts on from a value read no later than d was (version+1,
// the next event's number): two writers that have read the same state collide.
func (j Judge) sequenced(act *access.Access, d Dep) bool {
	key := act.Key
	if act.Kind == dynamo.Put {
		key = act.Stored
	}
	n := j.Arena.Node(j.Object(key))
	if n.Op != term.Obj {
		return false
	}
	return slices.ContainsFunc(n.Args[1:], func(v term.Ref) bool { return j.countsOn(v, d.Read) })
}

func (j Judge) countsOn(v term.Ref, read int) bool {
	return access.Mentions(j.Arena, v, func(n term.Node) bool {
		if n.Op != term.Bin || n.Text != "+" && n.Text != "-" {
			return false
		}
		return slices.ContainsFunc(n.Args, func(x term.Ref) bool {
			return slices.ContainsFunc(j.Leaves(x, nil), func(l Leaf) bool { return l.Read <= read })
		})
	})
}

// Changes reports whether an action gives attribute attr a value other than the one that atom a demands.
func (j Judge) Changes(act *access.Access, attr string, a access.Atom) bool {
	switch act.Kind {
	case dynamo.Delete, access.Check:
		return true // an item that is only checked is changed by those whom the check is against
	case dynamo.Update:
		for _, s := range act.Assigned {
			if s.Attr == "" || dynamo.SameAttribute(s.Attr, attr) {
				return s.Server || !slices.Contains(a.Values, s.Value)
			}
		}
		return false
	case dynamo.Put:
		v := j.attribute(act.Stored, attr)
		if v == term.None {
			return false
		}
		return a.Op != expr.Eq || !slices.Contains(a.Values, v) && (!j.asRead(v, attr) || j.takenFromRead(a))
	}
	return false
}

// asRead reports a value that is the attribute just as it was read.
func (j Judge) asRead(v term.Ref, attr string) bool {
	v = j.Single(v)
	of := j.Leaves(v, nil)
	if !isPlain(j.Arena, v) || len(of) != 1 {
		return false
	}
	name, _ := of[0].Attr()
	return of[0].Read == j.read.Number && dynamo.SameAttribute(name, attr)
}

// takenFromRead reports a comparison with something of the read itself.
func (j Judge) takenFromRead(a access.Atom) bool {
	return slices.ContainsFunc(a.Values, func(v term.Ref) bool {
		return slices.ContainsFunc(j.Leaves(v, nil), func(l Leaf) bool { return l.Read == j.read.Number })
	})
}

// isPlain reports a part of a request's result.
func isPlain(a *term.Arena, v term.Ref) bool {
	for a.Op(v) == term.Field {
		v = a.Node(v).Args[0]
	}
	return a.Op(v) == term.Result
}
