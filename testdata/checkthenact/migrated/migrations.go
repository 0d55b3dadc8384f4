// Package migrated counts the steps of a migration that were taken: one look, and a put after each step.
//
// Two programs start at once: both see no step taken, and both take them. A condition that the number is the one of the look would
// be refused after the second step.
//
// Invariant: a step is taken once.
package migrated

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Steps counts the steps of a migration.
type Steps struct {
	DB    *dynamodb.Client
	Table string
}

type taken struct {
	ID   string `dynamodbav:"id"`
	Step int    `dynamodbav:"step"`
}

func key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "steps"}}
}

func (s *Steps) last(ctx context.Context) (int, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Table), Key: key()})
	if err != nil {
		return 0, err
	}
	var t taken
	if err := attributevalue.UnmarshalMap(out.Item, &t); err != nil {
		return 0, err
	}
	return t.Step, nil
}

func (s *Steps) record(ctx context.Context, step int) error {
	item, err := attributevalue.MarshalMap(taken{ID: "steps", Step: step})
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

// Run takes the steps that were not taken yet.
func (s *Steps) Run(ctx context.Context, take func(step int), all ...int) error {
	last, err := s.last(ctx)
	if err != nil {
		return err
	}
	for _, step := range all {
		if step <= last {
			continue
		}
		take(step)
		if err := s.record(ctx, step); err != nil { // want checkthenact
			return err
		}
	}
	return nil
}

// RunSafe has a step before it is taken.
func (s *Steps) RunSafe(ctx context.Context, take func(step int), all ...int) error {
	for _, step := range all {
		_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           aws.String(s.Table),
			Key:                 key(),
			UpdateExpression:    aws.String("SET step = :step"),
			ConditionExpression: aws.String("attribute_not_exists(step) OR step < :step"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":step": &types.AttributeValueMemberN{Value: strconv.Itoa(step)},
			},
		})
		if err != nil {
			return err
		}
		take(step)
	}
	return nil
}
