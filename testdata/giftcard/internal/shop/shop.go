// Package shop sells gift cards and takes them as payment.
package shop

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/giftcard/internal/card"
	"example.com/giftcard/internal/store"
)

// Shop is the till.
type Shop struct {
	store *store.Store
}

// New returns a shop over a store.
func New(s *store.Store) *Shop { return &Shop{store: s} }

// Sell makes a card of some value for the owner of an address.
func (s *Shop) Sell(ctx context.Context, email string, cents int64) (card.Card, error) {
	c := card.Card{ID: uuid.NewString(), Email: email, Cents: cents, Issued: time.Now()}
	return c, s.store.Create(ctx, c)
}

// Balance says what is left on a card.
func (s *Shop) Balance(ctx context.Context, id string) (int64, error) {
	c, err := s.store.Card(ctx, id)
	if err != nil {
		return 0, err
	}
	return c.Cents, nil
}

// Redeem pays with a card and returns what is left on it.
func (s *Shop) Redeem(ctx context.Context, id string, cents int64) (int64, error) {
	c, err := s.store.Card(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := c.Pay(cents); err != nil {
		return 0, err
	}
	if err := s.store.Save(ctx, c); err != nil { // want lostupdate
		return 0, err
	}
	return c.Cents, nil
}

// Give hands a card on to the owner of another address.
func (s *Shop) Give(ctx context.Context, id, email string) error {
	if _, err := s.store.Card(ctx, id); err != nil {
		return err
	}
	return s.store.SetEmail(ctx, id, email)
}
