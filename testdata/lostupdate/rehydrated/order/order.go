// Package order has an order whose fields are its own; a constructor restores it, its version included.
//
// Two clerks add a line each: both start from the same lines, and one line is never delivered.
//
// Invariant: every line that was accepted is in the order.
package order

import "context"

// Order is an order of lines.
type Order struct {
	id      string
	lines   []string
	version int
}

// Restore makes an order of what is stored of it.
func Restore(id string, lines []string, version int) *Order {
	return &Order{id: id, lines: lines, version: version}
}

// ID returns the order's id.
func (o *Order) ID() string { return o.id }

// Lines returns what is ordered.
func (o *Order) Lines() []string { return o.lines }

// Version returns the version that the order was stored with.
func (o *Order) Version() int { return o.version }

// Orders is where orders are kept.
type Orders interface {
	Find(ctx context.Context, id string) (*Order, error)
	Save(ctx context.Context, o *Order) error
	SaveLoaded(ctx context.Context, o *Order) error
}

// Desk takes orders.
type Desk struct{ Orders Orders }

// Add adds a line to an order.
func (d Desk) Add(ctx context.Context, id, line string) error {
	o, err := d.Orders.Find(ctx, id)
	if err != nil {
		return err
	}
	o.lines = append(o.lines, line)
	return d.Orders.Save(ctx, o) // want lostupdate // gate
}

// AddSafe adds a line to an order that is as it was read.
func (d Desk) AddSafe(ctx context.Context, id, line string) error {
	o, err := d.Orders.Find(ctx, id)
	if err != nil {
		return err
	}
	o.lines = append(o.lines, line)
	return d.Orders.SaveLoaded(ctx, o)
}
