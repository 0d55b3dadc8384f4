// Package guregu is written with the first version of github.com/guregu/dynamo:
// a batch of puts that derive from a scan.
//
// A badge changes hands between the scan and the batch: the batch puts it back
// as it was.
//
// Invariant: a badge that has been handed on stays with its new issuer.
package guregu

import (
	"context"

	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/guregu/dynamo"
)

// Badge is one badge.
type Badge struct {
	Name   string `dynamo:"name,hash"`
	Issuer string `dynamo:"issuer"`
}

// Desk keeps badges.
type Desk struct{ badges dynamo.Table }

// NewDesk returns a desk.
func NewDesk(client dynamodbiface.DynamoDBAPI) *Desk {
	return &Desk{badges: dynamo.NewFromIface(client).Table("badges")}
}

// Rename hands the guests of a hall to another issuer: a batch carries no conditions.
func (d *Desk) Rename(ctx context.Context, from, to string) error {
	var all []Badge
	if err := d.badges.Scan().Filter("'issuer' = ?", from).AllWithContext(ctx, &all); err != nil {
		return err
	}
	batch := d.badges.Batch("name").Write()
	for _, b := range all {
		b.Issuer = to
		batch.Put(b)
	}
	_, err := batch.RunWithContext(ctx) // want batchoverwrite
	return err
}

// RenameSafe changes each badge alone, while it is the old issuer's.
func (d *Desk) RenameSafe(ctx context.Context, from, to string) error {
	var all []Badge
	if err := d.badges.Scan().Filter("'issuer' = ?", from).AllWithContext(ctx, &all); err != nil {
		return err
	}
	for _, b := range all {
		err := d.badges.Update("name", b.Name).Set("issuer", to).If("'issuer' = ?", from).RunWithContext(ctx)
		if err != nil && !dynamo.IsCondCheckFailed(err) {
			return err
		}
	}
	return nil
}
