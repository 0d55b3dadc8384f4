// Package goeson copies items off a stream and goes on behind a record that has failed.
//
// Lambda delivers everything from the failed record on again, so an old state is copied over a newer one.
//
// Invariant: the copy of an item never goes back to an older state.
package goeson

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Copier copies items to another table.
type Copier struct{ DB *dynamodb.Client }

func (c *Copier) put(ctx context.Context, id, text string) error {
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("copy"), Item: map[string]types.AttributeValue{
		"id":   &types.AttributeValueMemberS{Value: id},
		"text": &types.AttributeValueMemberS{Value: text},
	}})
	return err
}

// Handle names each failure and goes on.
func (c *Copier) Handle(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for _, record := range event.Records {
		if err := c.put(ctx, record.Change.Keys["id"].String(), record.Change.NewImage["text"].String()); err != nil {
			failure := events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber} // want continueafterfailure
			res.BatchItemFailures = append(res.BatchItemFailures, failure)
		}
	}
	return res, nil
}

// HandleSafe stops at the first failure.
func (c *Copier) HandleSafe(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for _, record := range event.Records {
		if err := c.put(ctx, record.Change.Keys["id"].String(), record.Change.NewImage["text"].String()); err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
			break
		}
	}
	return res, nil
}

// RestSafe stops at the first failure, and names what is behind it as well.
func (c *Copier) RestSafe(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	failed := len(event.Records)
	for i, record := range event.Records {
		if err := c.put(ctx, record.Change.Keys["id"].String(), record.Change.NewImage["text"].String()); err != nil {
			failed = i
			break
		}
	}
	for _, record := range event.Records[failed:] {
		res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
	}
	return res, nil
}

// QueueSafe goes on: the messages of a queue come again one by one.
func (c *Copier) QueueSafe(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	var res events.SQSEventResponse
	for _, m := range event.Records {
		if err := c.put(ctx, m.MessageId, m.Body); err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	return res, nil
}
