// Package store writes accounts under attribute_exists: that the account is
// there, not that it is still what the caller read.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrGone says that there is no such account, ErrChanged that it is not the one read.
var (
	ErrGone    = errors.New("no such account")
	ErrChanged = errors.New("account was changed by somebody else")
)

// Account is one account of a housing cooperative.
type Account struct {
	ID       string    `dynamodbav:"accountId"`
	Members  []string  `dynamodbav:"members,stringset,omitempty"`
	Address  string    `dynamodbav:"address"`
	Modified time.Time `dynamodbav:"modified,unixtime"`
	Version  int       `dynamodbav:"version"`
}

// Accounts is the account table.
type Accounts struct {
	db    *dynamodb.Client
	table string
}

// NewAccounts returns the accounts of a table.
func NewAccounts(db *dynamodb.Client, table string) *Accounts {
	return &Accounts{db: db, table: table}
}

// Get reads an account.
func (a *Accounts) Get(ctx context.Context, id string) (acc Account, err error) {
	strong := true
	out, err := a.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &a.table,
		Key:            map[string]types.AttributeValue{"accountId": &types.AttributeValueMemberS{Value: id}},
		ConsistentRead: &strong,
	})
	if err != nil {
		return acc, err
	}
	if len(out.Item) == 0 {
		return acc, ErrGone
	}
	err = attributevalue.UnmarshalMap(out.Item, &acc)
	return acc, err
}

func (a *Accounts) write(ctx context.Context, acc Account, cond expression.ConditionBuilder) error {
	expr, err := expression.NewBuilder().WithCondition(cond).Build()
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(acc)
	if err != nil {
		return err
	}
	_, err = a.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &a.table,
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return ErrChanged
	}
	return err
}

// Replace stores an account that exists.
func (a *Accounts) Replace(ctx context.Context, acc Account) error {
	return a.write(ctx, acc, expression.AttributeExists(expression.Name("accountId")))
}

// Swap stores an account that is still at the version it was read at.
func (a *Accounts) Swap(ctx context.Context, acc Account) error {
	unchanged := expression.Name("version").Equal(expression.Value(acc.Version))
	acc.Version++
	return a.write(ctx, acc, unchanged)
}
