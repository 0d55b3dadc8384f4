// Package channel copies items in a goroutine that it feeds by a channel, and that nothing waits for.
//
// Lambda freezes the process when the handler returns: the last copies are made with the next event, or never. Done in the
// handler itself, before it feeds the channel, the work would wait for ever.
//
// Invariant: the copy has every item of the table.
package channel

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

func (c *Copier) put(ctx context.Context, record events.DynamoDBEventRecord) error {
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("copy"), Item: map[string]types.AttributeValue{
		"id":   &types.AttributeValueMemberS{Value: record.Change.Keys["id"].String()},
		"text": &types.AttributeValueMemberS{Value: record.Change.NewImage["text"].String()},
	}})
	return err
}

// Handle feeds the goroutine and returns.
func (c *Copier) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	work := make(chan events.DynamoDBEventRecord, len(event.Records))
	go func() { // want detachedgoroutine
		if err := c.put(ctx, <-work); err != nil {
			log.Print(err)
		}
	}()
	for _, record := range event.Records {
		work <- record
	}
	return nil
}

// HandleSafe copies before it returns.
func (c *Copier) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := c.put(ctx, record); err != nil {
			return err
		}
	}
	return nil
}
