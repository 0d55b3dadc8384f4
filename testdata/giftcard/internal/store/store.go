// Package store keeps cards, campaigns and the ledger in DynamoDB.
package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/giftcard/internal/card"
)

// Tables names the three tables.
type Tables struct{ Cards, Campaigns, Ledger string }

// TablesFromEnvironment takes the names from CARDS, CAMPAIGNS and LEDGER.
func TablesFromEnvironment() Tables {
	return Tables{Cards: os.Getenv("CARDS"), Campaigns: os.Getenv("CAMPAIGNS"), Ledger: os.Getenv("LEDGER")}
}

// Store is the service's DynamoDB.
type Store struct {
	db     *dynamodb.Client
	tables Tables
}

// New returns a store over a client.
func New(db *dynamodb.Client, tables Tables) *Store {
	return &Store{db: db, tables: tables}
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func get[T any](ctx context.Context, db *dynamodb.Client, table, id string) (*T, error) {
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(table),
		Key:            key(id),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, fmt.Errorf("get %s from %s: %w", id, table, err)
	}
	if out.Item == nil {
		return nil, card.ErrNotFound
	}
	v := new(T)
	return v, attributevalue.UnmarshalMap(out.Item, v)
}

// Card reads a card.
func (s *Store) Card(ctx context.Context, id string) (*card.Card, error) {
	return get[card.Card](ctx, s.db, s.tables.Cards, id)
}

// Campaign reads a campaign.
func (s *Store) Campaign(ctx context.Context, id string) (*card.Campaign, error) {
	return get[card.Campaign](ctx, s.db, s.tables.Campaigns, id)
}

// Create stores a card that does not exist yet.
func (s *Store) Create(ctx context.Context, c card.Card) error {
	item, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.tables.Cards),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return conflict(err)
}

// Save stores a card.
func (s *Store) Save(ctx context.Context, c *card.Card) error {
	item, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.tables.Cards), Item: item})
	return err
}

// SetEmail changes who a card belongs to, and nothing else of it.
func (s *Store) SetEmail(ctx context.Context, id, email string) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.tables.Cards),
		Key:                 key(id),
		UpdateExpression:    aws.String("SET email = :email"),
		ConditionExpression: aws.String("attribute_exists(id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":email": &types.AttributeValueMemberS{Value: email},
		},
	})
	return conflict(err)
}

// conflict turns a failed condition into card.ErrConflict.
func conflict(err error) error {
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return card.ErrConflict
	}
	return err
}
