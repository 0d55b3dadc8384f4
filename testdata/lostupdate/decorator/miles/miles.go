// Package miles credits frequent flyers. What it is given as Accounts counts,
// caches and only then goes to DynamoDB.
//
// Two flights land at once: both credits add to the same old miles, which for
// one of them even came from a cache.
//
// Invariant: Miles is the sum of all credits.
package miles

import "context"

// Account is one flyer's account.
type Account struct {
	Flyer   string `dynamodbav:"flyer"`
	Miles   int    `dynamodbav:"miles"`
	Tier    string `dynamodbav:"tier"`
	Version int    `dynamodbav:"version"`
}

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, flyer string) (*Account, error)
	Put(ctx context.Context, a *Account) error
	Swap(ctx context.Context, a *Account, version int) error
}

// Credit adds miles to an account.
func Credit(ctx context.Context, accounts Accounts, flyer string, miles int) error {
	a, err := accounts.Get(ctx, flyer)
	if err != nil {
		return err
	}
	a.Miles += miles
	if a.Miles >= 50000 {
		a.Tier = "gold"
	}
	return accounts.Put(ctx, a) // want lostupdate // gate
}

// CreditSafe adds miles to an account that is as it was read.
func CreditSafe(ctx context.Context, accounts Accounts, flyer string, miles int) error {
	a, err := accounts.Get(ctx, flyer)
	if err != nil {
		return err
	}
	next := *a
	next.Miles += miles
	next.Version = a.Version + 1
	return accounts.Swap(ctx, &next, a.Version)
}
