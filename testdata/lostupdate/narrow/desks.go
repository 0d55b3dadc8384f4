// Package narrow puts whole items back of which a request changes one
// attribute or two, in maps that are written by hand.
//
// One colleague renames a desk while another one moves it: whoever is second
// puts the item back as it was before the first one's change.
//
// Invariant: a change that returned nil stays until somebody changes the same
// again.
package narrow

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	errNone  = errors.New("no such desk")
	errTaken = errors.New("somebody sits there")
)

// Desks stores desks.
type Desks struct {
	DB    *dynamodb.Client
	Table string
}

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// Rename names a desk, and changes that in the item that it has read.
func (d *Desks) Rename(ctx context.Context, id, name string) error {
	out, err := d.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.Table), Key: item{"id": text(id)}})
	if err != nil {
		return err
	}
	if len(out.Item) == 0 {
		return errNone
	}
	desk := out.Item
	desk["name"] = text(name)
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.Table), Item: desk}) // want lostupdate
	return err
}

// RenameSafe sets the name and nothing else.
func (d *Desks) RenameSafe(ctx context.Context, id, name string) error {
	return d.set(ctx, id, "SET #n = :n", "attribute_exists(id)", map[string]string{"#n": "name"}, item{":n": text(name)})
}

// Close takes a desk out of service if it is free, and gives back what it has been booked for.
func (d *Desks) Close(ctx context.Context, id, reason string) error {
	desk, err := d.read(ctx, id)
	if err != nil {
		return err
	}
	if desk.status != "free" {
		return errTaken
	}
	desk.status, desk.reason = "closed", reason
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.Table), Item: desk.item()}) // want lostupdate
	return err
}

// CloseSafe sets what it changes, while the desk is free.
func (d *Desks) CloseSafe(ctx context.Context, id, reason string) error {
	return d.set(ctx, id, "SET #s = :s, reason = :r", "#s = :free", map[string]string{"#s": "status"},
		item{":s": text("closed"), ":r": text(reason), ":free": text("free")})
}

type desk struct{ id, name, status, reason string }

func (d *Desks) read(ctx context.Context, id string) (*desk, error) {
	out, err := d.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.Table), Key: item{"id": text(id)}})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, errNone
	}
	return &desk{id: id, name: str(out.Item, "name"), status: str(out.Item, "status"), reason: str(out.Item, "reason")}, nil
}

func str(i item, name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func (d *desk) item() item {
	return item{"id": text(d.id), "name": text(d.name), "status": text(d.status), "reason": text(d.reason)}
}

func (d *Desks) set(ctx context.Context, id, set, condition string, names map[string]string, values item) error {
	_, err := d.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(d.Table),
		Key:                       item{"id": text(id)},
		UpdateExpression:          aws.String(set),
		ConditionExpression:       aws.String(condition),
		ExpressionAttributeNames:  names,
		ExpressionAttributeValues: values,
	})
	return err
}
