// Package gureguv1 is written with the first version of
// github.com/guregu/dynamo: reads by One, All, Count and an iterator.
//
// Two visitors ask for the badge of one name at once: both find none and both
// issue one.
//
// Invariant: a name has one badge, a hall has at most two guests and none of
// them twice.
package gureguv1

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/google/uuid"
	"github.com/guregu/dynamo"
)

var (
	// ErrTaken says that there is a badge for a name.
	ErrTaken = errors.New("badge is taken")
	// ErrFull says that a hall has its guests.
	ErrFull = errors.New("hall is full")
)

const limit = 2

// Badge is one badge.
type Badge struct {
	Name   string `dynamo:"name,hash"`
	Issuer string `dynamo:"issuer"`
}

// Guest is one guest of a hall.
type Guest struct {
	Hall string `dynamo:"hall,hash"`
	ID   string `dynamo:"id,range"`
	Name string `dynamo:"name"`
}

// Desk issues badges.
type Desk struct {
	db             *dynamo.DB
	badges, guests dynamo.Table
}

// NewDesk returns a desk.
func NewDesk(client dynamodbiface.DynamoDBAPI) *Desk {
	db := dynamo.NewFromIface(client)
	return &Desk{db: db, badges: db.Table("badges"), guests: db.Table("guests")}
}

// Issue issues a badge to a name that has none.
func (d *Desk) Issue(ctx context.Context, name, issuer string) error {
	var b Badge
	err := d.badges.Get("name", name).OneWithContext(ctx, &b)
	if err == nil {
		return ErrTaken
	}
	if err != dynamo.ErrNotFound {
		return err
	}
	b = Badge{Name: name, Issuer: issuer}
	return d.badges.Put(b).RunWithContext(ctx) // want checkthenact
}

// IssueSafe demands that there is none when the write arrives.
func (d *Desk) IssueSafe(ctx context.Context, name, issuer string) error {
	var b Badge
	err := d.badges.Get("name", name).OneWithContext(ctx, &b)
	if err == nil {
		return ErrTaken
	}
	if !errors.Is(err, dynamo.ErrNotFound) {
		return err
	}
	err = d.badges.Put(Badge{Name: name, Issuer: issuer}).If("attribute_not_exists($)", "name").RunWithContext(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return ErrTaken
	}
	return err
}

// Admit lets a guest into a hall with room.
func (d *Desk) Admit(ctx context.Context, hall, name string) error {
	n, err := d.guests.Get("hall", hall).CountWithContext(ctx)
	if err != nil {
		return err
	}
	if n >= limit {
		return ErrFull
	}
	return d.guests.Put(Guest{Hall: hall, ID: uuid.NewString(), Name: name}).RunWithContext(ctx) // want phantomread
}

// AdmitListed does the same with the list of guests.
func (d *Desk) AdmitListed(ctx context.Context, hall, name string) error {
	var all []Guest
	if err := d.guests.Get("hall", hall).Consistent(true).AllWithContext(ctx, &all); err != nil {
		return err
	}
	if len(all) >= limit {
		return ErrFull
	}
	return d.guests.Put(Guest{Hall: hall, ID: uuid.NewString(), Name: name}).RunWithContext(ctx) // want phantomread
}

// AdmitWalked does the same with an iterator, and only where nobody has the name.
func (d *Desk) AdmitWalked(ctx context.Context, hall, name string) error {
	iter := d.guests.Get("hall", hall).Iter()
	var g Guest
	for iter.NextWithContext(ctx, &g) {
		if g.Name == name {
			return ErrTaken
		}
	}
	if err := iter.Err(); err != nil {
		return err
	}
	return d.guests.Put(Guest{Hall: hall, ID: uuid.NewString(), Name: name}).RunWithContext(ctx) // want phantomread
}

// AdmitWalkedSafe makes the name the key.
func (d *Desk) AdmitWalkedSafe(ctx context.Context, hall, name string) error {
	return d.guests.Put(Guest{Hall: hall, ID: name, Name: name}).If("attribute_not_exists(hall)").RunWithContext(ctx)
}

// AdmitSafe keeps the number of guests beside them, and the two in one transaction.
func (d *Desk) AdmitSafe(ctx context.Context, hall, name string) error {
	room := d.badges.Update("name", "hall "+hall).Add("guests", 1).If("attribute_not_exists(guests) OR guests < ?", limit)
	return d.db.WriteTx().
		Update(room).
		Put(d.guests.Put(Guest{Hall: hall, ID: uuid.NewString(), Name: name})).
		RunWithContext(ctx)
}

// EnrollSafe replaces badges, as a batch of puts whose values are the caller's.
func (d *Desk) EnrollSafe(ctx context.Context, badges []Badge) error {
	items := make([]any, 0, len(badges))
	for _, b := range badges {
		items = append(items, b)
	}
	_, err := d.badges.Batch().Write().Put(items...).RunWithContext(ctx)
	return err
}
