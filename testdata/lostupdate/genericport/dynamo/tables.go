// Package dynamo implements the generic ports, one type per table.
package dynamo

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/genericport/boards"
)

// Retriever reads any kind of item that is marshalled by field names.
type Retriever[T any] struct {
	Client *dynamodb.Client
	Table  string
}

// Retrieve reads the item of an id.
func (r Retriever[T]) Retrieve(ctx context.Context, id string) (v T, err error) {
	out, err := r.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.Table),
		Key:       map[string]types.AttributeValue{"ID": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return v, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &v)
	return v, err
}

// TeamUpdater writes teams.
type TeamUpdater struct {
	Client *dynamodb.Client
	Table  string
}

// Update writes a team.
func (u TeamUpdater) Update(ctx context.Context, t boards.Team) error {
	item, err := attributevalue.MarshalMap(t)
	if err != nil {
		return err
	}
	_, err = u.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(u.Table), Item: item})
	return err
}

// TaskUpdater writes tasks.
type TaskUpdater struct {
	Client *dynamodb.Client
	Table  string
}

// Update writes a task that is still at its version.
func (u TaskUpdater) Update(ctx context.Context, t boards.Task) error {
	was := t.Version
	t.Version = was + 1
	item, err := attributevalue.MarshalMap(t)
	if err != nil {
		return err
	}
	_, err = u.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(u.Table),
		Item:                item,
		ConditionExpression: aws.String("Version = :was"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":was": &types.AttributeValueMemberN{Value: strconv.Itoa(was)},
		},
	})
	return err
}
