// Package memory keeps notes in memory.
package memory

import (
	"context"
	"errors"
	"sync"

	"github.com/ddbvet/ddbvet/testdata/silent/inmemory/notes"
)

var errNotFound = errors.New("no such note")

// Notes is a notes.Port.
type Notes struct {
	mu  sync.RWMutex
	all map[string]notes.Note
}

// New returns an empty port.
func New() *Notes { return &Notes{all: map[string]notes.Note{}} }

// Note returns a note.
func (m *Notes) Note(_ context.Context, id string) (notes.Note, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	n, ok := m.all[id]
	if !ok {
		return n, errNotFound
	}
	return n, nil
}

// Save stores a note.
func (m *Notes) Save(_ context.Context, n notes.Note) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[n.ID] = n
	return nil
}
