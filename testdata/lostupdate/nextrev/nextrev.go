// Package nextrev numbers the revisions of a record by what is there, which may be nothing.
//
// Two clients that store at the same time both read revision 4, and both store a revision 5: one of them is told that
// its record is there, and it is not.
//
// Invariant: every revision that a client was told is the record that this client has stored.
package nextrev

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNotFound = errors.New("no such record")

// A Record is what the program works with.
type Record struct {
	Host, Owner string
	Rev         int64
}

// A row is how a record is stored.
type row struct {
	Host  string `dynamodbav:"host"`
	Owner string `dynamodbav:"owner"`
	Rev   int64  `dynamodbav:"rev"`
}

func toRow(r *Record) *row { return &row{Host: r.Host, Owner: r.Owner, Rev: r.Rev} }

func (r *row) record() *Record { return &Record{Host: r.Host, Owner: r.Owner, Rev: r.Rev} }

// Records stores records.
type Records struct {
	DB    *dynamodb.Client
	Table string
}

func (s *Records) get(ctx context.Context, host string) (*Record, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &s.Table,
		Key:            map[string]types.AttributeValue{"host": &types.AttributeValueMemberS{Value: host}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNotFound
	}
	var r row
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	return r.record(), nil
}

// Store stores a record as its next revision, whose number it gives.
func (s *Records) Store(ctx context.Context, data *Record) (int64, error) {
	existing, err := s.get(ctx, data.Host)
	if err != nil && err != errNotFound {
		return 0, err
	}
	if existing != nil {
		data.Rev = existing.Rev + 1
	} else {
		data.Rev = 1
	}
	item, err := attributevalue.MarshalMap(toRow(data))
	if err != nil {
		return 0, err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Table, Item: item}) // want lostupdate
	if err != nil {
		return 0, err
	}
	return data.Rev, nil
}

// StoreSafe stores a record as its next revision, if nobody has stored that one.
func (s *Records) StoreSafe(ctx context.Context, data *Record) (int64, error) {
	existing, err := s.get(ctx, data.Host)
	if err != nil && err != errNotFound {
		return 0, err
	}
	data.Rev = 1
	if existing != nil {
		data.Rev = existing.Rev + 1
	}
	item, err := attributevalue.MarshalMap(toRow(data))
	if err != nil {
		return 0, err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &s.Table,
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(host) OR rev = :before"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":before": &types.AttributeValueMemberN{Value: strconv.FormatInt(data.Rev-1, 10)},
		},
	})
	if err != nil {
		return 0, err
	}
	return data.Rev, nil
}
