// Package forms counts what comes along, in all the forms in which records arrive.
//
// A record that is delivered twice is counted twice.
//
// Invariant: the count is the number of records.
package forms

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
)

// Counter counts.
type Counter struct {
	DB      *dynamodb.Client
	Streams *dynamodbstreams.Client
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// count counts one on.
func (c *Counter) count(ctx context.Context, what string) error {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("counts"),
		Key:                       key(what),
		UpdateExpression:          aws.String("ADD n :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

// list puts one row for each record, so that the second delivery puts the same row.
func (c *Counter) list(ctx context.Context, id string) error {
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("rows"), Item: key(id)})
	return err
}

// Window gets the records of a tumbling window.
func (c *Counter) Window(ctx context.Context, event events.DynamoDBTimeWindowEvent) (events.DynamoDBTimeWindowEventResponse, error) {
	for range event.Records {
		if err := c.count(ctx, "window"); err != nil { // want streamdedup
			return events.DynamoDBTimeWindowEventResponse{}, err
		}
	}
	return events.DynamoDBTimeWindowEventResponse{}, nil
}

// Kinesis gets records that a stream carries.
func (c *Counter) Kinesis(ctx context.Context, event events.KinesisEvent) error {
	for range event.Records {
		if err := c.count(ctx, "kinesis"); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// KinesisWindow gets the records of a tumbling window.
func (c *Counter) KinesisWindow(ctx context.Context, event events.KinesisTimeWindowEvent) (events.KinesisTimeWindowEventResponse, error) {
	for range event.Records {
		if err := c.count(ctx, "kinesis window"); err != nil { // want streamdedup
			return events.KinesisTimeWindowEventResponse{}, err
		}
	}
	return events.KinesisTimeWindowEventResponse{}, nil
}

// Raw decodes the event itself.
func (c *Counter) Raw(ctx context.Context, raw json.RawMessage) error {
	var event events.DynamoDBEvent
	if err := json.Unmarshal(raw, &event); err != nil {
		return err
	}
	for range event.Records {
		if err := c.count(ctx, "raw"); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// RawSafe names its rows by the records.
func (c *Counter) RawSafe(ctx context.Context, raw json.RawMessage) error {
	var event events.DynamoDBEvent
	if err := json.Unmarshal(raw, &event); err != nil {
		return err
	}
	for _, record := range event.Records {
		if err := c.list(ctx, record.EventID); err != nil {
			return err
		}
	}
	return nil
}

// Record is a record as a program declares it that does not use the library.
type Record struct {
	ID     string `json:"eventID"`
	Name   string `json:"eventName"`
	Change struct {
		Sequence string `json:"SequenceNumber"`
	} `json:"dynamodb"`
}

// Batch is such an event.
type Batch struct {
	Records []Record `json:"Records"`
}

// Own has a type of its own.
func (c *Counter) Own(ctx context.Context, event Batch) error {
	for range event.Records {
		if err := c.count(ctx, "own"); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// OwnSafe names its rows by the records.
func (c *Counter) OwnSafe(ctx context.Context, event Batch) error {
	for _, r := range event.Records {
		if err := c.list(ctx, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// binder is an event of a framework.
type binder interface {
	Bind(v any) error
}

// Bound lets a framework decode the event.
func (c *Counter) Bound(ctx context.Context, in binder) (any, error) {
	var event events.DynamoDBEvent
	if err := in.Bind(&event); err != nil {
		return nil, err
	}
	for range event.Records {
		if err := c.count(ctx, "bound"); err != nil { // want streamdedup
			return nil, err
		}
	}
	return nil, nil
}

// Dispatch is one handler for events of two kinds.
func (c *Counter) Dispatch(ctx context.Context, raw map[string]json.RawMessage) error {
	if body, ok := raw["stream"]; ok {
		var event events.DynamoDBEvent
		if err := json.Unmarshal(body, &event); err != nil {
			return err
		}
		return c.dispatched(ctx, event)
	}
	return c.count(ctx, "other") // not a record: the caller gets the error
}

func (c *Counter) dispatched(ctx context.Context, event events.DynamoDBEvent) error {
	for range event.Records {
		if err := c.count(ctx, "dispatched"); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// Poll fetches records and remembers how far it has come; it starts again from there.
func (c *Counter) Poll(ctx context.Context, iterator *string, checkpoint func(*string) error) error {
	for iterator != nil {
		out, err := c.Streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator})
		if err != nil {
			return err
		}
		for range out.Records {
			if err := c.count(ctx, "polled"); err != nil { // want streamdedup
				return err
			}
		}
		iterator = out.NextShardIterator
		if err := checkpoint(iterator); err != nil {
			return err
		}
	}
	return nil
}

// PollSafe names its rows by the records.
func (c *Counter) PollSafe(ctx context.Context, iterator *string) error {
	out, err := c.Streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator})
	if err != nil {
		return err
	}
	for _, r := range out.Records {
		if err := c.list(ctx, aws.ToString(r.EventID)); err != nil {
			return err
		}
	}
	return nil
}

// Start passes a closure.
func Start(c *Counter) {
	lambda.Start(func(ctx context.Context, event events.DynamoDBEvent) error {
		for range event.Records {
			if err := c.count(ctx, "closure"); err != nil { // want streamdedup
				return err
			}
		}
		return nil
	})
}
