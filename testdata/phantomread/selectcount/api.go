// Package selectcount limits the API keys of a user with a query that selects
// nothing but the count.
//
// Two requests for a fifth key: both count four, and the user has six.
//
// Invariant: no user has more than five keys.
package selectcount

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Keys stores API keys.
type Keys struct {
	client *dynamodb.Client
	table  string
	max    int32
}

// NewKeys returns the keys of a table, five for each user.
func NewKeys(client *dynamodb.Client, table string) *Keys {
	return &Keys{client: client, table: table, max: 5}
}

func (k *Keys) count(ctx context.Context, user string) (int32, error) {
	expr, err := expression.NewBuilder().
		WithKeyCondition(expression.Key("userId").Equal(expression.Value(user))).
		Build()
	if err != nil {
		return 0, err
	}
	out, err := k.client.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(k.table),
		Select:                    types.SelectCount,
		KeyConditionExpression:    expr.KeyCondition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return 0, err
	}
	return out.Count, nil
}

func (k *Keys) checkLimit(ctx context.Context, user string) error {
	n, err := k.count(ctx, user)
	if err != nil {
		return fmt.Errorf("count keys: %w", err)
	}
	if n >= k.max {
		return fmt.Errorf("user %s has %d keys", user, n)
	}
	return nil
}

func (k *Keys) input(user, sk string) *dynamodb.PutItemInput {
	return &dynamodb.PutItemInput{
		TableName: aws.String(k.table),
		Item: map[string]types.AttributeValue{
			"userId":  &types.AttributeValueMemberS{Value: user},
			"keyId":   &types.AttributeValueMemberS{Value: sk},
			"secret":  &types.AttributeValueMemberS{Value: rand.Text()},
			"created": &types.AttributeValueMemberS{Value: time.Now().Format(time.RFC3339)},
		},
	}
}

// Create makes a key under a random id.
func (k *Keys) Create(ctx context.Context, user string) error {
	if err := k.checkLimit(ctx, user); err != nil {
		return err
	}
	_, err := k.client.PutItem(ctx, k.input(user, rand.Text())) // want phantomread
	return err
}

// CreateSafe makes a key in one of the user's numbered slots, if it is free.
func (k *Keys) CreateSafe(ctx context.Context, user string, slot uint8) error {
	if int32(slot) >= k.max {
		return fmt.Errorf("no slot %d", slot)
	}
	if err := k.checkLimit(ctx, user); err != nil {
		return err
	}
	in := k.input(user, fmt.Sprintf("SLOT#%d", slot))
	in.ConditionExpression = aws.String("attribute_not_exists(keyId)")
	_, err := k.client.PutItem(ctx, in)
	return err
}
