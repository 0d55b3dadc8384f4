// Package firstrev numbers the revisions of a record on from the one that is there, if there is one: what was read is nil for the
// first revision, and a pin of it would have nothing to look into.
//
// Two clients store a record that is at revision 1: both store a revision 2, and one of the texts is gone.
//
// Invariant: each revision was given to one client.
package firstrev

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("no such record")

// Record is one record.
type Record struct {
	ID   string `dynamodbav:"id"`
	Text string `dynamodbav:"text"`
	Rev  int64  `dynamodbav:"rev"`
}

// stored is how a record is stored.
type stored struct {
	ID   string `dynamodbav:"id"`
	Text string `dynamodbav:"text"`
	Rev  int64  `dynamodbav:"rev"`
}

// Records are kept in a table.
type Records struct {
	DB    *dynamodb.Client
	Table string
}

func (r *Records) get(ctx context.Context, id string) (*Record, error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNone
	}
	var rec Record
	return &rec, attributevalue.UnmarshalMap(out.Item, &rec)
}

// Store puts a text over what is there, and gives its revision.
func (r *Records) Store(ctx context.Context, id, text string) (int64, error) {
	existing, err := r.get(ctx, id)
	if err != nil && !errors.Is(err, errNone) {
		return 0, err
	}
	rev := int64(1)
	if existing != nil {
		rev = existing.Rev + 1
	}
	item, err := attributevalue.MarshalMap(stored{ID: id, Text: text, Rev: rev})
	if err != nil {
		return 0, err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.Table), Item: item}) // want lostupdate
	return rev, err
}

// StoreSafe puts a text over the revision that it has read, or over none.
func (r *Records) StoreSafe(ctx context.Context, id, text string) (int64, error) {
	existing, err := r.get(ctx, id)
	if err != nil && !errors.Is(err, errNone) {
		return 0, err
	}
	var read int64
	if existing != nil {
		read = existing.Rev
	}
	item, err := attributevalue.MarshalMap(stored{ID: id, Text: text, Rev: read + 1})
	if err != nil {
		return 0, err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(r.Table),
		Item:                      item,
		ConditionExpression:       aws.String("attribute_not_exists(rev) OR rev = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":read": &types.AttributeValueMemberN{Value: fmt.Sprint(read)}},
	})
	return read + 1, err
}
