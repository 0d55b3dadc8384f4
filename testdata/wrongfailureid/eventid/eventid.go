// Package eventid names failed records by the wrong field.
//
// Lambda does not know the identifier, takes the whole batch for failed and delivers all of it again.
//
// Invariant: a record that has succeeded is not delivered again because another one has failed.
package eventid

import (
	"context"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Copier copies items to another table.
type Copier struct{ DB *dynamodb.Client }

func (c *Copier) put(ctx context.Context, record events.DynamoDBEventRecord) error {
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("copy"), Item: map[string]types.AttributeValue{
		"id":   &types.AttributeValueMemberS{Value: record.Change.Keys["id"].String()},
		"text": &types.AttributeValueMemberS{Value: record.Change.NewImage["text"].String()},
	}})
	return err
}

// Handle names the event.
func (c *Copier) Handle(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for _, record := range event.Records {
		if err := c.put(ctx, record); err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.EventID}) // want wrongfailureid
			return res, nil
		}
	}
	return res, nil
}

// HandleKept keeps the event's name in a variable.
func (c *Copier) HandleKept(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for _, record := range event.Records {
		id := record.EventID
		if err := c.put(ctx, record); err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: id}) // want wrongfailureid
			return res, nil
		}
	}
	return res, nil
}

// HandleIndex names a record by its place in the batch.
func (c *Copier) HandleIndex(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for i, record := range event.Records {
		if err := c.put(ctx, record); err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: strconv.Itoa(i)}) // want wrongfailureid
			return res, nil
		}
	}
	return res, nil
}

// failure is the response as programs declared it before the library did.
type failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

type response struct {
	BatchItemFailures []failure `json:"batchItemFailures"`
}

func failed(record events.DynamoDBEventRecord) failure {
	return failure{ItemIdentifier: record.Change.Keys["id"].String()} // want wrongfailureid
}

// HandleKey names the item.
func (c *Copier) HandleKey(ctx context.Context, event events.DynamoDBEvent) (response, error) {
	for _, record := range event.Records {
		if err := c.put(ctx, record); err != nil {
			return response{BatchItemFailures: []failure{failed(record)}}, nil
		}
	}
	return response{}, nil
}

// HandleSafe names the record.
func (c *Copier) HandleSafe(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for _, record := range event.Records {
		if err := c.put(ctx, record); err != nil {
			res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
			return res, nil
		}
	}
	return res, nil
}
