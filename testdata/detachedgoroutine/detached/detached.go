// Package detached copies items in goroutines that nothing waits for.
//
// Lambda freezes the process when the handler returns: a copy is made with the next event, or never.
//
// Invariant: the copy has every item of the table.
package detached

import (
	"context"
	"log"
	"sync"

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

// Handle starts the copies and returns.
func (c *Copier) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		go func() { // want detachedgoroutine
			if err := c.put(ctx, record); err != nil {
				log.Print(err)
			}
		}()
	}
	return nil
}

// HandleMessages starts the copies with a parameter each, and has a list of failures to name them in.
func (c *Copier) HandleMessages(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for i := range event.Records {
		// in the background
		go func(record events.DynamoDBEventRecord) { // want detachedgoroutine
			err := c.put(ctx, record)
			if err != nil {
				log.Print(err)
				return
			}
			log.Print("copied") // for now
		}(event.Records[i])
	}
	return res, nil
}

// HandleSafe waits, and hears of the errors.
func (c *Copier) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	var wg sync.WaitGroup
	errs := make(chan error, len(event.Records))
	for _, record := range event.Records {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs <- c.put(ctx, record)
		}()
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
