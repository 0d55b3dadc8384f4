// Package noconditions gives names away by a transaction without a condition, and takes every cancellation of it for a name that is
// taken.
//
// Where nothing is demanded, a cancellation never says that the name is taken: no condition can be told apart from the rest.
//
// Invariant: who is told that a name is taken finds it taken.
package noconditions

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrTaken says that somebody has the name.
var ErrTaken = errors.New("taken")

// Names is the program's DynamoDB.
type Names struct{ DB *dynamodb.Client }

func (n *Names) give(ctx context.Context, name, user string) error {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	_, err := n.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("names"), Item: map[string]types.AttributeValue{"name": text(name), "user": text(user)}}},
		{Update: &types.Update{
			TableName:                 aws.String("users"),
			Key:                       map[string]types.AttributeValue{"id": text(user)},
			UpdateExpression:          aws.String("ADD held :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
		}},
	}})
	return err
}

// Give gives a name away.
func (n *Names) Give(ctx context.Context, name, user string) error {
	err := n.give(ctx, name, user)
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) { // want blindbatch
		return ErrTaken
	}
	return err
}

// GiveSafe hands the error on.
func (n *Names) GiveSafe(ctx context.Context, name, user string) error {
	return n.give(ctx, name, user)
}
