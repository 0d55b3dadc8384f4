// Package turnstile lets ticket holders in. Its tickets know nothing of how they are stored, nor of a version.
//
// Two gates scan one ticket at once: both add themselves to the same old list, and one scan was never made.
//
// Invariant: every scan that was accepted is on the ticket.
package turnstile

import (
	"context"
	"errors"
	"time"
)

// ErrOver says that the day of a ticket is over.
var ErrOver = errors.New("ticket is of another day")

// Ticket is a ticket for one day.
type Ticket struct {
	ID     string
	Holder string
	Day    time.Time
	Scans  []string
}

// Tickets is where tickets are kept.
type Tickets interface {
	Get(ctx context.Context, id string) (Ticket, error)
	Save(ctx context.Context, t Ticket) error
	AddScan(ctx context.Context, id, gate string) error
}

// Gates let people in.
type Gates struct{ Tickets Tickets }

// Scan lets the holder of a ticket in.
func (g Gates) Scan(ctx context.Context, id, gate string, now time.Time) error {
	t, err := g.Tickets.Get(ctx, id)
	if err != nil {
		return err
	}
	if now.Sub(t.Day) > 24*time.Hour {
		return ErrOver
	}
	t.Scans = append(t.Scans, gate)
	return g.Tickets.Save(ctx, t) // want lostupdate // gate
}

// ScanSafe lets the holder in, and leaves adding to the list to DynamoDB.
func (g Gates) ScanSafe(ctx context.Context, id, gate string, now time.Time) error {
	t, err := g.Tickets.Get(ctx, id)
	if err != nil {
		return err
	}
	if now.Sub(t.Day) > 24*time.Hour {
		return ErrOver
	}
	return g.Tickets.AddScan(ctx, id, gate)
}

// Issue makes a ticket that nobody has had before.
func (g Gates) Issue(ctx context.Context, id, holder string, day time.Time) error {
	return g.Tickets.Save(ctx, Ticket{ID: id, Holder: holder, Day: day})
}
