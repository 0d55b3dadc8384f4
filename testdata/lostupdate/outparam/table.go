// Package outparam reads through an out-parameter and writes through any, as
// single-table helpers do.
//
// Two organisers who seat guests at the same table at the same time both read
// the old list: one guest has a ticket and no seat.
//
// Invariant: every guest that Seat accepted without an error is on the table.
package outparam

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNotFound = errors.New("not found")

// DB embeds the client, so that its operations are called on DB itself.
type DB struct {
	*dynamodb.Client
	Name string
}

// One reads the item at pk and sk into v, which must be a pointer.
func (d DB) One(ctx context.Context, pk, sk string, v any) error {
	out, err := d.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.Name),
		Key: map[string]types.AttributeValue{
			"_pk": &types.AttributeValueMemberS{Value: pk},
			"_sk": &types.AttributeValueMemberS{Value: sk},
		},
	})
	if err != nil {
		return err
	}
	if len(out.Item) == 0 {
		return errNotFound
	}
	return attributevalue.UnmarshalMap(out.Item, v)
}

func (d DB) put(ctx context.Context, v any) error {
	m, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = d.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.Name), Item: m})
	return err
}

func (d DB) swap(ctx context.Context, v any, version int64) error {
	m, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = d.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(d.Name),
		Item:                m,
		ConditionExpression: aws.String("seq = :seq"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":seq": &types.AttributeValueMemberN{Value: fmt.Sprint(version)},
		},
	})
	return err
}

// Table is one table of a dinner.
type Table struct {
	PK     string   `dynamodbav:"_pk"`
	SK     string   `dynamodbav:"_sk"`
	Guests []string `dynamodbav:"guests"`
	Seq    int64    `dynamodbav:"seq"`
}

// Seat puts a guest at a table.
func (d DB) Seat(ctx context.Context, dinner, table, guest string) error {
	var t Table
	if err := d.One(ctx, "DINNER#"+dinner, "TABLE#"+table, &t); err != nil {
		return err
	}
	t.Guests = append(t.Guests, guest)
	return d.put(ctx, t) // want lostupdate
}

// SeatSafe puts a guest at a table that nobody changed since it was read.
func (d DB) SeatSafe(ctx context.Context, dinner, table, guest string) error {
	var t Table
	if err := d.One(ctx, "DINNER#"+dinner, "TABLE#"+table, &t); err != nil {
		return err
	}
	read := t.Seq
	t.Guests = append(t.Guests, guest)
	t.Seq = read + 1
	return d.swap(ctx, t, read)
}
