package svc

import (
	"context"

	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/port"
)

// Deps are functions in the fields of a struct that is handed over whole.
type Deps struct {
	Save  func(ctx context.Context, it *port.Item) error
	Write func(ctx context.Context, it *port.Item) error
	Keep  port.SaveFunc
}

// Functions calls functions.
type Functions struct{ deps Deps }

// NewFunctions returns Functions.
func NewFunctions(d Deps) *Functions { return &Functions{d} }

// Bound calls a method value.
func (f *Functions) Bound(ctx context.Context, it *port.Item) error {
	return f.deps.Save(ctx, it) // runs (*table.Items).Save
}

// Made calls a closure that a constructor of another package has made.
func (f *Functions) Made(ctx context.Context, it *port.Item) error {
	return f.deps.Write(ctx, it) // runs table.Writer$1
}

// Through calls the method value of an interface.
func (f *Functions) Through(ctx context.Context, it *port.Item) error {
	return f.deps.Keep(ctx, it) // runs (table.Archive).Save
}

// Optional has its function from an option.
type Optional struct {
	save   func(ctx context.Context, it *port.Item) error
	saver  port.Saver
	before []func(ctx context.Context, it *port.Item) error
}

// An Option changes an Optional.
type Option func(*Optional)

// WithSave sets the function.
func WithSave(f func(ctx context.Context, it *port.Item) error) Option {
	return func(o *Optional) { o.save = f }
}

// WithSaver sets the port.
func WithSaver(s port.Saver) Option { return func(o *Optional) { o.saver = s } }

// WithBefore adds a function to a list.
func WithBefore(f func(ctx context.Context, it *port.Item) error) Option {
	return func(o *Optional) { o.before = append(o.before, f) }
}

// NewOptional returns an Optional.
func NewOptional(opts ...Option) *Optional {
	o := &Optional{}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

// Func calls the function of an option.
func (o *Optional) Func(ctx context.Context, it *port.Item) error {
	return o.save(ctx, it) // runs (table.Archive).Save
}

// Port calls the port of an option.
func (o *Optional) Port(ctx context.Context, it *port.Item) error {
	return o.saver.Save(ctx, it) // runs (table.Archive).Save
}

// Expression is a method expression in a field.
type Expression struct {
	Save func(r port.Repo, ctx context.Context, it *port.Item) error
	repo port.Repo
}

// NewExpression returns an Expression.
func NewExpression(r port.Repo) *Expression { return &Expression{Save: port.Repo.Save, repo: r} }

// All calls a list of handlers.
func All(ctx context.Context, handlers []Handler, it *port.Item) error {
	for _, h := range handlers {
		if err := h.Handle(ctx, it); err != nil { // runs (svc.Saving).Handle
			return err
		}
	}
	return nil
}

// A Handler is kept in lists and sent through channels.
type Handler interface {
	Handle(ctx context.Context, it *port.Item) error
}

// Saving is a handler over a port.
type Saving struct{ Repo port.Repo }

// Handle saves.
func (s Saving) Handle(ctx context.Context, it *port.Item) error {
	return s.Repo.Save(ctx, it) // runs (*table.Items).Save
}

// Work takes repositories out of a channel.
func Work(ctx context.Context, repos <-chan port.Repo, it *port.Item) error {
	for r := range repos {
		if err := r.Save(ctx, it); err != nil { // runs (table.Archive).Save
			return err
		}
	}
	return nil
}

// Container holds anything.
type Container map[string]any

// Contained takes its port out of a container.
func Contained(ctx context.Context, c Container, it *port.Item) error {
	repo, ok := c["repo"].(port.Repo)
	if !ok {
		return nil
	}
	return repo.Save(ctx, it) // runs (*table.Items).Save
}

// Board works on two kinds by one generic port.
type Board struct {
	items  port.Updater[port.Item]
	others port.Updater[port.Other]
}

// NewBoard returns a Board.
func NewBoard(i port.Updater[port.Item], o port.Updater[port.Other]) *Board { return &Board{i, o} }

// Item updates an item.
func (b *Board) Item(ctx context.Context, it port.Item) error {
	return b.items.Update(ctx, it) // runs (table.ItemUpdater).Update
}

// Other updates the other kind.
func (b *Board) Other(ctx context.Context, it port.Other) error {
	return b.others.Update(ctx, it) // runs (table.OtherUpdater).Update
}

// Generic works on one kind of T by a port of T.
type Generic[T any] struct{ port port.Updater[T] }

// NewGeneric returns a Generic.
func NewGeneric[T any](p port.Updater[T]) *Generic[T] { return &Generic[T]{p} }

// Update updates a T.
func (g *Generic[T]) Update(ctx context.Context, v T) error {
	return g.port.Update(ctx, v) // runs (table.OtherUpdater).Update
}

// Adapter puts one port on top of another; two of them in a chain lead to the table.
type Adapter struct{ inner port.Saver }

// NewAdapter returns an Adapter.
func NewAdapter(s port.Saver) *Adapter { return &Adapter{s} }

// Handle saves.
func (a *Adapter) Handle(ctx context.Context, it *port.Item) error {
	return a.inner.Save(ctx, it) // runs (svc.Second).Save
}

// Second is the other adapter.
type Second struct {
	Write func(context.Context, *port.Item) error
}

// Save saves.
func (s Second) Save(ctx context.Context, it *port.Item) error {
	return s.Write(ctx, it) // runs (*table.Items).Save
}
