// Package order has an aggregate that counts its version itself, whenever it changes. Its fields are its own.
package order

import "context"

// Order is an order of lines.
type Order struct {
	id      string
	lines   []string
	version int64
}

// New makes an order that nobody has had before.
func New(id string) *Order { return &Order{id: id} }

// Restore makes an order of what is stored of it.
func Restore(id string, lines []string, version int64) *Order {
	return &Order{id: id, lines: lines, version: version}
}

// ID returns the order's id.
func (o *Order) ID() string { return o.id }

// Lines returns what is ordered.
func (o *Order) Lines() []string { return o.lines }

// Version returns how often the order has changed.
func (o *Order) Version() int64 { return o.version }

// Add orders one thing more.
func (o *Order) Add(line string) {
	o.lines = append(o.lines, line)
	o.version++
}

// Orders is where orders are kept.
type Orders interface {
	Find(ctx context.Context, id string) (*Order, error)
	Save(ctx context.Context, o *Order) error
	Replace(ctx context.Context, o *Order, read int64) error
}
