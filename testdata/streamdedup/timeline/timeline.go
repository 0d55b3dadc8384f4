// Package timeline writes what happens to an order under the time at which it is written.
//
// A record that is delivered twice leaves two entries. The time is what the entries are sorted by, so that the record's
// identifier cannot take its place.
//
// Invariant: each record has one entry.
package timeline

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Log keeps the entries.
type Log struct{ DB *dynamodb.Client }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// Handle writes an entry for each record, under the present time.
func (l *Log) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := l.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("entries"), Item: map[string]types.AttributeValue{ // want streamdedup
			"pk":   text(record.Change.Keys["id"].String()),
			"sk":   &types.AttributeValueMemberS{Value: fmt.Sprint(time.Now().UnixNano())},
			"text": text(record.EventName),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// HandleSafe writes it under the time of the change and the record's number, which are the same with every delivery.
func (l *Log) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		at := record.Change.ApproximateCreationDateTime.UTC().Format(time.RFC3339)
		_, err := l.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("entries"), Item: map[string]types.AttributeValue{
			"pk":   text(record.Change.Keys["id"].String()),
			"sk":   text(at + "#" + record.Change.SequenceNumber),
			"text": text(record.EventName),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
