// Package claims counts orders in one of two ways, and some of them twice.
//
// A record that is delivered twice is counted twice. A claim on the record
// must not keep the second of two counts of one record from being made.
//
// Invariant: open and total are the numbers of what the records say.
package claims

import (
	"context"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Orders counts orders.
type Orders struct{ DB *dynamodb.Client }

type item = map[string]types.AttributeValue

func (o *Orders) count(ctx context.Context, what string, by int) error {
	if _, err := o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("orders"),
		Key:                       item{"id": &types.AttributeValueMemberS{Value: what}},
		UpdateExpression:          aws.String("ADD n :by"),
		ExpressionAttributeValues: item{":by": &types.AttributeValueMemberN{Value: strconv.Itoa(by)}},
	}); err != nil {
		return err
	}
	return nil
}

// Handle counts orders that come and go.
func (o *Orders) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		switch record.EventName {
		case "INSERT":
			if err := o.count(ctx, "open", 1); err != nil { // want streamdedup
				return err
			}
		case "REMOVE":
			if err := o.count(ctx, "open", -1); err != nil {
				return err
			}
		}
	}
	return nil
}

// Both counts each order as an open one, and in total.
func (o *Orders) Both(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		if record.EventName != "INSERT" {
			continue
		}
		if err := o.count(ctx, "open", 1); err != nil { // want streamdedup
			return err
		}
		if err := o.count(ctx, "total", 1); err != nil {
			return err
		}
	}
	return nil
}

// HandleSafe takes a count over that the stream's table keeps: the second delivery sets it again.
func (o *Orders) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 aws.String("orders"),
			Key:                       item{"id": &types.AttributeValueMemberS{Value: "open"}},
			UpdateExpression:          aws.String("SET n = :n"),
			ExpressionAttributeValues: item{":n": &types.AttributeValueMemberN{Value: record.Change.NewImage["open"].Number()}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
