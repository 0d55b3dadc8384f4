// Package kv puts loans.Readers on top of any store of documents: an adapter
// between two interfaces.
package kv

import (
	"context"
	"fmt"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/loans"
)

// Document is one stored document.
type Document map[string]any

// Store stores documents under keys.
type Store interface {
	Get(ctx context.Context, key string) (Document, error)
	Set(ctx context.Context, key string, doc Document) error
	SetIf(ctx context.Context, key string, doc Document, field string, value int64) error
}

// Readers is a loans.Readers.
type Readers struct{ store Store }

// NewReaders returns the readers of a store.
func NewReaders(s Store) *Readers { return &Readers{store: s} }

// Find reads a reader.
func (r *Readers) Find(ctx context.Context, card string) (loans.Reader, error) {
	doc, err := r.store.Get(ctx, "reader/"+card)
	if err != nil {
		return loans.Reader{}, fmt.Errorf("find reader %s: %w", card, err)
	}
	found := loans.Reader{Card: card}
	if list, ok := doc["books"].([]any); ok {
		for _, b := range list {
			found.Books = append(found.Books, fmt.Sprint(b))
		}
	}
	if n, ok := doc["max"].(float64); ok {
		found.Max = int(n)
	}
	if n, ok := doc["version"].(float64); ok {
		found.Version = int64(n)
	}
	return found, nil
}

func document(r loans.Reader) Document {
	return Document{"books": r.Books, "max": r.Max, "version": r.Version}
}

// Keep stores a reader.
func (r *Readers) Keep(ctx context.Context, reader loans.Reader) error {
	return r.store.Set(ctx, "reader/"+reader.Card, document(reader))
}

// KeepIf stores a reader that is at a version.
func (r *Readers) KeepIf(ctx context.Context, reader loans.Reader, version int64) error {
	return r.store.SetIf(ctx, "reader/"+reader.Card, document(reader), "version", version)
}
