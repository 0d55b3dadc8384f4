package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Readback names the check for counters that are read again after they were raised.
const Readback = "readback"

// A ReadBack is a number that a function gave out: it raised a counter, read what the counter was then, and stored
// that. Another client may have raised it in between.
type ReadBack struct {
	Raise, Read, Write *access.Access
	// Attr is the counter, To where the number is stored; empty when it is part of a key.
	Attr, To string
}

// ReadBacks finds the numbers that a body takes from a second request.
func ReadBacks(u *compose.Universe, b *compose.Body) []ReadBack {
	if !readsAndWrites(b) {
		return nil
	}
	e := NewExaminer(u, b)
	var out []ReadBack
	for i, it := range b.Items {
		if it.Reads() {
			out = append(out, e.readBack(i)...)
		}
	}
	return out
}

// readBack finds the counters that were raised just before read i, and the writes that store what it read of them.
func (e *Examiner) readBack(i int) []ReadBack {
	read := e.Read(i)
	if read.Kind != dynamo.Get {
		return nil
	}
	var out []ReadBack
	for k := range i {
		if !e.Items[k].Writes() || !e.follows(e.Items[k], e.Items[i]) {
			continue
		}
		for _, raise := range e.Accesses(k) {
			for _, attr := range e.raised(raise) {
				if e.Relate(read, raise) == Same {
					out = append(out, e.givenOut(raise, read, attr)...)
				}
			}
		}
	}
	return out
}

// raised lists the attributes that DynamoDB counts on in an action. One that is pinned has a known value.
func (e *Examiner) raised(w *access.Access) []string {
	var out []string
	for _, s := range w.Assigned {
		pinned := w.Cond.Some(func(a access.Atom) bool { return a.Op == expr.Eq && a.On(s.Attr) })
		if w.Kind == dynamo.Update && s.Adds && s.Attr != "" && !pinned {
			out = append(out, s.Attr)
		}
	}
	return out
}

// follows reports whether both events can happen in one call: they are not on two sides of one branch.
func (e *Examiner) follows(first, second *compose.Item) bool {
	return !slices.ContainsFunc(first.When, func(c term.Ref) bool {
		n := e.Arena.Node(c)
		return n.N&term.CondMust != 0 && slices.ContainsFunc(second.When, func(d term.Ref) bool {
			m := e.Arena.Node(d)
			return m.N&term.CondMust != 0 && m.Args[0] == n.Args[0] && m.N&term.CondTrue != n.N&term.CondTrue
		})
	})
}

// givenOut finds the writes of other items that store what was read of the counter.
func (e *Examiner) givenOut(raise, read *access.Access, attr string) []ReadBack {
	var out []ReadBack
	for i := read.Number + 1; i < len(e.Items); i++ {
		if !e.Items[i].Writes() || !e.meetsAll(raise.Number, read.Number, i) {
			continue
		}
		for _, w := range e.Accesses(i) {
			if !Mutates(w) || e.Relate(read, w) == Same || e.nextNumber(w, read) || e.oncePerNumber(w) {
				continue
			}
			for _, d := range e.Deps(w) {
				if d.Read == read.Number && (d.What == Value || d.What == Key) && dynamo.SameAttribute(d.Attr, attr) {
					out = append(out, ReadBack{Raise: raise, Read: read, Write: w, Attr: attr, To: d.To})
					break
				}
			}
		}
	}
	return out
}

// nextNumber reports a write that counts on from what was read, or raises the counter in its own transaction: the read is
// for the number after, whoever raised it before.
func (e *Examiner) nextNumber(w, read *access.Access) bool {
	if slices.ContainsFunc(w.Tx, func(act *access.Access) bool { return act != w && e.Relate(read, act) == Same }) {
		return true
	}
	terms := []term.Ref{w.Stored, w.Key}
	for _, s := range w.Assigned {
		terms = append(terms, s.Value)
	}
	j := Judge{Source: e.Source}
	return slices.ContainsFunc(terms, func(t term.Ref) bool { return t != term.None && j.countsOn(t, read.Number) })
}

// oncePerNumber reports a write that demands the absence of its key: of two with one number the second is refused.
func (e *Examiner) oncePerNumber(w *access.Access) bool {
	j := Judge{Source: e.Source}
	return w.Cond.Always(func(a access.Atom) bool { return a.Op == expr.NotExists }) && !j.FreshKey(w)
}

// meetsAll reports whether this body is the lowest in which the three are known to belong together.
func (e *Examiner) meetsAll(raise, read, write int) bool {
	return e.Meets(read, write) || e.Meets(raise, write) || e.Meets(raise, read)
}
