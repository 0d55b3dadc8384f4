// Package billing books payments on invoices. It knows DynamoDB only as a port.
//
// Two part payments of one invoice come in together: both are added to the
// same old sum, and the customer is reminded of money that was paid.
//
// Invariant: Paid is the sum of all payments that were booked.
package billing

import (
	"context"
	"errors"
	"time"
)

// The reasons why a payment is not booked.
var (
	ErrSettled = errors.New("invoice is settled")
	ErrChanged = errors.New("invoice was changed meanwhile")
)

// Invoice is one invoice.
type Invoice struct {
	Number  string
	Cents   int64
	Paid    int64
	LastPay time.Time
	Version int
}

// Invoices is where invoices are kept.
type Invoices interface {
	ByNumber(ctx context.Context, number string) (*Invoice, error)
	Store(ctx context.Context, inv *Invoice) error
	// StoreVersion stores an invoice that is still at the version it was read at.
	StoreVersion(ctx context.Context, inv *Invoice) error
}

// Desk books payments.
type Desk struct {
	invoices Invoices
	now      func() time.Time
}

// NewDesk returns a desk over a port.
func NewDesk(invoices Invoices) *Desk { return &Desk{invoices: invoices, now: time.Now} }

func (d *Desk) open(ctx context.Context, number string) (*Invoice, error) {
	inv, err := d.invoices.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	if inv.Paid >= inv.Cents {
		return nil, ErrSettled
	}
	return inv, nil
}

// Pay books a payment.
func (d *Desk) Pay(ctx context.Context, number string, cents int64) error {
	inv, err := d.open(ctx, number)
	if err != nil {
		return err
	}
	inv.Paid += cents
	inv.LastPay = d.now()
	return d.invoices.Store(ctx, inv) // want lostupdate // gate
}

// PaySafe books a payment on an invoice that is as it was read.
func (d *Desk) PaySafe(ctx context.Context, number string, cents int64) error {
	inv, err := d.open(ctx, number)
	if err != nil {
		return err
	}
	inv.Paid += cents
	inv.LastPay = d.now()
	return d.invoices.StoreVersion(ctx, inv)
}
