// Package onlyopen starts a shift for a worker who has none open.
//
// A worker clocks in at two doors: no shift is open for either, and the worker
// is paid twice until somebody notices.
//
// Invariant: no worker has two open shifts.
package onlyopen

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

const table = "shifts"

var errOpen = errors.New("a shift is open already")

// Shift is one shift.
type Shift struct {
	Worker string    `dynamodbav:"worker"`
	ID     string    `dynamodbav:"id"`
	Begin  time.Time `dynamodbav:"begins"`
	End    time.Time `dynamodbav:"ends,omitempty"`
}

// Clock is the time clock.
type Clock struct{ *dynamodb.Client }

func (c Clock) shifts(ctx context.Context, worker string) ([]Shift, error) {
	out, err := c.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(table),
		KeyConditionExpression:    aws.String("worker = :w"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":w": &types.AttributeValueMemberS{Value: worker}},
	})
	if err != nil {
		return nil, err
	}
	var found []Shift
	err = attributevalue.UnmarshalListOfMaps(out.Items, &found)
	return found, err
}

func (c Clock) hasOpen(ctx context.Context, worker string) (bool, error) {
	found, err := c.shifts(ctx, worker)
	if err != nil {
		return false, err
	}
	for _, s := range found {
		if s.End.IsZero() {
			return true, nil
		}
	}
	return false, nil
}

// In starts a shift.
func (c Clock) In(ctx context.Context, worker string) error {
	switch open, err := c.hasOpen(ctx, worker); {
	case err != nil:
		return err
	case open:
		return errOpen
	}
	item, err := attributevalue.MarshalMap(Shift{Worker: worker, ID: uuid.NewString(), Begin: time.Now()})
	if err != nil {
		return err
	}
	_, err = c.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item}) // want phantomread
	return err
}

// InSafe starts a shift together with a marker that only one shift can have.
func (c Clock) InSafe(ctx context.Context, worker string) error {
	switch open, err := c.hasOpen(ctx, worker); {
	case err != nil:
		return err
	case open:
		return errOpen
	}
	item, err := attributevalue.MarshalMap(Shift{Worker: worker, ID: uuid.NewString(), Begin: time.Now()})
	if err != nil {
		return err
	}
	marker := map[string]types.AttributeValue{
		"worker": &types.AttributeValueMemberS{Value: worker},
		"id":     &types.AttributeValueMemberS{Value: "OPEN"},
	}
	_, err = c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName:           aws.String(table),
				Item:                marker,
				ConditionExpression: aws.String("attribute_not_exists(id)"),
			}},
			{Put: &types.Put{TableName: aws.String(table), Item: item}},
		},
	})
	return err
}
