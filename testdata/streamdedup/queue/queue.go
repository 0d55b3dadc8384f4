// Package queue books the messages of a queue; queues deliver at least once too.
//
// Invariant: an account's total is the sum of its messages.
package queue

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Books keeps the totals.
type Books struct{ DB *dynamodb.Client }

// Handle books the messages of a batch.
func (b *Books) Handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	var res events.SQSEventResponse
	for _, m := range event.Records {
		_, err := b.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want streamdedup
			TableName:                 aws.String("totals"),
			Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: m.Attributes["account"]}},
			UpdateExpression:          aws.String("SET amount = amount + :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": &types.AttributeValueMemberN{Value: m.Body}},
		})
		if err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	return res, nil
}

// HandleSafe books a message under its id.
func (b *Books) HandleSafe(ctx context.Context, event events.SQSEvent) error {
	for _, m := range event.Records {
		_, err := b.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("bookings"), Item: map[string]types.AttributeValue{
			"id": &types.AttributeValueMemberS{Value: m.MessageId},
			"n":  &types.AttributeValueMemberN{Value: m.Body},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
