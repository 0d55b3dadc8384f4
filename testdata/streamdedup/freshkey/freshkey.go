// Package freshkey writes a history of prices off the stream of the products table.
//
// A record that is delivered twice leaves two rows: each has a new id.
//
// Invariant: each change of a price has one row.
package freshkey

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// History keeps the rows.
type History struct{ DB *dynamodb.Client }

func (h *History) put(ctx context.Context, id, product, cents string) error {
	_, err := h.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("history"), Item: map[string]types.AttributeValue{
		"id":      &types.AttributeValueMemberS{Value: id},
		"product": &types.AttributeValueMemberS{Value: product},
		"cents":   &types.AttributeValueMemberN{Value: cents},
	}})
	return err
}

// Handle writes a row for each record.
func (h *History) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := h.record(ctx, record); err != nil {
			return err
		}
	}
	return nil
}

func (h *History) record(ctx context.Context, record events.DynamoDBEventRecord) error {
	return h.put(ctx, uuid.NewString(), record.Change.Keys["id"].String(), record.Change.NewImage["cents"].Number()) // want streamdedup
}

// HandleTime writes a row under the time at which it is written.
func (h *History) HandleTime(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		id := fmt.Sprint(time.Now().UnixNano())
		if err := h.put(ctx, id, record.Change.Keys["id"].String(), record.Change.NewImage["cents"].Number()); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// HandleSafe gives the row the id of the record: the second delivery puts the same row again.
func (h *History) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := h.put(ctx, record.EventID, record.Change.Keys["id"].String(), record.Change.NewImage["cents"].Number()); err != nil {
			return err
		}
	}
	return nil
}
