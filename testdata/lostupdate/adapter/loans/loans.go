// Package loans lends books. Its port speaks of readers and books.
//
// A reader borrows at two desks at once: both desks add their book to the same
// old list, and one book leaves the library without a trace.
//
// Invariant: every book whose Lend returned nil is on a reader's list.
package loans

import (
	"context"
	"errors"
	"slices"
)

// ErrTooMany says that a reader has as many books as one may have.
var ErrTooMany = errors.New("too many books")

// Reader is one reader of the library.
type Reader struct {
	Card    string
	Books   []string
	Max     int
	Version int64
}

// Readers keeps readers.
type Readers interface {
	Find(ctx context.Context, card string) (Reader, error)
	Keep(ctx context.Context, r Reader) error
	KeepIf(ctx context.Context, r Reader, version int64) error
}

// Library lends books.
type Library struct{ Readers Readers }

// Lend gives a book to a reader.
func (l Library) Lend(ctx context.Context, card, book string) error {
	r, err := l.Readers.Find(ctx, card)
	if err != nil {
		return err
	}
	if len(r.Books) >= r.Max {
		return ErrTooMany
	}
	r.Books = append(r.Books, book)
	return l.Readers.Keep(ctx, r) // want lostupdate // gate
}

// Return takes a book back, if the reader's list is still the one read.
func (l Library) Return(ctx context.Context, card, book string) error {
	r, err := l.Readers.Find(ctx, card)
	if err != nil {
		return err
	}
	read := r.Version
	r.Books = slices.DeleteFunc(r.Books, func(b string) bool { return b == book })
	r.Version = read + 1
	return l.Readers.KeepIf(ctx, r, read)
}
