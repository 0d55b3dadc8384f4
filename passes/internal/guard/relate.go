package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Relation says whether two accesses touch the same item.
type Relation uint8

// The relations.
const (
	Perhaps Relation = iota
	Same
	Different
)

// relate says whether a write touches an item that a read returned (or would have returned).
func (s source) relate(r, w *Access) Relation {
	if s.tables(r.Table, w.Table) == Different {
		return Different
	}
	key := s.object(r.Key)
	if s.handsBack(w, r.Number) {
		if s.rekeyed(key, r, w) {
			return Different
		}
		return Same
	}
	if key == term.None {
		return s.relateByFind(r, w)
	}
	return s.relateByKey(key, r, w)
}

// object is the composite value that r is, or that one of its alternatives is: a helper that builds a key
// also returns an empty one with its error.
func (s source) object(r term.Ref) term.Ref {
	if r == term.None {
		return term.None
	}
	n := s.a.Node(r)
	switch n.Op {
	case term.Iface:
		return s.object(n.Args[0])
	case term.Obj:
		if len(n.Args) > 1 {
			return r
		}
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			if o := s.object(n.Args[i]); o != term.None {
				return o
			}
		}
	}
	return term.None
}

// tables compares two tables: by name, or by the field or variable that holds the name.
func (s source) tables(x, y term.Ref) Relation {
	if x == term.None || y == term.None {
		return Perhaps
	}
	if x == y {
		return Same
	}
	x, y = s.single(x), s.single(y)
	if x == y {
		return Same
	}
	nx, ny := s.a.Node(x), s.a.Node(y)
	if nx.Op == term.Alt || ny.Op == term.Alt || nx.Op == term.Mix || ny.Op == term.Mix {
		return Perhaps
	}
	switch {
	case nx.Op == term.Const && ny.Op == term.Const:
		return Different
	case nx.Op == term.Field && ny.Op == term.Field, nx.Op == term.Global && ny.Op == term.Global:
		if nx.Text != ny.Text {
			return Different
		}
	case nx.Op == ny.Op && nx.Text == ny.Text && (nx.Op == term.Call || nx.Op == term.Concat):
		return s.tableArgs(nx, ny)
	}
	return Perhaps
}

// ownTables reports tables that are kept in the fields of two different things, each of which has its own.
func (s source) ownTables(x, y term.Ref) bool {
	nx, ny := s.a.Node(s.single(x)), s.a.Node(s.single(y))
	return x != y && nx.Op == term.Field && ny.Op == term.Field && nx.Args[0] != ny.Args[0] && s.plain(nx.Args[0]) && s.plain(ny.Args[0])
}

// plain reports a part of a parameter or variable: a thing that the program names.
func (s source) plain(r term.Ref) bool {
	n := s.a.Node(r)
	for n.Op == term.Field {
		n = s.a.Node(n.Args[0])
	}
	return n.Op == term.Param || n.Op == term.FreeVar || n.Op == term.Global
}

// single is the one value that r has where it has any: a helper returns nothing with its error.
func (s source) single(r term.Ref) term.Ref {
	n := s.a.Node(r)
	if n.Op != term.Alt {
		return r
	}
	only := term.None
	for i := 1; i < len(n.Args); i += 2 {
		switch {
		case s.a.Op(n.Args[i]) == term.Zero || n.Args[i] == only:
		case only == term.None:
			only = n.Args[i]
		default:
			return r
		}
	}
	return only
}

// tableArgs compares tables that are computed: os.Getenv("ORDERS"), prefix + "-orders".
func (s source) tableArgs(x, y term.Node) Relation {
	for i := range min(len(x.Args), len(y.Args)) {
		if s.a.Op(x.Args[i]) == term.Const && s.a.Op(y.Args[i]) == term.Const && x.Args[i] != y.Args[i] {
			return Different
		}
	}
	return Perhaps
}

// keyPart is the value that an access gives to a key attribute.
func (s source) keyPart(w *Access, attr string) term.Ref {
	from := w.Key
	if w.Kind == dynamo.Put {
		from = w.Stored
	}
	if o := s.object(from); o != term.None {
		from = o
	}
	if from == term.None {
		return term.None
	}
	return s.attribute(from, attr)
}

