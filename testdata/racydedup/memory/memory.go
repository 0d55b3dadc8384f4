// Package memory counts visits off a stream, and remembers in the memory of its process which records it has counted.
//
// A process that starts with an empty memory counts again what another one has counted before.
//
// Invariant: the count of a page is the number of its visits.
package memory

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Counter keeps the counts.
type Counter struct {
	DB *dynamodb.Client
	// Done and Known remember in the process.
	Done  map[string]bool
	Known sync.Map
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
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

// done remembers in a package variable.
var done = map[string]struct{}{}

// HandleGlobal remembers in the process.
func (c *Counter) HandleGlobal(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if _, ok := done[record.EventID]; ok {
			continue
		}
		if err := c.add(ctx, record.Change.NewImage["page"].String()); err != nil { // want racydedup
			return err
		}
		done[record.EventID] = struct{}{}
	}
	return nil
}

// HandleField remembers in the handler.
func (c *Counter) HandleField(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if c.Done[record.EventID] {
			continue
		}
		if err := c.add(ctx, record.Change.NewImage["page"].String()); err != nil { // want racydedup
			return err
		}
		c.Done[record.EventID] = true
	}
	return nil
}

// HandleBatch remembers for as long as one batch takes, which is no deduplication at all.
func (c *Counter) HandleBatch(ctx context.Context, event events.DynamoDBEvent) error {
	done := map[string]bool{}
	for _, record := range event.Records {
		if done[record.EventID] {
			continue
		}
		if err := c.add(ctx, record.Change.NewImage["page"].String()); err != nil { // want streamdedup
			return err
		}
		done[record.EventID] = true
	}
	return nil
}

// HandleKnown remembers in a sync.Map.
func (c *Counter) HandleKnown(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if _, known := c.Known.LoadOrStore(record.EventID, true); known {
			continue
		}
		if err := c.add(ctx, record.Change.NewImage["page"].String()); err != nil { // want racydedup
			return err
		}
	}
	return nil
}

// HandleSafe keeps a marker in the transaction that counts.
func (c *Counter) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String("seen"), Item: key(record.EventID), ConditionExpression: aws.String("attribute_not_exists(id)")}},
			{Update: &types.Update{
				TableName:                 aws.String("pages"),
				Key:                       key(record.Change.NewImage["page"].String()),
				UpdateExpression:          aws.String("ADD visits :one"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
			}},
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

// BatchSafe does a record once in one batch by a set of its own, and for good by its claim.
func (c *Counter) BatchSafe(ctx context.Context, event events.DynamoDBEvent) error {
	once := map[string]bool{}
	for _, record := range event.Records {
		if once[record.EventID] {
			continue
		}
		once[record.EventID] = true
		if err := c.HandleSafe(ctx, events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{record}}); err != nil {
			return err
		}
	}
	return nil
}
