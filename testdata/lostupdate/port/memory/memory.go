// Package memory keeps invoices in a map, for trying things out. It is a
// second billing.Invoices, and nothing is to be said about it.
package memory

import (
	"context"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/billing"
)

// Invoices is a billing.Invoices for one goroutine.
type Invoices map[string]billing.Invoice

// ByNumber returns an invoice, a new one if there is none.
func (m Invoices) ByNumber(_ context.Context, number string) (*billing.Invoice, error) {
	inv, ok := m[number]
	if !ok {
		inv = billing.Invoice{Number: number, Cents: 10000}
	}
	return &inv, nil
}

// Store stores an invoice.
func (m Invoices) Store(_ context.Context, inv *billing.Invoice) error {
	m[inv.Number] = *inv
	return nil
}

// StoreVersion stores an invoice that is at its version.
func (m Invoices) StoreVersion(ctx context.Context, inv *billing.Invoice) error {
	if m[inv.Number].Version != inv.Version {
		return billing.ErrChanged
	}
	inv.Version++
	return m.Store(ctx, inv)
}
