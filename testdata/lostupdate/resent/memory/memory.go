// Package memory keeps shelves in a map: a second shelf.Shelves, and nothing is to be said about it.
package memory

import (
	"context"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/resent/shelf"
)

// Shelves is a shelf.Shelves for one goroutine.
type Shelves map[string]shelf.Shelf

// Load returns a shelf, an empty one if there is none.
func (m Shelves) Load(_ context.Context, id string) (shelf.Shelf, error) {
	s := m[id]
	s.ID = id
	return s, nil
}

// Save stores a shelf.
func (m Shelves) Save(_ context.Context, s shelf.Shelf) error {
	m[s.ID] = s
	return nil
}

// SaveAt stores a shelf.
func (m Shelves) SaveAt(ctx context.Context, s shelf.Shelf, _ int64) error { return m.Save(ctx, s) }
