// Package wrap holds decorators of miles.Accounts, which call on.
package wrap

import (
	"context"
	"expvar"
	"sync"
	"time"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/miles"
)

// Metered counts calls; what it does not count it passes on by embedding.
type Metered struct {
	miles.Accounts
	Reads  *expvar.Int
	Writes *expvar.Int
	Spent  *expvar.Float
}

// Get counts and calls on.
func (m Metered) Get(ctx context.Context, flyer string) (*miles.Account, error) {
	m.Reads.Add(1)
	start := time.Now()
	defer func() { m.Spent.Add(time.Since(start).Seconds()) }()
	return m.Accounts.Get(ctx, flyer)
}

// Put counts and calls on.
func (m Metered) Put(ctx context.Context, a *miles.Account) error {
	m.Writes.Add(1)
	return m.Accounts.Put(ctx, a)
}

// Cached remembers what it read.
type Cached struct {
	next miles.Accounts
	mu   sync.Mutex
	seen map[string]miles.Account
}

// NewCached returns a cache before next.
func NewCached(next miles.Accounts) *Cached {
	return &Cached{next: next, seen: map[string]miles.Account{}}
}

// Get looks into the cache first.
func (c *Cached) Get(ctx context.Context, flyer string) (*miles.Account, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, ok := c.seen[flyer]; ok {
		return &a, nil
	}
	a, err := c.next.Get(ctx, flyer)
	if err != nil {
		return nil, err
	}
	c.seen[flyer] = *a
	return a, nil
}

// Put calls on and forgets.
func (c *Cached) Put(ctx context.Context, a *miles.Account) error {
	c.forget(a.Flyer)
	return c.next.Put(ctx, a)
}

// Swap calls on and forgets.
func (c *Cached) Swap(ctx context.Context, a *miles.Account, version int) error {
	c.forget(a.Flyer)
	return c.next.Swap(ctx, a, version)
}

func (c *Cached) forget(flyer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seen, flyer)
}
