// Package wrappercondition hands the condition as a string to a wrapper around
// PutItem; what the write is worth depends on the caller.
//
// A guest cancels while the desk adds a note: the desk writes the booking back
// as it was read, on the sole condition that the room exists.
//
// Invariant: a room whose Cancel returned nil has no guest.
package wrappercondition

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Room is one hotel room.
type Room struct {
	PK      string   `dynamodbav:"pk"`
	Guest   string   `dynamodbav:"guest"`
	Notes   []string `dynamodbav:"notes"`
	Version int64    `dynamodbav:"version"`
}

// Desk is the front desk.
type Desk struct {
	db    *dynamodb.Client
	table string
}

// NewDesk returns the desk of a hotel.
func NewDesk(db *dynamodb.Client, table string) *Desk { return &Desk{db, table} }

func (d *Desk) putIf(ctx context.Context, v any, cond string, args map[string]any) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	in := dynamodb.PutItemInput{TableName: aws.String(d.table), Item: item}
	if cond != "" {
		in.ConditionExpression = &cond
	}
	for name, arg := range args {
		if in.ExpressionAttributeValues == nil {
			in.ExpressionAttributeValues = map[string]types.AttributeValue{}
		}
		if in.ExpressionAttributeValues[name], err = attributevalue.Marshal(arg); err != nil {
			return err
		}
	}
	_, err = d.db.PutItem(ctx, &in)
	return err
}

func (d *Desk) room(ctx context.Context, no string) (r Room, err error) {
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "ROOM#" + no}},
	})
	if err == nil {
		err = attributevalue.UnmarshalMap(out.Item, &r)
	}
	return r, err
}

// Note adds a note to a room.
func (d *Desk) Note(ctx context.Context, no, text string) error {
	r, err := d.room(ctx, no)
	if err != nil {
		return err
	}
	r.Notes = append(r.Notes, text)
	return d.putIf(ctx, r, "attribute_exists(pk)", nil) // want weakguard
}

// Cancel takes the guest out of a room.
func (d *Desk) Cancel(ctx context.Context, no string) error {
	r, err := d.room(ctx, no)
	if err != nil {
		return err
	}
	r.Guest = ""
	return d.putIf(ctx, r, "", nil) // want lostupdate
}

// NoteSafe adds a note to a room that nobody changed since it was read.
func (d *Desk) NoteSafe(ctx context.Context, no, text string) error {
	r, err := d.room(ctx, no)
	if err != nil {
		return err
	}
	read := r.Version
	r.Version, r.Notes = read+1, append(r.Notes, text)
	return d.putIf(ctx, r, "version = :read", map[string]any{":read": read})
}

// CancelSafe takes the guest out of a room that nobody changed since it was read.
func (d *Desk) CancelSafe(ctx context.Context, no string) error {
	r, err := d.room(ctx, no)
	if err != nil {
		return err
	}
	read := r.Version
	r.Version, r.Guest = read+1, ""
	return d.putIf(ctx, r, "version = :read", map[string]any{":read": read})
}
