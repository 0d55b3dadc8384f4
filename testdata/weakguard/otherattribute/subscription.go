// Package otherattribute demands that a subscription is active while it
// overwrites the credit it read: the condition looks at the wrong attribute.
//
// Two refunds at once both find the subscription active and both set their own
// sum: the customer gets one of the two.
//
// Invariant: the credit is the sum of all refunds.
package otherattribute

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	table  = "subscriptions"
	active = "ACTIVE"
)

// ErrInactive says that a subscription cannot take refunds.
var ErrInactive = errors.New("subscription is not active")

// Subscription is what the table holds.
type Subscription struct {
	PK     string `dynamodbav:"pk"`
	Status string `dynamodbav:"status"`
	Credit int    `dynamodbav:"credit"`
}

func load(ctx context.Context, db *dynamodb.Client, id string) (*Subscription, error) {
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "SUB#" + id}},
	})
	if err != nil {
		return nil, err
	}
	s := Subscription{}
	if err := attributevalue.UnmarshalMap(out.Item, &s); err != nil {
		return nil, err
	}
	if s.Status != active {
		return nil, ErrInactive
	}
	return &s, nil
}

func creditInput(s *Subscription, sum int) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                aws.String(table),
		Key:                      map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: s.PK}},
		UpdateExpression:         aws.String("SET credit = :sum"),
		ConditionExpression:      aws.String("#status = :active"),
		ExpressionAttributeNames: map[string]string{"#status": "status"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":sum":    &types.AttributeValueMemberN{Value: fmt.Sprintf("%d", sum)},
			":active": &types.AttributeValueMemberS{Value: active},
		},
	}
}

// Refund adds to the credit of an active subscription.
func Refund(ctx context.Context, db *dynamodb.Client, id string, cents int) error {
	s, err := load(ctx, db, id)
	if err != nil {
		return err
	}
	_, err = db.UpdateItem(ctx, creditInput(s, s.Credit+cents)) // want weakguard
	return err
}

// RefundSafe adds to the credit of an active subscription, unless the credit changed.
func RefundSafe(ctx context.Context, db *dynamodb.Client, id string, cents int) error {
	s, err := load(ctx, db, id)
	if err != nil {
		return err
	}
	in := creditInput(s, s.Credit+cents)
	in.ConditionExpression = aws.String(*in.ConditionExpression + " AND credit = :read")
	in.ExpressionAttributeValues[":read"] = &types.AttributeValueMemberN{Value: fmt.Sprintf("%d", s.Credit)}
	_, err = db.UpdateItem(ctx, in)
	return err
}
