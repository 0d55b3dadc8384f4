package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Keys that nobody can have used before, and what a name says of an attribute.

// fresh reports a value that is new on every call: no item has it as its key yet.
func (s source) fresh(r term.Ref) bool { return s.freshIn(r, map[term.Ref]bool{}) }

// freshIn remembers what it has found in seen, since terms share their parts.
func (s source) freshIn(r term.Ref, seen map[term.Ref]bool) bool {
	if r == term.None {
		return false
	}
	if v, ok := seen[r]; ok {
		return v
	}
	seen[r] = false
	in := func(x term.Ref) bool { return s.freshIn(x, seen) }
	n := s.a.Node(r)
	if n.Op == term.Field && s.drawn(r) {
		seen[r] = true
		return true
	}
	switch n.Op {
	case term.Call:
		seen[r] = n.M != 0 || slices.ContainsFunc(n.Args, func(x term.Ref) bool { return in(x) || slices.ContainsFunc(reader{s.a}.elements(x, 0), in) })
	case term.Field:
		seen[r] = in(n.Args[0])
	case term.Concat, term.Bin, term.Un, term.Iface:
		seen[r] = slices.ContainsFunc(n.Args, in)
	case term.Alt:
		values := slices.DeleteFunc(s.alternatives(r), func(v term.Ref) bool { return s.a.Op(s.bare(v)) == term.Zero }) // comes with an error
		all := len(values) > 0
		for _, v := range values {
			all = all && in(v)
		}
		seen[r] = all
	}
	return seen[r]
}

// drawn reports a number that an atomic counter has given out: UpdateItem with ADD that returns the new value.
func (s source) drawn(r term.Ref) bool {
	attr := ""
	n := s.a.Node(r)
	for ; n.Op == term.Field; n = s.a.Node(n.Args[0]) {
		if n.Text == dynamo.Attributes {
			break
		}
		attr = n.Text
	}
	if n.Op != term.Field || s.a.Op(n.Args[0]) != term.Result {
		return false
	}
	result := s.a.Node(n.Args[0])
	if int(result.N) >= len(s.items) || !s.items[result.N].Writes() {
		return false
	}
	for _, w := range (reader{s.a}).accesses(s.items[result.N], int(result.N)) {
		if slices.ContainsFunc(w.Assigned, func(a Assignment) bool { return a.Adds && dynamo.SameAttribute(a.Attr, attr) }) {
			return true
		}
	}
	return false
}

// counted reports a number that goes on from another read: the next version's.
func (s source) counted(y term.Ref) bool {
	return mentions(s.a, y, func(n term.Node) bool {
		return n.Op == term.Bin && n.Text == "+" && s.a.Op(n.Args[1]) == term.Const && len(s.leaves(n.Args[0], nil)) > 0
	})
}

// composed reports a key that was put together: with a prefix of its own it may be that of another item.
func (s source) composed(v term.Ref) bool {
	return mentions(s.a, v, func(n term.Node) bool { return n.Op == term.Concat })
}

// keyLike guesses from its name whether an attribute identifies the item, where no request of the program
// shows the key.
func keyLike(name string) bool {
	n := strings.ToLower(name)
	return n == "pk" || n == "sk" || n == "id" || strings.HasSuffix(n, "id") || n == "key"
}
