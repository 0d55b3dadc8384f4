// Package tables reserves restaurant tables. Its ports are function types.
//
// Two guests reserve table 7 for eight o'clock: both find it free, both are
// told to come, and the second one's name is in the book.
//
// Invariant: of all reservations of one table and hour one returns nil.
package tables

import (
	"context"
	"errors"
)

// ErrReserved says that a table is reserved for that hour.
var ErrReserved = errors.New("table is reserved")

// A FindFunc says who has reserved a table for an hour, nobody when it is free.
type FindFunc func(ctx context.Context, table, hour string) (guest string, err error)

// A SaveFunc stores who has reserved a table for an hour.
type SaveFunc func(ctx context.Context, table, hour, guest string) error

// Reserve reserves a table for a guest.
func Reserve(find FindFunc, save SaveFunc) SaveFunc {
	return func(ctx context.Context, table, hour, guest string) error {
		other, err := find(ctx, table, hour)
		if err != nil {
			return err
		}
		if other != "" {
			return ErrReserved
		}
		return save(ctx, table, hour, guest) // want checkthenact // gate
	}
}

// ReserveSafe reserves a table for a guest with a save that refuses a table
// that was reserved meanwhile.
func ReserveSafe(find FindFunc, saveNew SaveFunc) SaveFunc {
	return func(ctx context.Context, table, hour, guest string) error {
		other, err := find(ctx, table, hour)
		if err != nil {
			return err
		}
		if other != "" {
			return ErrReserved
		}
		return saveNew(ctx, table, hour, guest)
	}
}
