// Package table implements the ports with DynamoDB.
package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/port"
)

// Items is a table of items.
type Items struct{ DB *dynamodb.Client }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"ID": &types.AttributeValueMemberS{Value: id}}
}

func get(ctx context.Context, db *dynamodb.Client, table, id string) (*port.Item, error) {
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	it := new(port.Item)
	return it, attributevalue.UnmarshalMap(out.Item, it)
}

func put(ctx context.Context, db *dynamodb.Client, table string, v any) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
	return err
}

// Get reads an item.
func (t *Items) Get(ctx context.Context, id string) (*port.Item, error) {
	return get(ctx, t.DB, "items", id)
}

// Save writes an item.
func (t *Items) Save(ctx context.Context, it *port.Item) error { return put(ctx, t.DB, "items", it) }

// Drop deletes an item.
func (t *Items) Drop(ctx context.Context, id string) error {
	_, err := t.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("items"), Key: key(id)})
	return err
}

// Archive is another table of items.
type Archive struct{ DB *dynamodb.Client }

// Get reads an item.
func (t Archive) Get(ctx context.Context, id string) (*port.Item, error) {
	return get(ctx, t.DB, "archive", id)
}

// Save writes an item.
func (t Archive) Save(ctx context.Context, it *port.Item) error { return put(ctx, t.DB, "archive", it) }

type hidden struct{ DB *dynamodb.Client }

func (t hidden) Get(ctx context.Context, id string) (*port.Item, error) {
	return get(ctx, t.DB, "hidden", id)
}

func (t hidden) Save(ctx context.Context, it *port.Item) error { return put(ctx, t.DB, "hidden", it) }

// NewHidden returns a repository whose type nobody can name.
func NewHidden(db *dynamodb.Client) port.Repo { return hidden{db} }

// ItemUpdater and OtherUpdater update their kinds.
type (
	ItemUpdater  struct{ DB *dynamodb.Client }
	OtherUpdater struct{ DB *dynamodb.Client }
)

// Update writes an item.
func (u ItemUpdater) Update(ctx context.Context, it port.Item) error {
	return put(ctx, u.DB, "items", it)
}

// Update writes an item of another kind.
func (u OtherUpdater) Update(ctx context.Context, it port.Other) error {
	return put(ctx, u.DB, "others", it)
}

// Writer returns a function that saves.
func Writer(db *dynamodb.Client) func(context.Context, *port.Item) error {
	return func(ctx context.Context, it *port.Item) error { return put(ctx, db, "items", it) }
}
