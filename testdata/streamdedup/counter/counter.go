// Package counter counts votes off the stream of the votes table.
//
// A record that is delivered twice is counted twice.
//
// Invariant: the count of a poll is the number of its votes.
package counter

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Counter keeps the counts.
type Counter struct{ DB *dynamodb.Client }

func (c *Counter) add(ctx context.Context, poll string) error {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("polls"),
		Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: poll}},
		UpdateExpression:          aws.String("ADD votes :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

// Handle counts the votes of a batch. That a record is an insert says nothing about how often it is delivered.
func (c *Counter) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if record.EventName != "INSERT" {
			continue
		}
		if err := c.add(ctx, record.Change.NewImage["poll"].String()); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// HandleSafe counts and leaves a marker in one transaction; the marker of a record can be left only once.
func (c *Counter) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName:           aws.String("seen"),
				Item:                map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: record.EventID}},
				ConditionExpression: aws.String("attribute_not_exists(id)"),
			}},
			{Update: &types.Update{
				TableName:                 aws.String("polls"),
				Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: record.Change.NewImage["poll"].String()}},
				UpdateExpression:          aws.String("ADD votes :one"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
			}},
		}})
		if err != nil && !duplicate(err) {
			return err
		}
	}
	return nil
}

// TagSafe adds to a set, which is the same when it is done twice.
func (c *Counter) TagSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		image := record.Change.NewImage
		_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:        aws.String("polls"),
			Key:              map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: image["poll"].String()}},
			UpdateExpression: aws.String("ADD voters :v SET opened = if_not_exists(opened, :t)"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":v": &types.AttributeValueMemberSS{Value: []string{image["voter"].String()}},
				":t": &types.AttributeValueMemberS{Value: image["at"].String()},
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// SequenceSafe counts only records that are newer than the last one counted.
func (c *Counter) SequenceSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           aws.String("polls"),
			Key:                 map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: record.Change.NewImage["poll"].String()}},
			UpdateExpression:    aws.String("SET votes = votes + :one, seq = :seq"),
			ConditionExpression: aws.String("seq < :seq"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":one": &types.AttributeValueMemberN{Value: "1"},
				":seq": &types.AttributeValueMemberS{Value: record.Change.SequenceNumber},
			},
		})
		if err != nil && !duplicate(err) {
			return err
		}
	}
	return nil
}
