// Package dynamo keeps orders in DynamoDB.
package dynamo

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/aggregate/order"
)

type record struct {
	PK      string   `dynamodbav:"pk"`
	Lines   []string `dynamodbav:"lines"`
	Version int64    `dynamodbav:"version"`
}

func toRecord(o *order.Order) record {
	return record{PK: "ORDER#" + o.ID(), Lines: o.Lines(), Version: o.Version()}
}

// Orders is the table of orders.
type Orders struct {
	DB    *dynamodb.Client
	Table string
}

// Find reads an order.
func (s *Orders) Find(ctx context.Context, id string) (*order.Order, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "ORDER#" + id}},
	})
	if err != nil {
		return nil, err
	}
	var r record
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	return order.Restore(id, r.Lines, r.Version), nil
}

// Save stores an order.
func (s *Orders) Save(ctx context.Context, o *order.Order) error {
	item, err := attributevalue.MarshalMap(toRecord(o))
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

// Replace stores an order in the place of one that is at a version.
func (s *Orders) Replace(ctx context.Context, o *order.Order, read int64) error {
	item, err := attributevalue.MarshalMap(toRecord(o))
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(s.Table),
		Item:                      item,
		ConditionExpression:       aws.String("version = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":read": &types.AttributeValueMemberN{Value: strconv.FormatInt(read, 10)}},
	})
	return err
}
