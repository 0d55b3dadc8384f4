// Package dynamo is a kv.Store in one DynamoDB table.
package dynamo

import (
	"context"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/kv"
)

// Store stores documents as items with the attribute key.
type Store struct {
	DB    *dynamodb.Client
	Table string
}

// Get reads a document.
func (s *Store) Get(ctx context.Context, key string) (kv.Document, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.Table,
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}},
	})
	if err != nil {
		return nil, err
	}
	doc := kv.Document{}
	return doc, attributevalue.UnmarshalMap(out.Item, &doc)
}

func (s *Store) put(key string, doc kv.Document) (*dynamodb.PutItemInput, error) {
	all := maps.Clone(doc)
	all["pk"] = key
	item, err := attributevalue.MarshalMap(all)
	return &dynamodb.PutItemInput{TableName: &s.Table, Item: item}, err
}

// Set stores a document.
func (s *Store) Set(ctx context.Context, key string, doc kv.Document) error {
	in, err := s.put(key, doc)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, in)
	return err
}

// SetIf stores a document in place of one whose field has a value.
func (s *Store) SetIf(ctx context.Context, key string, doc kv.Document, field string, value int64) error {
	in, err := s.put(key, doc)
	if err != nil {
		return err
	}
	in.ConditionExpression = aws.String("#f = :v")
	in.ExpressionAttributeNames = map[string]string{"#f": field}
	in.ExpressionAttributeValues = map[string]types.AttributeValue{
		":v": &types.AttributeValueMemberN{Value: strconv.FormatInt(value, 10)},
	}
	_, err = s.DB.PutItem(ctx, in)
	return err
}
