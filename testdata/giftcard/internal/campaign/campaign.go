// Package campaign gives gift cards away.
package campaign

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/giftcard/internal/card"
	"example.com/giftcard/internal/store"
)

// Campaigns issues the cards of campaigns.
type Campaigns struct {
	store *store.Store
}

// New returns the campaigns of a store.
func New(s *store.Store) *Campaigns { return &Campaigns{store: s} }

// Issue gives one card to each address, as long as the campaign has cards.
func (c *Campaigns) Issue(ctx context.Context, id string, emails []string) ([]card.Card, error) {
	if len(emails) > store.MaxIssue {
		return nil, fmt.Errorf("at most %d cards at once", store.MaxIssue)
	}
	camp, err := c.store.Campaign(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := camp.Take(len(emails)); err != nil {
		return nil, err
	}
	cards := make([]card.Card, len(emails))
	for i, email := range emails {
		cards[i] = card.Card{
			ID:       uuid.NewString(),
			Campaign: id,
			Email:    email,
			Cents:    camp.Cents,
			Issued:   time.Now(),
		}
	}
	if err := c.store.SaveIssued(ctx, camp, cards); err != nil { // want batchatomicity
		return nil, err
	}
	return cards, nil
}
