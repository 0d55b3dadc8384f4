// Package readafter is silent because every read comes after the write: to
// build the answer, or to find out why a condition failed.
package readafter

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Ticket is one ticket of a concert.
type Ticket struct {
	ID     string `dynamodbav:"id"`
	Holder string `dynamodbav:"holder,omitempty"`
	Sent   int    `dynamodbav:"sent"`
}

// Office sells tickets.
type Office struct {
	DB     *dynamodb.Client
	Table  string
	Notify func(context.Context, Ticket) error
}

func (o *Office) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (o *Office) ticket(ctx context.Context, id string) (t Ticket, err error) {
	out, err := o.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(o.Table), Key: o.key(id), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return t, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &t)
	return t, err
}

// Sell gives a free ticket to a holder.
func (o *Office) Sell(ctx context.Context, id, holder string) error {
	_, err := o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(o.Table),
		Key:                 o.key(id),
		UpdateExpression:    aws.String("SET holder = :h"),
		ConditionExpression: aws.String("attribute_exists(id) AND attribute_not_exists(holder)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":h": &types.AttributeValueMemberS{Value: holder},
		},
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return err
	}
	t, err := o.ticket(ctx, id)
	if err != nil {
		return err
	}
	if t.Holder == holder {
		return nil
	}
	return fmt.Errorf("ticket %s is sold to %s", id, t.Holder)
}

// Rename writes the new holder and then sends out the ticket as it is.
func (o *Office) Rename(ctx context.Context, id, holder string) error {
	_, err := o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(o.Table),
		Key:              o.key(id),
		UpdateExpression: aws.String("SET holder = :h"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":h": &types.AttributeValueMemberS{Value: holder},
		},
	})
	if err != nil {
		return err
	}
	t, err := o.ticket(ctx, id)
	if err != nil {
		return err
	}
	return o.Notify(ctx, t)
}
