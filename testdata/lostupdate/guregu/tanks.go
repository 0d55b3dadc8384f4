// Package guregu is written with github.com/guregu/dynamo/v2, whose requests
// are chains that end in Run, One or All.
//
// Two deliveries to one tank at once: both put the level they read plus their
// own litres.
//
// Invariant: the level is the sum of all deliveries, and one Seal returns nil.
package guregu

import (
	"context"
	"errors"

	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"
)

// ErrSealed says that a tank may not be opened.
var ErrSealed = errors.New("tank is sealed")

// Tank is one tank.
type Tank struct {
	ID       string `dynamo:"id,hash"`
	Litres   int    `dynamo:"litres"`
	SealedBy string `dynamo:"sealed_by,omitempty"`
	Version  int    `dynamo:"version"`
}

// Depot stores tanks.
type Depot struct{ tanks dynamo.Table }

// NewDepot returns the tanks of a table.
func NewDepot(client dynamodbiface.DynamoDBAPI, table string) *Depot {
	return &Depot{tanks: dynamo.NewFromIface(client).Table(table)}
}

func (d *Depot) tank(ctx context.Context, id string) (Tank, error) {
	var t Tank
	err := d.tanks.Get("id", id).Consistent(true).One(ctx, &t)
	return t, err
}

// Fill fills litres into a tank.
func (d *Depot) Fill(ctx context.Context, id string, litres int) error {
	t, err := d.tank(ctx, id)
	if err != nil {
		return err
	}
	t.Litres += litres
	return d.tanks.Put(t).Run(ctx) // want lostupdate
}

// FillSafe fills litres into a tank that is as it was read.
func (d *Depot) FillSafe(ctx context.Context, id string, litres int) error {
	t, err := d.tank(ctx, id)
	if err != nil {
		return err
	}
	read := t.Version
	t.Litres += litres
	t.Version++
	return d.tanks.Put(t).If("version = ?", read).Run(ctx)
}

// Seal seals a tank that is not empty, in somebody's name.
func (d *Depot) Seal(ctx context.Context, id, by string) error {
	t, err := d.tank(ctx, id)
	if err != nil {
		return err
	}
	if t.Litres == 0 || t.SealedBy != "" {
		return ErrSealed
	}
	return d.tanks.Update("id", id).Set("sealed_by", by).Run(ctx) // want checkthenact
}

// SealSafe seals a tank that holds something when the write arrives.
func (d *Depot) SealSafe(ctx context.Context, id, by string) error {
	t, err := d.tank(ctx, id)
	if err != nil {
		return err
	}
	if t.Litres == 0 || t.SealedBy != "" {
		return ErrSealed
	}
	return d.tanks.Update("id", id).Set("sealed_by", by).
		If("$ > ? AND attribute_not_exists($)", "litres", 0, "sealed_by").
		Run(ctx)
}
