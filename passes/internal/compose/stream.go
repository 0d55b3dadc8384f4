package compose

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Own reports whether a function belongs to the packages that Bodies describes.
func (u *Universe) Own(id string) bool {
	if u.owned == nil {
		u.owned = map[string]bool{}
		for _, x := range u.own {
			u.owned[x] = true
		}
	}
	return u.owned[id]
}

// Summary returns the Summary of a function, sealed; nil when it is not known.
func (u *Universe) Summary(id string) *summary.Summary { return u.sealed[id] }

// InStream returns the function that brings records to id: id itself, or the one around it where id is a closure.
func (u *Universe) InStream(id string) *summary.Summary {
	for {
		if s := u.sealed[id]; s != nil && len(s.Streams) > 0 {
			return s
		}
		i := strings.LastIndexByte(id, '$')
		if i < 0 {
			return nil
		}
		id = id[:i]
	}
}

// Handlers lists the functions that get batches of records and that no other such function leads to.
func (u *Universe) Handlers() map[string]bool {
	if u.handlers != nil {
		return u.handlers
	}
	u.handlers = map[string]bool{}
	for _, id := range u.own {
		if s := u.sealed[id]; slices.ContainsFunc(s.Streams, func(x summary.Stream) bool { return x.Batch }) {
			u.handlers[id] = true
		}
	}
	for _, id := range slices.Sorted(keys(u.handlers)) {
		seen := map[string]bool{id: true}
		u.led(id, seen)
		for other := range seen {
			if other != id && u.handlers[id] {
				delete(u.handlers, other)
			}
		}
	}
	return u.handlers
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// led gathers the functions that a function may lead to, by types alone.
func (u *Universe) led(id string, seen map[string]bool) {
	s := u.sealed[id]
	if s == nil {
		return
	}
	visit := func(callee string) {
		if !seen[callee] {
			seen[callee] = true
			u.led(callee, seen)
		}
	}
	for i := range s.Events {
		for _, callee := range u.possible(&s.Events[i]) {
			visit(callee)
		}
	}
	for _, n := range s.Terms {
		if n.Op == term.Closure || n.Op == term.Func {
			visit(n.Text)
		}
	}
}

// Place is the place in the text of the k-th function on the way to an item at which the way goes on: the call that
// enters the next function, or the item itself. The 0-th function is the body's own.
func (u *Universe) Place(b *Body, it *Item, k int) finding.Pos {
	switch {
	case k == 0:
		return b.RootPos[it.Root]
	case k >= len(it.Via):
		return it.Pos
	}
	at := finding.Pos{File: it.Via[k].File, Line: it.Via[k].Line}
	if s := u.sealed[it.Via[k-1].ID]; s != nil {
		for i := range s.Events {
			if p := s.Events[i].Pos; p.File == at.File && p.Line == at.Line {
				return p
			}
		}
	}
	return at
}
