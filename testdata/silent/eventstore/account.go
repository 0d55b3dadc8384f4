// Package eventstore is silent because the state is rebuilt from events, and
// the next event is put under the number that follows the last one read, on
// condition that it is free.
package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errFunds = errors.New("insufficient funds")

type event struct {
	Cents int64  `json:"cents"`
	Text  string `json:"text"`
}

// Account is one account: what its events add up to.
type Account struct {
	id    string
	seq   int
	cents int64
	fresh []event
}

func (a *Account) apply(e event) {
	a.seq++
	a.cents += e.Cents
}

// Withdraw takes money from the account, once it is saved.
func (a *Account) Withdraw(cents int64) error {
	if a.cents < cents {
		return errFunds
	}
	a.fresh = append(a.fresh, event{Cents: -cents, Text: "withdrawal"})
	return nil
}

// Store stores events.
type Store struct {
	DB    *dynamodb.Client
	Table string
}

// Load rebuilds an account from its events.
func (s *Store) Load(ctx context.Context, id string) (*Account, error) {
	a := &Account{id: id}
	pages := dynamodb.NewQueryPaginator(s.DB, &dynamodb.QueryInput{
		TableName:                 aws.String(s.Table),
		ConsistentRead:            aws.Bool(true),
		KeyConditionExpression:    aws.String("id = :id"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":id": &types.AttributeValueMemberS{Value: id}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			body, ok := item["body"].(*types.AttributeValueMemberS)
			if !ok {
				return nil, fmt.Errorf("event %d of %s has no body", a.seq+1, id)
			}
			var e event
			if err := json.Unmarshal([]byte(body.Value), &e); err != nil {
				return nil, err
			}
			a.apply(e)
		}
	}
	return a, nil
}

// Save appends what happened to an account since Load.
func (s *Store) Save(ctx context.Context, a *Account) error {
	var items []types.TransactWriteItem
	for i, e := range a.fresh {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		items = append(items, types.TransactWriteItem{Put: &types.Put{
			TableName: aws.String(s.Table),
			Item: map[string]types.AttributeValue{
				"id":   &types.AttributeValueMemberS{Value: a.id},
				"seq":  &types.AttributeValueMemberN{Value: strconv.Itoa(a.seq + 1 + i)},
				"body": &types.AttributeValueMemberS{Value: string(body)},
			},
			ConditionExpression: aws.String("attribute_not_exists(seq)"),
		}})
	}
	_, err := s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}

// Withdraw takes money from an account.
func Withdraw(ctx context.Context, s *Store, id string, cents int64) error {
	a, err := s.Load(ctx, id)
	if err != nil {
		return err
	}
	if err := a.Withdraw(cents); err != nil {
		return err
	}
	return s.Save(ctx, a)
}