// attribute finds an attribute in an item; names are compared as SameAttribute does.
func (s source) attribute(item term.Ref, attr string) term.Ref {
	n := s.a.Node(item)
	for n.Op == term.Iface {
		item = n.Args[0]
		n = s.a.Node(item)
	}
	if n.Op == term.Obj {
		for i, name := range n.Names() {
			if dynamo.SameAttribute(name, attr) {
				return n.Args[i+1]
			}
		}
		if n.Args[0] != term.None {
			return s.attribute(n.Args[0], attr)
		}
		return term.None
	}
	return s.a.Field(item, attr)
}

// relateByKey compares the key of a read with that of a write, attribute by attribute.
func (s source) relateByKey(key term.Ref, r, w *Access) Relation {
	if own := s.object(w.Key); own != term.None && !s.sameNames(key, own) {
		return Different // keys of two kinds of tables
	}
	all, exact := Same, true
	for i, attr := range s.a.Node(key).Names() {
		rv, wv := s.a.Node(key).Args[i+1], s.keyPart(w, attr)
		exact = exact && s.bare(rv) == s.bare(wv)
		switch s.sameKey(rv, wv, r.Number) {
		case Different:
			return Different
		case Perhaps:
			all = Perhaps
		}
		if s.bare(rv) != s.bare(wv) && s.reference(wv, attr, r.Number) {
			return Different
		}
	}
	if !exact && s.freshKey(w) {
		return Different // the key that was read by is a reference to another item
	}
	if all == Same && s.ownTables(r.Table, w.Table) && !s.marked(key) {
		return Different // items of two tables that go by the same number
	}
	return all
}

// reference reports a value for a key attribute that an item has under another name: it leads to another item, as the
// thread that a message is in. Names such as PK say nothing, and one that is a part of the other may mean the same.
func (s source) reference(v term.Ref, attr string, read int) bool {
	if v == term.None || general(attr) || strings.EqualFold(attr, "sk") || s.composed(v) {
		return false
	}
	own := s.leaves(s.single(s.bare(v)), nil)
	return len(own) > 0 && !slices.ContainsFunc(own, func(l leaf) bool {
		name, whole := l.attr()
		name = strings.ToLower(strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", ""))
		return l.read != read || whole || l.computed || l.counted || strings.HasSuffix(strings.ToLower(strings.ReplaceAll(attr, "_", "")), name)
	})
}

// marked reports a key with a constant in it, which tells kinds of items of one table apart.
func (s source) marked(key term.Ref) bool {
	return mentions(s.a, key, func(n term.Node) bool { return n.Op == term.Const })
}

// rekeyed reports an item that is put back under another key than it was read by: a copy. The key's new value
// has nothing to do with the old one.
func (s source) rekeyed(key term.Ref, r, w *Access) bool {
	stored := s.a.Node(s.bare(w.Stored))
	if key == term.None || stored.Op != term.Obj {
		return false
	}
	for i, attr := range s.a.Node(key).Names() {
		v, own := s.a.Part(s.bare(w.Stored), attr)
		if !own || s.a.Op(s.bare(v)) == term.Zero {
			continue
		}
		if s.fresh(v) {
			return true
		}
		old := s.a.Node(key).Args[i+1]
		if s.sameKey(old, v, r.Number) != Same && !s.fromRead(v, r.Number) && !s.akin(old, v) {
			return true
		}
	}
	return false
}

// akin reports values that have something of the program in common, or of which one has nothing of it.
func (s source) akin(x, y term.Ref) bool {
	xs, ys := s.stems(x), s.stems(y)
	return len(xs) == 0 || len(ys) == 0 || slices.ContainsFunc(xs, func(v term.Ref) bool { return slices.Contains(ys, v) })
}

// sameNames reports whether two keys consist of the same attributes.
func (s source) sameNames(x, y term.Ref) bool {
	xs, ys := s.a.Node(x).Names(), s.a.Node(y).Names()
	return len(xs) == len(ys) && !slices.ContainsFunc(xs, func(name string) bool {
		return name != term.AnyElem && !slices.ContainsFunc(ys, func(other string) bool { return other == term.AnyElem || dynamo.SameAttribute(name, other) })
	})
}

// sameKey compares two values of one key attribute. A value that was read off the item itself is its key.
func (s source) sameKey(rv, wv term.Ref, read int) Relation {
	rv, wv = s.bare(rv), s.bare(wv)
	if wv == term.None {
		return Perhaps
	}
	if rv == wv {
		return Same
	}
	if s.fresh(wv) {
		return Different
	}
	if rest := s.alternatives(wv); s.a.Op(wv) == term.Alt {
		return s.sameKeyAny(rv, rest, read)
	}
	if rest := s.alternatives(rv); s.a.Op(rv) == term.Alt {
		all := Different
		for _, v := range rest {
			all = min(all, s.sameKey(v, wv, read))
		}
		return all
	}
	rp, wp := s.parts(rv), s.parts(wv)
	return s.sameParts(rp, wp, read)
}

func (s source) sameKeyAny(rv term.Ref, alts []term.Ref, read int) Relation {
	same, different := false, true
	for _, v := range alts {
		if len(alts) > 1 && s.a.Op(s.bare(v)) == term.Zero {
			continue // what a helper returns with its error
		}
		switch s.sameKey(rv, v, read) {
		case Same:
			same, different = true, false
		case Perhaps:
			different = false
		}
	}
	switch {
	case same:
		return Same
	case different:
		return Different
	}
	return Perhaps
}

// alternatives are the values that r can be where the write at hand happens.
func (s source) alternatives(r term.Ref) []term.Ref {
	n := s.a.Node(r)
	if n.Op != term.Alt {
		return []term.Ref{r}
	}
	var out []term.Ref
	for i := 0; i < len(n.Args); i += 2 {
		if s.feasible(n.Args[i]) {
			out = append(out, n.Args[i+1])
		}
	}
	if len(out) == 0 {
		return reader{s.a}.each(r)
	}
	return out
}

// bare drops the interface around a value.
func (s source) bare(r term.Ref) term.Ref {
	for r != term.None && s.a.Op(r) == term.Iface {
		r = s.a.Node(r).Args[0]
	}
	return r
}

func (s source) parts(r term.Ref) []term.Ref {
	if n := s.a.Node(r); n.Op == term.Concat {
		return n.Args
	}
	return []term.Ref{r}
}

// sameParts compares composed keys ("USER#" + id): constant parts tell kinds of items apart.
func (s source) sameParts(rp, wp []term.Ref, read int) Relation {
	if x, ok := s.prefix(rp); ok {
		if y, ok := s.prefix(wp); ok && !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x) {
			return Different
		}
	}
	if len(rp) == 1 && len(wp) == 1 {
		return s.samePart(rp[0], wp[0], read)
	}
	if len(rp) != len(wp) {
		if len(wp) == 1 && s.fromRead(wp[0], read) {
			return Same
		}
		return Perhaps
	}
	all := Same
	for i := range rp {
		switch s.samePart(rp[i], wp[i], read) {
		case Different:
			return Different
		case Perhaps:
			all = Perhaps
		}
	}
	return all
}

