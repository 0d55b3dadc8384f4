// Package shelf keeps what stands on shelves. Its port stores shelves that were read and changed, and those that a client sends
// whole, which have no version that could be demanded.
//
// Two people put something on one shelf at once: both add to the same old list, and one of the two things is nowhere.
//
// Invariant: what was put on a shelf without an error is on it.
package shelf

import (
	"context"
	"encoding/json"
	"io"
)

// Shelf is one shelf.
type Shelf struct {
	ID      string   `json:"id"`
	Things  []string `json:"things"`
	Version int64    `json:"version"`
}

// Shelves is where shelves are kept.
type Shelves interface {
	Load(ctx context.Context, id string) (Shelf, error)
	Save(ctx context.Context, s Shelf) error
	SaveAt(ctx context.Context, s Shelf, version int64) error
}

// Room is a room with shelves.
type Room struct{ Shelves Shelves }

// Add puts a thing on a shelf.
func (r Room) Add(ctx context.Context, id, thing string) error {
	s, err := r.Shelves.Load(ctx, id)
	if err != nil {
		return err
	}
	s.Things = append(s.Things, thing)
	return r.Shelves.Save(ctx, s) // want lostupdate // gate
}

// AddSafe puts a thing on a shelf that is as it was read.
func (r Room) AddSafe(ctx context.Context, id, thing string) error {
	s, err := r.Shelves.Load(ctx, id)
	if err != nil {
		return err
	}
	read := s.Version
	s.Things = append(s.Things, thing)
	s.Version = read + 1
	return r.Shelves.SaveAt(ctx, s, read)
}

// Replace stores a shelf as a client sends it.
func (r Room) Replace(ctx context.Context, body io.Reader) error {
	var s Shelf
	if err := json.NewDecoder(body).Decode(&s); err != nil {
		return err
	}
	return r.Shelves.Save(ctx, s)
}
