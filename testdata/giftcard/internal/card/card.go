// Package card holds what the gift-card service is about: cards with a
// balance, and campaigns that give cards away until a quota is used up.
package card

import (
	"errors"
	"time"
)

// The reasons why a card or a campaign says no.
var (
	ErrNotFound = errors.New("not found")
	ErrBalance  = errors.New("balance is too low")
	ErrQuota    = errors.New("campaign has no cards left")
	ErrConflict = errors.New("changed by somebody else, please try again")
)

// Card is one gift card.
type Card struct {
	ID       string    `dynamodbav:"id" json:"id"`
	Campaign string    `dynamodbav:"campaign,omitempty" json:"campaign,omitempty"`
	Email    string    `dynamodbav:"email" json:"email"`
	Cents    int64     `dynamodbav:"cents" json:"cents"`
	Version  int64     `dynamodbav:"version" json:"-"`
	Issued   time.Time `dynamodbav:"issued,unixtime" json:"issued"`
}

// Pay takes an amount from the card.
func (c *Card) Pay(cents int64) error {
	if c.Cents < cents {
		return ErrBalance
	}
	c.Cents -= cents
	return nil
}

// Campaign gives away cards of one value, Quota of them at most.
type Campaign struct {
	ID     string `dynamodbav:"id"`
	Cents  int64  `dynamodbav:"cents"`
	Quota  int    `dynamodbav:"quota"`
	Issued int    `dynamodbav:"issued"`
}

// Take reserves n cards of the campaign.
func (c *Campaign) Take(n int) error {
	if c.Issued+n > c.Quota {
		return ErrQuota
	}
	c.Issued += n
	return nil
}

// Entry is one line of the ledger: what moved on which card, and why.
type Entry struct {
	ID    string    `dynamodbav:"id"`
	Card  string    `dynamodbav:"card"`
	Cents int64     `dynamodbav:"cents"`
	Why   string    `dynamodbav:"why"`
	At    time.Time `dynamodbav:"at"`
}
