// Package lockers hands out the lockers of a swimming pool. Its port is put
// together from smaller ones, and one implementation embeds another.
//
// Two bathers take locker 12 at two terminals: both find it free, both get a
// code, and the second code opens the first one's locker.
//
// Invariant: a locker that was taken is not given out before it is released.
package lockers

import (
	"context"
	"errors"
)

// ErrTaken says that a locker is in use.
var ErrTaken = errors.New("locker is in use")

// Locker is one locker.
type Locker struct {
	No   string `dynamodbav:"locker"`
	Code string `dynamodbav:"code,omitempty"`
}

// Reader reads lockers.
type Reader interface {
	Locker(ctx context.Context, no string) (Locker, error)
}

// Writer changes who may open a locker.
type Writer interface {
	SetCode(ctx context.Context, no, code string) error
}

// Claimer gives a locker to one client alone.
type Claimer interface {
	ClaimCode(ctx context.Context, no, code string) error
}

// Lockers is all of it.
type Lockers interface {
	Reader
	Writer
	Claimer
}

// Pool hands out lockers.
type Pool struct{ Lockers }

// Take gives a free locker to whoever has the code.
func (p Pool) Take(ctx context.Context, no, code string) error {
	l, err := p.Locker(ctx, no)
	if err != nil {
		return err
	}
	if l.Code != "" {
		return ErrTaken
	}
	return p.SetCode(ctx, no, code) // want checkthenact // gate
}

// TakeSafe gives a locker that is free when the write arrives.
func (p Pool) TakeSafe(ctx context.Context, no, code string) error {
	l, err := p.Locker(ctx, no)
	if err != nil {
		return err
	}
	if l.Code != "" {
		return ErrTaken
	}
	return p.ClaimCode(ctx, no, code)
}
