// Package logged copies items off a stream; a copy that fails is logged, and its record is lost.
//
// Invariant: the copy has every item of the table.
package logged

import (
	"context"
	"log"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Copier copies items to another table.
type Copier struct{ DB *dynamodb.Client }

func (c *Copier) put(ctx context.Context, table string, record events.DynamoDBEventRecord) error {
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: map[string]types.AttributeValue{
		"id":   &types.AttributeValueMemberS{Value: record.Change.Keys["id"].String()},
		"text": &types.AttributeValueMemberS{Value: record.Change.NewImage["text"].String()},
	}})
	return err
}

// Handle logs and goes on.
func (c *Copier) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if record.EventName == "REMOVE" {
			continue
		}
		if err := c.put(ctx, "copy", record); err != nil { // want swallowedrecord
			log.Printf("copy %s: %v", record.EventID, err)
			continue
		}
		log.Printf("copied %s", record.EventID)
	}
	return nil
}

// HandleLast returns the error of the last record; those of the others are overwritten.
func (c *Copier) HandleLast(ctx context.Context, event events.DynamoDBEvent) (err error) {
	for _, record := range event.Records {
		err = c.put(ctx, "copy", record) // want swallowedrecord
	}
	return err
}

// LastSafe returns the first error that there is.
func (c *Copier) LastSafe(ctx context.Context, event events.DynamoDBEvent) (err error) {
	for _, record := range event.Records {
		if err == nil {
			err = c.put(ctx, "copy", record)
		}
	}
	return err
}

// HandleSafe fails, so that the record comes again.
func (c *Copier) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := c.put(ctx, "copy", record); err != nil {
			log.Printf("copy %s: %v", record.EventID, err)
			return err
		}
	}
	return nil
}

// DeadLetterSafe puts a record that cannot be copied aside on purpose.
func (c *Copier) DeadLetterSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := c.put(ctx, "copy", record); err != nil {
			log.Printf("copy %s: %v", record.EventID, err)
			if err := c.put(ctx, "letters", record); err != nil {
				return err
			}
		}
	}
	return nil
}

// NamedSafe names the record that has failed, and leaves what is behind it for the next delivery.
func (c *Copier) NamedSafe(ctx context.Context, event events.DynamoDBEvent) (res events.DynamoDBEventResponse, err error) {
	for _, record := range event.Records {
		if err := c.put(ctx, "copy", record); err != nil {
			log.Printf("copy %s: %v", record.EventID, err)
			res.BatchItemFailures = append(res.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
			return res, nil
		}
	}
	return res, nil
}

// each copies every record and names those that have failed; its error is for the log.
func (c *Copier) each(ctx context.Context, records []events.DynamoDBEventRecord) (res events.DynamoDBEventResponse, err error) {
	for _, record := range records {
		if err = c.put(ctx, "copy", record); err != nil {
			res.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: record.Change.SequenceNumber}}
			return res, err
		}
	}
	return res, nil
}

// ResponseSafe logs the error of a helper whose response names the record.
func (c *Copier) ResponseSafe(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	res, err := c.each(ctx, event.Records)
	if err != nil {
		log.Printf("copy: %v", err)
	}
	return res, nil
}
