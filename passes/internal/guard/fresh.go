package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Keys that nobody can have used before, and what a name says of an attribute.

// Fresh reports a value that is new on every call.
func (s Source) Fresh(r term.Ref) bool { return newness{s, true, map[term.Ref]bool{}}.of(r) }

// unique reports a value that no item has as its key yet. Today's date is new, and the same for all calls of a day.
func (s Source) unique(r term.Ref) bool { return newness{s, false, map[term.Ref]bool{}}.of(r) }

// A newness remembers what it has found in seen, since terms share their parts.
type newness struct {
	Source
	dates bool // count as new
	seen  map[term.Ref]bool
}

func (s newness) of(r term.Ref) bool {
	if r == term.None {
		return false
	}
	if v, ok := s.seen[r]; ok {
		return v
	}
	s.seen[r] = false
	s.seen[r] = s.made(r, s.Arena.Node(r))
	return s.seen[r]
}

// made looks at what a value is made of.
func (s newness) made(r term.Ref, n term.Node) bool {
	switch n.Op {
	case term.Call:
		return (s.dates || !date(n)) && (n.M != 0 || slices.ContainsFunc(n.Args, s.within))
	case term.Field:
		return s.drawn(r) || s.of(n.Args[0])
	case term.Concat, term.Bin, term.Un, term.Iface:
		return slices.ContainsFunc(n.Args, s.of)
	case term.Alt:
		values := slices.DeleteFunc(s.Alternatives(r), func(v term.Ref) bool { return s.Arena.Op(s.Bare(v)) == term.Zero }) // comes with an error
		return len(values) > 0 && !slices.ContainsFunc(values, func(v term.Ref) bool { return !s.of(v) })
	}
	return false
}

// within reports a new value, or a list with one.
func (s newness) within(r term.Ref) bool {
	return s.of(r) || slices.ContainsFunc(access.Reader{Arena: s.Arena}.Elements(r, 0), s.of)
}

// date reports a part of a time that many calls share: a day, an hour.
func date(call term.Node) bool {
	name, isTime := strings.CutPrefix(call.Text, "(time.Time).")
	return isTime && slices.Contains([]string{"Format", "Date", "Year", "Month", "Day", "YearDay", "Weekday", "ISOWeek", "Hour"}, name)
}

// drawn reports a number that an atomic counter has given out: UpdateItem with ADD that returns the new value.
func (s Source) drawn(r term.Ref) bool {
	attr := ""
	n := s.Arena.Node(r)
	for ; n.Op == term.Field; n = s.Arena.Node(n.Args[0]) {
		if n.Text == dynamo.Attributes {
			break
		}
		attr = n.Text
	}
	if n.Op != term.Field || s.Arena.Op(n.Args[0]) != term.Result {
		return false
	}
	result := s.Arena.Node(n.Args[0])
	if int(result.N) >= len(s.Items) || !s.Items[result.N].Writes() {
		return false
	}
	for _, w := range s.Accesses(int(result.N)) {
		if slices.ContainsFunc(w.Assigned, func(a access.Assignment) bool { return a.Adds && dynamo.SameAttribute(a.Attr, attr) }) {
			return true
		}
	}
	return false
}

// counted reports a number that goes on from another read: the next version's.
func (s Source) counted(y term.Ref) bool {
	return access.Mentions(s.Arena, y, func(n term.Node) bool {
		return n.Op == term.Bin && n.Text == "+" && s.Arena.Op(n.Args[1]) == term.Const && len(s.Leaves(n.Args[0], nil)) > 0
	})
}

// composed reports a key that was put together: with a prefix of its own it may be that of another item.
func (s Source) composed(v term.Ref) bool {
	return access.Mentions(s.Arena, v, func(n term.Node) bool { return n.Op == term.Concat })
}

// keyAmong guesses whether an attribute identifies an item that has the attributes given: PK and SK do, whatever else
// has a name like a key.
func keyAmong(names []string, name string) bool {
	return General(name) || access.KeyLike(name) && !slices.ContainsFunc(names, General)
}
