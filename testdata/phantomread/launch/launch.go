// Package launch starts a run while fewer than so many are running.
//
// Two launches count at the same time, and both start one more.
//
// Invariant: no more runs are running than may be.
//
// What a launch does to its own run afterwards adds none: that update is silent.
package launch

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrBusy is returned when enough is running.
var ErrBusy = errors.New("enough is running")

// Runs are kept in one table, with an index of their states.
type Runs struct {
	DB    *dynamodb.Client
	Table string
	Start func(id string) error
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (r *Runs) running(ctx context.Context) (int, error) {
	out, err := r.DB.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(r.Table), IndexName: aws.String("byState"), KeyConditionExpression: aws.String("#s = :s"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("running")},
		Select:                    types.SelectCount,
	})
	if err != nil {
		return 0, err
	}
	return int(out.Count), nil
}

// Launch starts a run.
func (r *Runs) Launch(ctx context.Context, atMost int) error {
	n, err := r.running(ctx)
	if err != nil {
		return err
	}
	if n >= atMost {
		return ErrBusy
	}
	id := uuid.NewString()
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want phantomread
		TableName: aws.String(r.Table), Item: map[string]types.AttributeValue{"id": text(id), "state": text("running")},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	if err != nil {
		return err
	}
	if err := r.Start(id); err != nil {
		return errors.Join(err, r.fail(ctx, id))
	}
	return nil
}

func (r *Runs) fail(ctx context.Context, id string) error {
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(r.Table), Key: map[string]types.AttributeValue{"id": text(id)},
		UpdateExpression: aws.String("SET #s = :s"), ConditionExpression: aws.String("attribute_exists(id)"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("failed")},
	})
	return err
}
