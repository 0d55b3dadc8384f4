package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// That a key is free says something about what a list did not hold only where the key is made of what the
// list was searched for: two clients that look for the same thing then want the same key.

// asked are the values that a query asks for by equality.
func (j Judge) asked() []term.Ref {
	var out []term.Ref
	for _, c := range []access.Condition{j.read.KeyCond, j.read.Filter} {
		for a := range c.Atoms() {
			if a.Op == expr.Eq {
				out = append(out, a.Values...)
			}
		}
	}
	return out
}

// asksOwn reports a query for something that the program was given. One for all items of a kind asks for none of them, and
// of many new keys none says that there is no other item.
func (j Judge) asksOwn() bool {
	return slices.ContainsFunc(j.asked(), func(v term.Ref) bool { return len(j.stems(v)) > 0 })
}

// oneKey reports an action whose key is the same each time: that of the only item of its kind.
func (j Judge) oneKey(act *access.Access) bool {
	parts, known := j.keyParts(act)
	for p := range parts {
		known = known && !j.Arena.Open(p)
	}
	return known
}

// keyedBy reports whether the key of an action is made of all the values, as far as they are the program's own.
func (j Judge) keyedBy(act *access.Access, values ...term.Ref) bool {
	parts, known := j.keyParts(act)
	if !known {
		return true // nothing is known against it
	}
	return !slices.ContainsFunc(values, func(v term.Ref) bool {
		stems := j.stems(v)
		return len(stems) > 0 && !slices.ContainsFunc(stems, func(s term.Ref) bool { return parts[s] })
	})
}

// keyParts are all terms that the key of an action is made of; known is false when that cannot be said.
func (j Judge) keyParts(act *access.Access) (parts map[term.Ref]bool, known bool) {
	parts = map[term.Ref]bool{}
	key := act.Key
	if act.Kind == dynamo.Put {
		key = act.Stored
	}
	vague := false
	var visit func(term.Ref)
	visit = func(t term.Ref) {
		if t == term.None || parts[t] {
			return
		}
		parts[t] = true
		n := j.Arena.Node(t)
		vague = vague || n.Op == term.Mix
		for _, x := range n.Args {
			visit(x)
		}
	}
	for _, item := range j.Alternatives(j.Bare(key)) {
		n := j.Arena.Node(j.Bare(item))
		if n.Op != term.Obj || n.Args[0] != term.None {
			return j.namedKey(act, item)
		}
		for i, name := range n.Names() {
			if act.Kind != dynamo.Put || j.keyName(act, name) {
				visit(n.Args[i+1])
			}
		}
	}
	return parts, !vague && len(parts) > 0
}

// namedKey is the key of an item that somebody else has made, as far as the condition names it. A key of
// which only the first half has a name, and a general one, may hold anything.
func (j Judge) namedKey(act *access.Access, item term.Ref) (parts map[term.Ref]bool, known bool) {
	parts = map[term.Ref]bool{}
	for a := range act.Cond.Atoms() {
		if a.Op != expr.NotExists {
			continue
		}
		for _, attr := range a.Attrs {
			if General(attr) {
				return nil, false
			}
			parts[j.Arena.Field(j.Bare(item), attr)] = true
		}
	}
	return parts, len(parts) > 0
}

// General reports a name that tables of many kinds of items give to their key.
func General(attr string) bool {
	n := strings.ToLower(attr)
	return n == "pk" || n == "sk" || n == "key" || strings.Contains(n, "partition") || strings.Contains(n, "hash")
}

// keyName reports an attribute that the key of an action's table has: some request of the program says so,
// or its name does.
func (j Judge) keyName(act *access.Access, name string) bool {
	if name == term.AnyElem || access.KeyLike(name) || DemandsAbsence(act.Cond, name) {
		return true
	}
	if j.Arena.IsZero(j.read.Index) != term.True {
		return false // what an index is asked for is no key of the table
	}
	return j.read.KeyCond.Some(func(a access.Atom) bool { return a.On(name) })
}

// stems are the program's own values that a term is made of: parameters, captured variables, results and
// their parts, whole.
func (s Source) stems(t term.Ref) []term.Ref {
	var out []term.Ref
	seen := map[term.Ref]bool{}
	var visit func(term.Ref)
	visit = func(t term.Ref) {
		if t == term.None || seen[t] || !s.Arena.Open(t) {
			return
		}
		seen[t] = true
		n := s.Arena.Node(t)
		switch n.Op {
		case term.Param, term.FreeVar, term.Result, term.Field:
			out = append(out, t)
			return
		}
		for _, x := range n.Args {
			visit(x)
		}
	}
	visit(t)
	return out
}

// numbered reports a limit that the key itself keeps: the program has held a part of the key against the
// number that it held the count against, as with numbered slots.
func (j Judge) numbered(act *access.Access, limit term.Ref) bool {
	parts, known := j.keyParts(act)
	if !known {
		return false
	}
	bounds := j.stems(limit)
	return slices.ContainsFunc(j.Write.Item.When, func(cond term.Ref) bool {
		t := j.Arena.Node(j.Arena.Node(cond).Args[0])
		if t.Op != term.Bin || len(t.Args) != 2 {
			return false
		}
		for i, x := range t.Args {
			if parts[j.Bare(x)] && slices.ContainsFunc(j.stems(t.Args[1-i]), func(b term.Ref) bool { return slices.Contains(bounds, b) }) {
				return true
			}
		}
		return false
	})
}

// counter reports an attribute that the condition lets be missing or holds against a limit: a guarded counter
// that starts with its first use.
func counter(act *access.Access, attr string) bool {
	return act.Cond.Some(func(a access.Atom) bool { return ordering(a.Op) && a.On(attr) })
}
