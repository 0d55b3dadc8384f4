// Package accepted copies items off a stream, and says that it may lose some.
//
// Invariant: the copy has every item of the table.
package accepted

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

// Handle goes on with the next record, as its author says.
func (c *Copier) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := c.put(ctx, record); err != nil { // want swallowedrecord
			log.Printf("copy %s: %v", record.EventID, err)
			// Continue with the next record: a copy that is lost is acceptable.
		}
	}
	return nil
}

// HandleSafe fails, so that the record comes again.
func (c *Copier) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := c.put(ctx, record); err != nil {
			return err
		}
	}
	return nil
}
