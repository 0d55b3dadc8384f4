package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// What a query or scan can find, and which writes bring an item among what it finds, or take it out of that.

// relateByFind is for reads by query or scan: the write touches one of the found items when its key comes
// from there.
func (s Source) relateByFind(r, w *access.Access) Relation {
	if r.Key != term.None {
		return Perhaps
	}
	if s.outOfReach(r, w) {
		return Different
	}
	if s.asGet(r, w) {
		return Same
	}
	key := w.Key
	if key != term.None {
		if s.FromRead(key, r.Number) {
			return Same
		}
		return Perhaps
	}
	if w.Kind != dynamo.Put {
		return Perhaps
	}
	fromRead := false
	for _, item := range s.Composites(w.Stored, 0) {
		names := s.Arena.Node(item).Names()
		for i, name := range names {
			v := s.Arena.Node(item).Args[i+1]
			if s.unique(v) && (keyAmong(names, name) || s.composed(v)) {
				return Different
			}
			if !keyAmong(names, name) {
				continue
			}
			fromRead = fromRead || s.FromRead(v, r.Number) && !s.composed(v)
		}
	}
	if fromRead {
		return Same
	}
	return Perhaps
}

// Composites are the composite values that r may be.
func (s Source) Composites(r term.Ref, depth int) []term.Ref {
	r = s.Bare(r)
	switch {
	case r == term.None || depth > 4:
		return nil
	case s.Arena.Op(r) == term.Obj:
		return []term.Ref{r}
	case s.Arena.Op(r) != term.Alt:
		return nil
	}
	var out []term.Ref
	for _, v := range s.Alternatives(r) {
		out = append(out, s.Composites(v, depth+1)...)
	}
	return out
}

// asGet reports a query or scan for the very key that is written: it finds that item or none.
func (s Source) asGet(q, w *access.Access) bool {
	key := s.Arena.Node(s.Object(w.Key))
	if key.Op != term.Obj || len(key.Args) < 2 {
		return false
	}
	for i, name := range key.Names() {
		own := func(a access.Atom) bool {
			return a.Op == expr.Eq && len(a.Values) == 1 && len(a.Attrs) == 1 && a.On(name) && s.Bare(a.Values[0]) == s.Bare(key.Args[i+1])
		}
		if !q.KeyCond.Always(own) && !q.Filter.Always(own) {
			return false
		}
	}
	return true
}

// outOfReach reports a write of an item that a query cannot find: what the query asks of an attribute is not
// what the item has there.
func (s Source) outOfReach(q, w *access.Access) bool {
	return q.KeyCond.Some(func(a access.Atom) bool {
		if len(a.Attrs) != 1 || len(a.Values) != 1 || a.Op != expr.Eq && a.Op != expr.BeginsWith {
			return false
		}
		v := s.written(w, a.Attrs[0])
		return v != term.None && s.OtherStart(s.Bare(a.Values[0]), s.Bare(v))
	})
}

// joins reports a write after which its item may be among what a query finds: it gives the item, as far as
// one can see, every attribute that the query asks for.
func (s Source) joins(q, w *access.Access) bool {
	return !s.outOfReach(q, w) && !s.takenOut(q, w) && !s.filteredOut(q, w) && !q.KeyCond.Some(func(a access.Atom) bool { return len(a.Attrs) == 1 && !s.gives(w, a.Attrs[0]) })
}

// filteredOut reports a write of an item that the filter of a query or scan passes over: of another kind, or without what
// the filter asks for.
func (s Source) filteredOut(q, w *access.Access) bool {
	return q.Filter.Always(func(a access.Atom) bool {
		if len(a.Attrs) != 1 || len(a.Values) != 1 || a.Op != expr.Eq && a.Op != expr.BeginsWith {
			return false
		}
		v := s.written(w, a.Attrs[0])
		return !s.gives(w, a.Attrs[0]) || v != term.None && s.OtherStart(s.Bare(a.Values[0]), s.Bare(v))
	})
}

// takenOut reports an update that gives an attribute which a query asks for another value than the one it asks for.
func (s Source) takenOut(q, w *access.Access) bool {
	return q.KeyCond.Some(func(a access.Atom) bool {
		return a.Op == expr.Eq && len(a.Attrs) == 1 && len(a.Values) == 1 && slices.ContainsFunc(w.Assigned, func(set access.Assignment) bool {
			return set.Value != term.None && a.On(set.Attr) && s.OtherStart(s.Bare(a.Values[0]), s.Bare(set.Value))
		})
	})
}

// onlyChanges reports an Update that refuses to make a new item.
func onlyChanges(w *access.Access) bool {
	return w.Kind == dynamo.Update && w.Cond.Always(func(a access.Atom) bool { return a.Op == expr.Exists || a.Op == expr.Eq })
}

// gives reports a write that sets an attribute, or of which that is not known.
func (s Source) gives(w *access.Access, attr string) bool {
	if slices.ContainsFunc(w.Assigned, func(a access.Assignment) bool { return a.Attr == "" || dynamo.SameAttribute(a.Attr, attr) }) {
		return true
	}
	if onlyChanges(w) {
		return false
	}
	if s.written(w, attr) != term.None {
		return true
	}
	for _, in := range s.Alternatives(s.Bare(whole(w))) {
		n := s.Arena.Node(s.Bare(in))
		if n.Op != term.Obj || n.Args[0] != term.None || slices.Contains(n.Names(), term.AnyElem) {
			return true
		}
	}
	return whole(w) == term.None
}

// whole is what names all attributes that a write gives its item besides those that it assigns.
func whole(w *access.Access) term.Ref {
	if w.Kind == dynamo.Put {
		return w.Stored
	}
	return w.Key
}

// written is what a write says of one attribute of its item, or each of the items that it may be; None when it says nothing.
func (s Source) written(w *access.Access, attr string) term.Ref {
	for _, in := range []term.Ref{w.Key, w.Stored} {
		var values []term.Ref
		for _, item := range s.Alternatives(s.Bare(in)) {
			n := s.Arena.Node(s.Bare(item))
			if n.Op != term.Obj {
				continue
			}
			for i, name := range n.Names() {
				if dynamo.SameAttribute(name, attr) {
					values = append(values, term.None, n.Args[i+1])
				}
			}
		}
		if len(values) > 0 {
			return s.Arena.Alt(values...)
		}
	}
	return term.None
}

// OtherStart reports two strings that start with different constants, whichever of their alternatives holds.
func (s Source) OtherStart(x, y term.Ref) bool {
	for _, u := range s.Alternatives(x) {
		for _, v := range s.Alternatives(y) {
			p, ok := s.prefix(s.Parts(s.Bare(u)))
			q, known := s.prefix(s.Parts(s.Bare(v)))
			if !ok || !known || strings.HasPrefix(p, q) || strings.HasPrefix(q, p) {
				return false
			}
		}
	}
	return true
}
