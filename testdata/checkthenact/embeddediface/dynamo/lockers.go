// Package dynamo keeps lockers in DynamoDB: one type reads, a second embeds it
// and writes.
package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/embeddediface/lockers"
)

// Reading reads lockers.
type Reading struct {
	db    *dynamodb.Client
	table string
}

func key(no string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"locker": &types.AttributeValueMemberS{Value: no}}
}

// Locker reads a locker.
func (r *Reading) Locker(ctx context.Context, no string) (lockers.Locker, error) {
	var l lockers.Locker
	out, err := r.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.table), Key: key(no)})
	if err != nil {
		return l, err
	}
	return l, attributevalue.UnmarshalMap(out.Item, &l)
}

// Table reads and writes lockers.
type Table struct {
	*Reading
}

// New returns the lockers of a table.
func New(db *dynamodb.Client, table string) Table { return Table{&Reading{db, table}} }

func (t Table) input(no, code string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String(t.table),
		Key:                       key(no),
		UpdateExpression:          aws.String("SET code = :code"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":code": &types.AttributeValueMemberS{Value: code}},
	}
}

// SetCode sets the code of a locker.
func (t Table) SetCode(ctx context.Context, no, code string) error {
	_, err := t.db.UpdateItem(ctx, t.input(no, code))
	return err
}

// ClaimCode sets the code of a locker that has none.
func (t Table) ClaimCode(ctx context.Context, no, code string) error {
	in := t.input(no, code)
	in.ConditionExpression = aws.String("attribute_not_exists(code)")
	_, err := t.db.UpdateItem(ctx, in)
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		return lockers.ErrTaken
	}
	return err
}
