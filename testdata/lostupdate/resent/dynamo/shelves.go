// Package dynamo keeps shelves in DynamoDB.
package dynamo

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/resent/shelf"
)

type record struct {
	PK     string   `dynamodbav:"pk"`
	Things []string `dynamodbav:"things"`
	Count  int      `dynamodbav:"count"`
	Rev    int64    `dynamodbav:"rev"`
}

func toRecord(s shelf.Shelf) record {
	return record{PK: "SHELF#" + s.ID, Things: s.Things, Count: len(s.Things), Rev: s.Version}
}

// Shelves is the table of shelves.
type Shelves struct {
	DB    *dynamodb.Client
	Table string
}

// Load reads a shelf.
func (t *Shelves) Load(ctx context.Context, id string) (shelf.Shelf, error) {
	out, err := t.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(t.Table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "SHELF#" + id}},
	})
	if err != nil {
		return shelf.Shelf{}, err
	}
	var r record
	err = attributevalue.UnmarshalMap(out.Item, &r)
	return shelf.Shelf{ID: id, Things: r.Things, Version: r.Rev}, err
}

// Save stores a shelf.
func (t *Shelves) Save(ctx context.Context, s shelf.Shelf) error {
	item, err := attributevalue.MarshalMap(toRecord(s))
	if err != nil {
		return err
	}
	_, err = t.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(t.Table), Item: item})
	return err
}

// SaveAt stores a shelf in the place of one that is at a version.
func (t *Shelves) SaveAt(ctx context.Context, s shelf.Shelf, version int64) error {
	item, err := attributevalue.MarshalMap(toRecord(s))
	if err != nil {
		return err
	}
	_, err = t.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(t.Table),
		Item:                      item,
		ConditionExpression:       aws.String("rev = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":read": &types.AttributeValueMemberN{Value: strconv.FormatInt(version, 10)}},
	})
	return err
}
