// Package entity has a domain object with private fields, behind getters,
// methods and a mapper that turns it into a row and back.
//
// Two deposits at once: both entities start from the same row, and one deposit
// is not in the row that is left.
//
// Invariant: the balance is the sum of all deposits.
package entity

import (
	"errors"
	"fmt"
)

var errAmount = errors.New("amount must be positive")

// Money is an amount in cents.
type Money struct{ cents int64 }

// Cents makes an amount.
func Cents(n int64) Money { return Money{n} }

// Plus adds two amounts.
func (m Money) Plus(n Money) Money { return Money{m.cents + n.cents} }

// Account is an account with rules.
type Account struct {
	id      string
	owner   string
	balance Money
	version uint
	changes []fmt.Stringer
}

type deposited struct{ Money }

func (d deposited) String() string { return fmt.Sprintf("deposited %d", d.cents) }

// ID returns the account's id.
func (a *Account) ID() string { return a.id }

// Balance returns what is in the account.
func (a *Account) Balance() Money { return a.balance }

// Version returns the version the account was loaded at.
func (a *Account) Version() uint { return a.version }

// Deposit pays into the account.
func (a *Account) Deposit(m Money) error {
	if m.cents <= 0 {
		return errAmount
	}
	a.apply(deposited{m})
	return nil
}

func (a *Account) apply(d deposited) {
	a.balance = a.balance.Plus(d.Money)
	a.changes = append(a.changes, d)
}

// Changes says what happened since the account was loaded.
func (a *Account) Changes() []fmt.Stringer { return a.changes }
