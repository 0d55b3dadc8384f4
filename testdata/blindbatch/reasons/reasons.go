// Package reasons gives names away by a transaction, and takes every cancellation of one for a name that is taken.
//
// A transaction is also cancelled when another one writes one of its items, or when the table is throttled.
//
// Invariant: who is told that a name is taken finds it taken.
package reasons

import (
	"context"
	"errors"
	"fmt"

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
		{Put: &types.Put{
			TableName:           aws.String("names"),
			Item:                map[string]types.AttributeValue{"name": text(name), "user": text(user)},
			ConditionExpression: aws.String("attribute_not_exists(#n)"),
			ExpressionAttributeNames: map[string]string{
				"#n": "name",
			},
		}},
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

// Ensure gives a name away unless that was done before; a cancellation passes for the latter.
func (n *Names) Ensure(ctx context.Context, name, user string) error {
	if err := n.give(ctx, name, user); err != nil {
		var canceled *types.TransactionCanceledException
		if errors.As(err, &canceled) { // want blindbatch
			return nil
		}
		return err
	}
	return nil
}

// GiveSafe looks why the transaction was cancelled.
func (n *Names) GiveSafe(ctx context.Context, name, user string) error {
	err := n.give(ctx, name, user)
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) && aws.ToString(canceled.CancellationReasons[0].Code) == "ConditionalCheckFailed" {
		return ErrTaken
	}
	return err
}

// EnsureSafe leaves it to a helper to look at the reasons.
func (n *Names) EnsureSafe(ctx context.Context, name, user string) error {
	err := n.give(ctx, name, user)
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) {
		if taken(canceled) {
			return nil
		}
		return err
	}
	return err
}

func taken(e *types.TransactionCanceledException) bool {
	return aws.ToString(e.CancellationReasons[0].Code) == "ConditionalCheckFailed"
}

// AgainSafe tries again, whatever the reason is.
func (n *Names) AgainSafe(ctx context.Context, name, user string) error {
	for range 3 {
		err := n.give(ctx, name, user)
		var canceled *types.TransactionCanceledException
		if errors.As(err, &canceled) {
			continue
		}
		return err
	}
	return errors.New("too much is going on")
}

// SaidSafe hands the error on with a word about it.
func (n *Names) SaidSafe(ctx context.Context, name, user string) error {
	err := n.give(ctx, name, user)
	var canceled *types.TransactionCanceledException
	if errors.As(err, &canceled) {
		return fmt.Errorf("cancelled: %w", err)
	}
	return err
}
