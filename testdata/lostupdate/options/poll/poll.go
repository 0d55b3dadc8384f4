// Package poll runs polls over a port that a functional option sets.
//
// Two votes for one answer: both add one to the same old number.
//
// Invariant: the numbers add up to the votes that were accepted.
package poll

import (
	"context"
	"errors"
)

var errNoAnswer = errors.New("no such answer")

// Poll is one poll.
type Poll struct {
	ID      string
	Answers map[string]int
}

// Polls keeps polls.
type Polls interface {
	Poll(ctx context.Context, id string) (*Poll, error)
	Save(ctx context.Context, p *Poll) error
	Count(ctx context.Context, id, answer string) error
}

// Booth takes votes.
type Booth struct {
	polls Polls
	voted func(ctx context.Context, id string)
}

// An Option changes a booth.
type Option func(*Booth)

// WithPolls sets where the booth keeps its polls.
func WithPolls(p Polls) Option { return func(b *Booth) { b.polls = p } }

// WithHook sets what is called after each vote.
func WithHook(h func(ctx context.Context, id string)) Option {
	return func(b *Booth) { b.voted = h }
}

// NewBooth returns a booth.
func NewBooth(opts ...Option) *Booth {
	b := &Booth{voted: func(context.Context, string) {}}
	for _, o := range opts {
		o(b)
	}
	return b
}

// Vote counts a vote.
func (b *Booth) Vote(ctx context.Context, id, answer string) error {
	p, err := b.polls.Poll(ctx, id)
	if err != nil {
		return err
	}
	if _, ok := p.Answers[answer]; !ok {
		return errNoAnswer
	}
	p.Answers[answer]++
	if err := b.polls.Save(ctx, p); err != nil { // want lostupdate // gate
		return err
	}
	b.voted(ctx, id)
	return nil
}

// VoteSafe counts a vote on the server.
func (b *Booth) VoteSafe(ctx context.Context, id, answer string) error {
	p, err := b.polls.Poll(ctx, id)
	if err != nil {
		return err
	}
	if _, ok := p.Answers[answer]; !ok {
		return errNoAnswer
	}
	if err := b.polls.Count(ctx, id, answer); err != nil {
		return err
	}
	b.voted(ctx, id)
	return nil
}
