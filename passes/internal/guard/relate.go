package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
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

// Relate says whether a write touches an item that a read returned (or would have returned).
func (s Source) Relate(r, w *access.Access) Relation {
	if s.Tables(r.Table, w.Table) == Different {
		return Different
	}
	key := s.Object(r.Key)
	if s.HandsBack(w, r.Number) {
		if s.rekeyed(key, r, w) {
			return Different
		}
		return Same
	}
	if key == term.None {
		return s.relateByFind(r, w)
	}
	return s.RelateByKey(key, r, w)
}

// Object is the composite value that r is, or that one of its alternatives is: a helper that builds a key
// also returns an empty one with its error.
func (s Source) Object(r term.Ref) term.Ref {
	if r == term.None {
		return term.None
	}
	n := s.Arena.Node(r)
	switch n.Op {
	case term.Iface:
		return s.Object(n.Args[0])
	case term.Obj:
		if len(n.Args) > 1 {
			return r
		}
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			if o := s.Object(n.Args[i]); o != term.None {
				return o
			}
		}
	}
	return term.None
}

// Tables compares two tables: by name, or by the field or variable that holds the name.
func (s Source) Tables(x, y term.Ref) Relation {
	if x == term.None || y == term.None {
		return Perhaps
	}
	if x == y {
		return Same
	}
	x, y = s.Single(x), s.Single(y)
	if x == y {
		return Same
	}
	nx, ny := s.Arena.Node(x), s.Arena.Node(y)
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

// OwnTables reports tables that are kept in the fields of two different things, each of which has its own.
func (s Source) OwnTables(x, y term.Ref) bool {
	nx, ny := s.Arena.Node(s.Single(x)), s.Arena.Node(s.Single(y))
	return x != y && nx.Op == term.Field && ny.Op == term.Field && nx.Args[0] != ny.Args[0] && s.plain(nx.Args[0]) && s.plain(ny.Args[0])
}

// plain reports a part of a parameter or variable: a thing that the program names.
func (s Source) plain(r term.Ref) bool {
	n := s.Arena.Node(r)
	for n.Op == term.Field {
		n = s.Arena.Node(n.Args[0])
	}
	return n.Op == term.Param || n.Op == term.FreeVar || n.Op == term.Global
}

// Single is the one value that r has where it has any: a helper returns nothing with its error.
func (s Source) Single(r term.Ref) term.Ref {
	n := s.Arena.Node(r)
	if n.Op != term.Alt {
		return r
	}
	only := term.None
	for i := 1; i < len(n.Args); i += 2 {
		switch {
		case s.Arena.Op(n.Args[i]) == term.Zero || n.Args[i] == only:
		case only == term.None:
			only = n.Args[i]
		default:
			return r
		}
	}
	return only
}

// tableArgs compares tables that are computed: os.Getenv("ORDERS"), prefix + "-orders".
func (s Source) tableArgs(x, y term.Node) Relation {
	for i := range min(len(x.Args), len(y.Args)) {
		if s.Arena.Op(x.Args[i]) == term.Const && s.Arena.Op(y.Args[i]) == term.Const && x.Args[i] != y.Args[i] {
			return Different
		}
	}
	return Perhaps
}

// keyPart is the value that an access gives to a key attribute.
func (s Source) keyPart(w *access.Access, attr string) term.Ref {
	from := w.Key
	if w.Kind == dynamo.Put {
		from = w.Stored
	}
	if o := s.Object(from); o != term.None {
		from = o
	}
	if from == term.None {
		return term.None
	}
	return s.attribute(from, attr)
}

// attribute finds an attribute in an item; names are compared as SameAttribute does.
func (s Source) attribute(item term.Ref, attr string) term.Ref {
	n := s.Arena.Node(item)
	for n.Op == term.Iface {
		item = n.Args[0]
		n = s.Arena.Node(item)
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
	return s.Arena.Field(item, attr)
}

// RelateByKey compares the key of a read with that of a write, attribute by attribute.
func (s Source) RelateByKey(key term.Ref, r, w *access.Access) Relation {
	if own := s.Object(w.Key); own != term.None && !s.sameNames(key, own) {
		return Different // keys of two kinds of tables
	}
	all, exact := Same, true
	for i, attr := range s.Arena.Node(key).Names() {
		rv, wv := s.Arena.Node(key).Args[i+1], s.keyPart(w, attr)
		exact = exact && s.Bare(rv) == s.Bare(wv)
		switch s.sameKey(rv, wv, r.Number) {
		case Different:
			return Different
		case Perhaps:
			all = Perhaps
		}
		if s.Bare(rv) != s.Bare(wv) && s.reference(wv, attr, r.Number) {
			return Different
		}
	}
	if !exact && s.FreshKey(w) {
		return Different // the key that was read by is a reference to another item
	}
	if all == Same && s.OwnTables(r.Table, w.Table) && !s.marked(key) {
		return Different // items of two tables that go by the same number
	}
	return all
}

// reference reports a value for a key attribute that an item has under another name: it leads to another item, as the
// thread that a message is in. Names such as PK say nothing, and one that is a part of the other may mean the same.
func (s Source) reference(v term.Ref, attr string, read int) bool {
	if v == term.None || General(attr) || strings.EqualFold(attr, "sk") || s.composed(v) {
		return false
	}
	own := s.Leaves(s.Single(s.Bare(v)), nil)
	return len(own) > 0 && !slices.ContainsFunc(own, func(l Leaf) bool {
		name, whole := l.Attr()
		name = strings.ToLower(strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", ""))
		return l.Read != read || whole || l.Computed || l.counted || strings.HasSuffix(strings.ToLower(strings.ReplaceAll(attr, "_", "")), name)
	})
}

// marked reports a key with a constant in it, which tells kinds of items of one table apart.
func (s Source) marked(key term.Ref) bool {
	return access.Mentions(s.Arena, key, func(n term.Node) bool { return n.Op == term.Const })
}

// rekeyed reports an item that is put back under another key than it was read by: a copy. The key's new value
// has nothing to do with the old one.
func (s Source) rekeyed(key term.Ref, r, w *access.Access) bool {
	stored := s.Arena.Node(s.Bare(w.Stored))
	if key == term.None || stored.Op != term.Obj {
		return false
	}
	for i, attr := range s.Arena.Node(key).Names() {
		v, own := s.Arena.Part(s.Bare(w.Stored), attr)
		if !own || s.Arena.Op(s.Bare(v)) == term.Zero {
			continue
		}
		if s.Fresh(v) {
			return true
		}
		old := s.Arena.Node(key).Args[i+1]
		if s.sameKey(old, v, r.Number) != Same && !s.FromRead(v, r.Number) && !s.akin(old, v) {
			return true
		}
	}
	return false
}

// akin reports values that have something of the program in common, or of which one has nothing of it.
func (s Source) akin(x, y term.Ref) bool {
	xs, ys := s.stems(x), s.stems(y)
	return len(xs) == 0 || len(ys) == 0 || slices.ContainsFunc(xs, func(v term.Ref) bool { return slices.Contains(ys, v) })
}

// sameNames reports whether two keys consist of the same attributes.
func (s Source) sameNames(x, y term.Ref) bool {
	xs, ys := s.Arena.Node(x).Names(), s.Arena.Node(y).Names()
	return len(xs) == len(ys) && !slices.ContainsFunc(xs, func(name string) bool {
		return name != term.AnyElem && !slices.ContainsFunc(ys, func(other string) bool { return other == term.AnyElem || dynamo.SameAttribute(name, other) })
	})
}

// sameKey compares two values of one key attribute. A value that was read off the item itself is its key.
func (s Source) sameKey(rv, wv term.Ref, read int) Relation {
	rv, wv = s.Bare(rv), s.Bare(wv)
	if wv == term.None {
		return Perhaps
	}
	if rv == wv {
		return Same
	}
	if s.Fresh(wv) {
		return Different
	}
	if rest := s.Alternatives(wv); s.Arena.Op(wv) == term.Alt {
		return s.sameKeyAny(rv, rest, read)
	}
	if rest := s.Alternatives(rv); s.Arena.Op(rv) == term.Alt {
		all := Different
		for _, v := range rest {
			all = min(all, s.sameKey(v, wv, read))
		}
		return all
	}
	rp, wp := s.Parts(rv), s.Parts(wv)
	return s.sameParts(rp, wp, read)
}

func (s Source) sameKeyAny(rv term.Ref, alts []term.Ref, read int) Relation {
	same, different := false, true
	for _, v := range alts {
		if len(alts) > 1 && s.Arena.Op(s.Bare(v)) == term.Zero {
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

// Alternatives are the values that r can be where the write at hand happens.
func (s Source) Alternatives(r term.Ref) []term.Ref {
	n := s.Arena.Node(r)
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
		return access.Reader{Arena: s.Arena}.Each(r)
	}
	return out
}

// Bare drops the interface around a value.
func (s Source) Bare(r term.Ref) term.Ref {
	for r != term.None && s.Arena.Op(r) == term.Iface {
		r = s.Arena.Node(r).Args[0]
	}
	return r
}

// Parts lists what a text is put together from.
func (s Source) Parts(r term.Ref) []term.Ref {
	if n := s.Arena.Node(r); n.Op == term.Concat {
		return n.Args
	}
	return []term.Ref{r}
}

// sameParts compares composed keys ("USER#" + id): constant parts tell kinds of items apart.
func (s Source) sameParts(rp, wp []term.Ref, read int) Relation {
	if x, ok := s.prefix(rp); ok {
		if y, ok := s.prefix(wp); ok && !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x) {
			return Different
		}
	}
	if len(rp) == 1 && len(wp) == 1 {
		return s.samePart(rp[0], wp[0], read)
	}
	if len(rp) != len(wp) {
		if len(wp) == 1 && s.FromRead(wp[0], read) {
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
func (s Source) prefix(parts []term.Ref) (string, bool) {
	t, ok := s.Arena.Text(parts[0])
	return t, ok && t != ""
}

func (s Source) samePart(x, y term.Ref, read int) Relation {
	if x == y || s.FromRead(y, read) {
		return Same
	}
	if s.Arena.Op(x) == term.Const && s.Arena.Op(y) == term.Const {
		return Different
	}
	if s.Fresh(y) || s.counted(y) || s.Arena.Op(x) == term.Param && s.Arena.Op(y) == term.Param { // nobody hands in one key twice
		return Different
	}
	return Perhaps
}

// FromRead reports a value that is a plain part of what a read returned.
func (s Source) FromRead(r term.Ref, read int) bool {
	for _, l := range s.Leaves(r, nil) {
		if l.Read == read && !l.Computed && !l.counted {
			return true
		}
	}
	return false
}

// HandsBack reports a Put that stores the item that a read returned, changed or not.
func (s Source) HandsBack(w *access.Access, read int) bool {
	if w.Kind != dynamo.Put {
		return false
	}
	return s.carries(w.Stored, read, 0)
}

func (s Source) carries(item term.Ref, read, depth int) bool {
	if item == term.None || depth > 8 {
		return false
	}
	n := s.Arena.Node(item)
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
		for _, l := range s.Leaves(item, nil) {
			if _, whole := l.Attr(); whole && l.Read == read && !l.counted {
				return true
			}
		}
	}
	return false
}
