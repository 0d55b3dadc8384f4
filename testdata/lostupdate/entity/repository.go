package entity

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type row struct {
	PK      string `dynamodbav:"pk"`
	Owner   string `dynamodbav:"owner"`
	Cents   int64  `dynamodbav:"cents"`
	Version uint   `dynamodbav:"version"`
}

type mapper struct{}

func (mapper) toRow(a *Account) row {
	return row{PK: "ACCOUNT#" + a.ID(), Owner: a.owner, Cents: a.Balance().cents, Version: a.Version()}
}

func (mapper) toEntity(id string, r row) *Account {
	return &Account{id: id, owner: r.Owner, balance: Cents(r.Cents), version: r.Version}
}

// Repository stores accounts.
type Repository struct {
	mapper
	db    *dynamodb.Client
	table string
}

// NewRepository returns the accounts of a table.
func NewRepository(db *dynamodb.Client, table string) *Repository {
	return &Repository{db: db, table: table}
}

// Find loads an account.
func (r *Repository) Find(ctx context.Context, id string) (*Account, error) {
	out, err := r.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "ACCOUNT#" + id}},
	})
	if err != nil {
		return nil, err
	}
	var found row
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return nil, err
	}
	return r.toEntity(id, found), nil
}

// Save stores an account.
func (r *Repository) Save(ctx context.Context, a *Account) error {
	item, err := attributevalue.MarshalMap(r.toRow(a))
	if err != nil {
		return err
	}
	_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.table), Item: item})
	return err
}

// SaveVersion stores an account that is still at the version it was loaded at.
func (r *Repository) SaveVersion(ctx context.Context, a *Account) error {
	next := r.toRow(a)
	next.Version = a.Version() + 1
	item, err := attributevalue.MarshalMap(next)
	if err != nil {
		return err
	}
	_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(r.table),
		Item:                item,
		ConditionExpression: aws.String("version = :loaded"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":loaded": &types.AttributeValueMemberN{Value: strconv.FormatUint(uint64(a.Version()), 10)},
		},
	})
	return err
}

// Bank pays into accounts.
type Bank struct{ Accounts *Repository }

// Deposit pays into an account.
func (b Bank) Deposit(ctx context.Context, id string, m Money) error {
	a, err := b.Accounts.Find(ctx, id)
	if err != nil {
		return err
	}
	if err := a.Deposit(m); err != nil {
		return err
	}
	return b.Accounts.Save(ctx, a) // want lostupdate
}

// DepositSafe pays into an account that is as it was found.
func (b Bank) DepositSafe(ctx context.Context, id string, m Money) error {
	a, err := b.Accounts.Find(ctx, id)
	if err != nil {
		return err
	}
	if err := a.Deposit(m); err != nil {
		return err
	}
	return b.Accounts.SaveVersion(ctx, a)
}
