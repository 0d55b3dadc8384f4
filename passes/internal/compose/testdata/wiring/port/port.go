// Package port holds the ports of the wiring fixtures: small interfaces and function types that several types
// implement, so that only what gets where tells which one runs.
package port

import "context"

// Item is one item.
type Item struct {
	ID string
	N  int
}

// Other is an item of another kind.
type Other struct {
	ID string
	M  int
}

// Repo keeps items.
type Repo interface {
	Get(ctx context.Context, id string) (*Item, error)
	Save(ctx context.Context, it *Item) error
}

// Saver only saves.
type Saver interface {
	Save(ctx context.Context, it *Item) error
}

// Full is embedded in by other ports.
type Full interface {
	Repo
	Drop(ctx context.Context, id string) error
}

// SaveFunc saves.
type SaveFunc func(ctx context.Context, it *Item) error

// Updater updates one T.
type Updater[T any] interface {
	Update(ctx context.Context, v T) error
}
