// Package deletestate deletes only what is in a state that allows it.
//
// An operator deletes a draft while its author publishes it: the check saw a
// draft, the delete removes a published job that people already applied for.
//
// Invariant: once Publish returned nil, the job exists.
package deletestate

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Job is one offer on a job board.
type Job struct {
	ID    string `dynamodbav:"id"`
	State string `dynamodbav:"state"`
}

// Board stores jobs.
type Board struct {
	DB    *dynamodb.Client
	Table string
}

func (b *Board) deletable(ctx context.Context, id string) (bool, error) {
	out, err := b.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(b.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return false, err
	}
	var j Job
	if err := attributevalue.UnmarshalMap(out.Item, &j); err != nil {
		return false, err
	}
	return j.State == "draft" || j.State == "withdrawn", nil
}

// Delete removes a draft or a withdrawn job.
func (b *Board) Delete(ctx context.Context, id string) error {
	ok, err := b.deletable(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("job %s is public", id)
	}
	_, err = b.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{ // want checkthenact
		TableName: aws.String(b.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	return err
}

// DeleteSafe removes a job that is not public when the delete arrives.
func (b *Board) DeleteSafe(ctx context.Context, id string) error {
	ok, err := b.deletable(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("job %s is public", id)
	}
	_, err = b.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:                aws.String(b.Table),
		Key:                      map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		ConditionExpression:      aws.String("#s IN (:draft, :withdrawn)"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":draft":     &types.AttributeValueMemberS{Value: "draft"},
			":withdrawn": &types.AttributeValueMemberS{Value: "withdrawn"},
		},
	})
	return err
}

// Publish makes a draft public.
func (b *Board) Publish(ctx context.Context, id string) error {
	_, err := b.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(b.Table),
		Key:                      map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression:         aws.String("SET #s = :public"),
		ConditionExpression:      aws.String("#s = :draft"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":draft":  &types.AttributeValueMemberS{Value: "draft"},
			":public": &types.AttributeValueMemberS{Value: "public"},
		},
	})
	return err
}
