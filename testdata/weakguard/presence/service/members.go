// Package service adds and removes members of accounts; the store it calls
// demands no more than that the account exists.
//
// Two invitations are accepted at the same time: both add their member to the
// old list, and the second write removes the first member again.
//
// Invariant: everybody whose Join returned nil is a member.
package service

import (
	"context"
	"slices"
	"time"

	"github.com/ddbvet/ddbvet/testdata/weakguard/presence/store"
)

// Members changes who belongs to an account.
type Members struct {
	Accounts *store.Accounts
	Now      func() time.Time
}

// Join adds a member.
func (m *Members) Join(ctx context.Context, account, member string) error {
	acc, err := m.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	if slices.Contains(acc.Members, member) {
		return nil
	}
	acc.Members = append(acc.Members, member)
	acc.Modified = m.Now()
	return m.Accounts.Replace(ctx, acc) // want weakguard
}

// Leave removes a member.
func (m *Members) Leave(ctx context.Context, account, member string) error {
	acc, err := m.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	acc.Members = slices.DeleteFunc(acc.Members, func(s string) bool { return s == member })
	return m.Accounts.Replace(ctx, acc) // want weakguard
}

// JoinSafe adds a member to an account that nobody changed meanwhile.
func (m *Members) JoinSafe(ctx context.Context, account, member string) error {
	acc, err := m.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	if slices.Contains(acc.Members, member) {
		return nil
	}
	acc.Members = append(acc.Members, member)
	acc.Modified = m.Now()
	return m.Accounts.Swap(ctx, acc)
}