// prefix is the constant with which a key starts; ok is false for a key without one.
func (s source) prefix(parts []term.Ref) (string, bool) {
	t, ok := s.a.Text(parts[0])
	return t, ok && t != ""
}

func (s source) samePart(x, y term.Ref, read int) Relation {
	if x == y || s.fromRead(y, read) {
		return Same
	}
	if s.a.Op(x) == term.Const && s.a.Op(y) == term.Const {
		return Different
	}
	if s.fresh(y) || s.counted(y) || s.a.Op(x) == term.Param && s.a.Op(y) == term.Param { // nobody hands in one key twice
		return Different
	}
	return Perhaps
}

// fromRead reports a value that is a plain part of what a read returned.
func (s source) fromRead(r term.Ref, read int) bool {
	for _, l := range s.leaves(r, nil) {
		if l.read == read && !l.computed && !l.counted {
			return true
		}
	}
	return false
}

// handsBack reports a Put that stores the item that a read returned, changed or not.
func (s source) handsBack(w *Access, read int) bool {
	if w.Kind != dynamo.Put {
		return false
	}
	return s.carries(w.Stored, read, 0)
}

func (s source) carries(item term.Ref, read, depth int) bool {
	if item == term.None || depth > 8 {
		return false
	}
	n := s.a.Node(item)
	switch n.Op {
	case term.Obj, term.Iface, term.After, term.AfterFree:
		return s.carries(n.Args[0], read, depth+1)
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			if s.carries(n.Args[i], read, depth+1) {
				return true
			}
		}
	case term.Field, term.Result:
		for _, l := range s.leaves(item, nil) {
			if _, whole := l.attr(); whole && l.read == read && !l.counted {
				return true
			}
		}
	}
	return false
}
