// Package twofold counts a visit for its page and for all of them, and remembers afterwards that it has counted it.
//
// A handler that dies before it has left the marker counts again with the next delivery. The marker stands for both
// counts: it cannot be left with one of them.
//
// Invariant: the count of a page is the number of its visits, that of all pages the number of all.
package twofold

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Counter keeps the counts.
type Counter struct{ DB *dynamodb.Client }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (c *Counter) seen(ctx context.Context, id string) (bool, error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("seen"), Key: key(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return false, err
	}
	return out.Item != nil, nil
}

func (c *Counter) mark(ctx context.Context, id string) error {
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("seen"), Item: key(id)})
	return err
}

func (c *Counter) add(ctx context.Context, page string) error {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("pages"),
		Key:                       key(page),
		UpdateExpression:          aws.String("ADD visits :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

// Handle reads the marker first and writes it last.
func (c *Counter) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		seen, err := c.seen(ctx, record.EventID)
		if err != nil {
			return err
		}
		if seen {
			continue
		}
		if err := c.add(ctx, record.Change.NewImage["page"].String()); err != nil { // want racydedup
			return err
		}
		if err := c.add(ctx, "all"); err != nil {
			return err
		}
		if err := c.mark(ctx, record.EventID); err != nil {
			return err
		}
	}
	return nil
}

// HandleSafe leaves the marker in the transaction that counts both.
func (c *Counter) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	add := func(page string) types.TransactWriteItem {
		return types.TransactWriteItem{Update: &types.Update{
			TableName:                 aws.String("pages"),
			Key:                       key(page),
			UpdateExpression:          aws.String("ADD visits :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
		}}
	}
	for _, record := range event.Records {
		_, err := c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String("seen"), Item: key(record.EventID), ConditionExpression: aws.String("attribute_not_exists(id)")}},
			add(record.Change.NewImage["page"].String()),
			add("all"),
		}})
		var canceled *types.TransactionCanceledException
		if errors.As(err, &canceled) && aws.ToString(canceled.CancellationReasons[0].Code) == "ConditionalCheckFailed" {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
