// Package transaction writes a whole document and its change log in one
// transaction. All or nothing is not the same as unchanged since the read:
// nothing in the transaction checks the document.
//
// Two solicitors amend one deed: both put their own copy of the old deed, and
// the log tells of an amendment that the deed does not have.
//
// Invariant: every amendment in the log is in the deed.
package transaction

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Deed is a deed with its amendments.
type Deed struct {
	UID        string   `dynamodbav:"uid"`
	Amendments []string `dynamodbav:"amendments"`
	Version    int      `dynamodbav:"version"`
}

// Change is one row of the change log.
type Change struct {
	UID     string `dynamodbav:"uid"`
	Applied string `dynamodbav:"applied"`
	Author  string `dynamodbav:"author"`
	Text    string `dynamodbav:"text"`
}

type dynamoClient interface {
	GetItem(ctx context.Context, params *dynamodb.GetItemInput, optFns ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	TransactWriteItems(ctx context.Context, params *dynamodb.TransactWriteItemsInput, optFns ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Registry stores deeds and their change log.
type Registry struct {
	client           dynamoClient
	deeds, changeLog string
	now              func() time.Time
}

// NewRegistry returns a registry over two tables.
func NewRegistry(client dynamoClient, deeds, changeLog string) *Registry {
	return &Registry{client: client, deeds: deeds, changeLog: changeLog, now: time.Now}
}

func (r *Registry) get(ctx context.Context, uid string) (Deed, error) {
	var d Deed
	out, err := r.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.deeds),
		Key:       map[string]types.AttributeValue{"uid": &types.AttributeValueMemberS{Value: uid}},
	})
	if err != nil {
		return d, err
	}
	return d, attributevalue.UnmarshalMap(out.Item, &d)
}

func (r *Registry) logRow(uid, author, text string) (map[string]types.AttributeValue, error) {
	return attributevalue.MarshalMap(Change{UID: uid, Applied: r.now().Format(time.RFC3339Nano), Author: author, Text: text})
}

// Amend adds an amendment to a deed and to the log.
func (r *Registry) Amend(ctx context.Context, uid, author, text string) error {
	d, err := r.get(ctx, uid)
	if err != nil {
		return err
	}
	d.Amendments = append(d.Amendments, text)
	item, err := attributevalue.MarshalMap(d)
	if err != nil {
		return err
	}
	row, err := r.logRow(uid, author, text)
	if err != nil {
		return err
	}
	_, err = r.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // want weakguard
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String(r.deeds), Item: item}},
			{Put: &types.Put{TableName: aws.String(r.changeLog), Item: row}},
		},
	})
	return err
}

// AmendSafe adds an amendment to a deed that is still as it was read.
func (r *Registry) AmendSafe(ctx context.Context, uid, author, text string) error {
	d, err := r.get(ctx, uid)
	if err != nil {
		return err
	}
	read := d.Version
	d.Amendments = append(d.Amendments, text)
	d.Version++
	item, err := attributevalue.MarshalMap(d)
	if err != nil {
		return err
	}
	row, err := r.logRow(uid, author, text)
	if err != nil {
		return err
	}
	put := &types.Put{
		TableName:           aws.String(r.deeds),
		Item:                item,
		ConditionExpression: aws.String("version = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		},
	}
	_, err = r.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: put},
			{Put: &types.Put{TableName: aws.String(r.changeLog), Item: row}},
		},
	})
	return err
}
