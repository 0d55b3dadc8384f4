// Package oncall lets a doctor go off call while the deputy is on call.
//
// Both go at the same time: each reads that the other one is on call, each
// writes only its own item, under its own condition, and nobody is on call.
//
// Invariant: of a doctor and the deputy at least one is on call.
package oncall

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errAlone = errors.New("the deputy is not on call")

type doctor struct {
	ID     string `dynamodbav:"id"`
	Deputy string `dynamodbav:"deputy"`
	OnCall bool   `dynamodbav:"onCall"`
}

// Ward stores who is on call.
type Ward struct {
	DB    *dynamodb.Client
	Table string
}

func (w *Ward) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (w *Ward) doctor(ctx context.Context, id string) (d doctor, err error) {
	out, err := w.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(w.Table), Key: w.key(id), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return d, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &d)
	return d, err
}

func (w *Ward) deputyOf(ctx context.Context, id string) (string, error) {
	d, err := w.doctor(ctx, id)
	if err != nil {
		return "", err
	}
	deputy, err := w.doctor(ctx, d.Deputy)
	if err != nil {
		return "", err
	}
	if !deputy.OnCall {
		return "", errAlone
	}
	return deputy.ID, nil
}

func onCall(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

// Leave takes a doctor off call.
func (w *Ward) Leave(ctx context.Context, id string) error {
	if _, err := w.deputyOf(ctx, id); err != nil {
		return err
	}
	_, err := w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want writeskew
		TableName:                 aws.String(w.Table),
		Key:                       w.key(id),
		UpdateExpression:          aws.String("SET onCall = :no"),
		ConditionExpression:       aws.String("onCall = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":no": onCall(false), ":yes": onCall(true)},
	})
	return err
}

// LeaveSafe takes a doctor off call if the deputy is on call at that moment.
func (w *Ward) LeaveSafe(ctx context.Context, id string) error {
	deputy, err := w.deputyOf(ctx, id)
	if err != nil {
		return err
	}
	_, err = w.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:           aws.String(w.Table),
				Key:                 w.key(id),
				UpdateExpression:    aws.String("SET onCall = :no"),
				ConditionExpression: aws.String("onCall = :yes AND deputy = :deputy"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":no": onCall(false), ":yes": onCall(true), ":deputy": &types.AttributeValueMemberS{Value: deputy},
				},
			}},
			{ConditionCheck: &types.ConditionCheck{
				TableName:                 aws.String(w.Table),
				Key:                       w.key(deputy),
				ConditionExpression:       aws.String("onCall = :yes"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":yes": onCall(true)},
			}},
		},
	})
	return err
}
