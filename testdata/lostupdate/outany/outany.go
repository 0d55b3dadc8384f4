// Package outany decodes into the address of a parameter of type any: the decoder
// follows it to the pointer inside, so the caller's value is what was read.
//
// Two visitors who sign a guest book at the same time both read the old list, and
// the later Put leaves the earlier name out.
//
// Invariant: everyone whom Sign let in without an error is in the book.
package outany

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Store is a table with one key.
type Store struct {
	DB    *dynamodb.Client
	Table string
}

// Book is the guest book of a hut.
type Book struct {
	Hut     string   `dynamodbav:"hut"`
	Names   []string `dynamodbav:"names"`
	Version int      `dynamodbav:"version"`
}

func (s *Store) load(ctx context.Context, hut string, into any) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table),
		Key:       map[string]types.AttributeValue{"hut": &types.AttributeValueMemberS{Value: hut}},
	})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, &into)
}

// Sign adds a name to the book of a hut.
func (s *Store) Sign(ctx context.Context, hut, name string) error {
	var b Book
	if err := s.load(ctx, hut, &b); err != nil {
		return err
	}
	b.Names = append(b.Names, name)
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item}) // want lostupdate
	return err
}

// SignSafe adds a name to a book that nobody signed since it was read.
func (s *Store) SignSafe(ctx context.Context, hut, name string) error {
	var b Book
	if err := s.load(ctx, hut, &b); err != nil {
		return err
	}
	read := b.Version
	b.Names = append(b.Names, name)
	b.Version = read + 1
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.Table),
		Item:                item,
		ConditionExpression: aws.String("version = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		},
	})
	return err
}
