// Package desk takes orders.
//
// Two clerks add a line each: both orders start from the same lines, and have the same version; one line is never delivered.
//
// Invariant: every line that was accepted is in the order.
package desk

import (
	"context"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/aggregate/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/aggregate/order"
)

// Desk takes orders.
type Desk struct{ Orders order.Orders }

// New returns a desk over a table.
func New(orders *dynamo.Orders) Desk { return Desk{Orders: orders} }

// Add adds a line to an order.
func (d Desk) Add(ctx context.Context, id, line string) error {
	o, err := d.Orders.Find(ctx, id)
	if err != nil {
		return err
	}
	o.Add(line)
	return d.Orders.Save(ctx, o) // want lostupdate
}

// AddSafe adds a line to an order that is as it was read.
func (d Desk) AddSafe(ctx context.Context, id, line string) error {
	o, err := d.Orders.Find(ctx, id)
	if err != nil {
		return err
	}
	read := o.Version()
	o.Add(line)
	return d.Orders.Replace(ctx, o, read)
}

// Open makes an order.
func (d Desk) Open(ctx context.Context, id string) error { return d.Orders.Save(ctx, order.New(id)) }
