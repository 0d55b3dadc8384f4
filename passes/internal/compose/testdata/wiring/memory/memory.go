// Package memory implements the ports without DynamoDB, as tests and local runs do.
package memory

import (
	"context"

	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/port"
)

// Items keeps items in memory.
type Items struct{ all map[string]*port.Item }

// New returns a memory with nothing in it.
func New() *Items { return &Items{all: map[string]*port.Item{}} }

// Get returns an item.
func (m *Items) Get(_ context.Context, id string) (*port.Item, error) { return m.all[id], nil }

// Save keeps an item.
func (m *Items) Save(_ context.Context, it *port.Item) error {
	m.all[it.ID] = it
	return nil
}

// Drop forgets an item.
func (m *Items) Drop(_ context.Context, id string) error {
	delete(m.all, id)
	return nil
}

// Null is a repository that is switched off.
type Null struct{}

// Get finds nothing.
func (Null) Get(context.Context, string) (*port.Item, error) { return nil, nil }

// Save does nothing.
func (Null) Save(context.Context, *port.Item) error { return nil }
