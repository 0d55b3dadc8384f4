// Package messages announces orders: by a topic, and by a queue.
//
// A record that is delivered twice is announced twice.
//
// Invariant: each order is announced once.
package messages

import (
	"context"
	"log"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/uuid"
)

// Queue is the part of the SQS client that is used.
type Queue interface {
	SendMessage(ctx context.Context, in *sqs.SendMessageInput, opts ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

// Announcer announces orders.
type Announcer struct {
	DB    *dynamodb.Client
	Topic *sns.Client
	Queue Queue
}

func (a *Announcer) publish(ctx context.Context, text string) error {
	_, err := a.Topic.Publish(ctx, &sns.PublishInput{TopicArn: aws.String("orders"), Message: aws.String(text)})
	return err
}

// address is where a customer wants to hear of orders. That there is a customer says nothing about the record.
func (a *Announcer) address(ctx context.Context, customer string) (string, bool, error) {
	out, err := a.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("customers"),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: customer}},
	})
	if err != nil || out.Item == nil {
		return "", false, err
	}
	s, ok := out.Item["address"].(*types.AttributeValueMemberS)
	if !ok {
		return "", false, nil
	}
	return s.Value, true, nil
}

// Handle publishes each order to its customer.
func (a *Announcer) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		to, ok, err := a.address(ctx, record.Change.NewImage["customer"].String())
		if err != nil {
			return err
		}
		if !ok || to == "" {
			log.Printf("%s: no address", record.EventID)
			continue
		}
		if err := a.publish(ctx, to); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// HandleQueue sends each order, through an interface.
func (a *Announcer) HandleQueue(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := a.Queue.SendMessage(ctx, &sqs.SendMessageInput{ // want streamdedup
			QueueUrl:    aws.String("orders"),
			MessageBody: aws.String(record.Change.NewImage["order"].String()),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// HandleID publishes the record's id: a receiver may recognise it, the topic does not.
func (a *Announcer) HandleID(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if err := a.publish(ctx, "order "+record.EventID); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// HandleFresh sends each order with an id that is another one each time.
func (a *Announcer) HandleFresh(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := a.Queue.SendMessage(ctx, &sqs.SendMessageInput{ // want streamdedup
			QueueUrl:               aws.String("orders.fifo"),
			MessageBody:            aws.String(record.Change.NewImage["order"].String()),
			MessageGroupId:         aws.String(record.Change.Keys["id"].String()),
			MessageDeduplicationId: aws.String(uuid.NewString()),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// FIFOSafe sends each order with an id by which the queue knows it again.
func (a *Announcer) FIFOSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := a.Queue.SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl:               aws.String("orders.fifo"),
			MessageBody:            aws.String(record.Change.NewImage["order"].String()),
			MessageGroupId:         aws.String(record.Change.Keys["id"].String()),
			MessageDeduplicationId: aws.String(record.EventID),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// LetterSafe sends only what could not be stored.
func (a *Announcer) LetterSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := a.DB.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: aws.String("copy"),
			Item:      map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: record.Change.Keys["id"].String()}},
		})
		if err != nil {
			if err := a.publish(ctx, record.EventID); err != nil {
				return err
			}
		}
	}
	return nil
}
