// Package onetime opens parcel lockers for codes that open once.
//
// Two people type the same code at two terminals: both read that it has not been used, both mark it as used, and both are
// told to go ahead.
//
// Invariant: one at most may go ahead with a code.
package onetime

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrUnknown says that nobody has been given such a code.
var ErrUnknown = errors.New("no such code")

// Code opens one locker.
type Code struct {
	Code    string `dynamodbav:"code"`
	Locker  int    `dynamodbav:"locker"`
	Until   int64  `dynamodbav:"until"`
	Used    bool   `dynamodbav:"used"`
	Printed bool   `dynamodbav:"printed"`
}

// Terminal is where codes are typed.
type Terminal struct {
	DB    *dynamodb.Client
	Table string
	Now   func() time.Time
}

func key(code string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}}
}

func flag(v bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: v} }

func (t *Terminal) find(ctx context.Context, code string) (*Code, error) {
	out, err := t.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(t.Table), Key: key(code), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrUnknown
	}
	var c Code
	if err := attributevalue.UnmarshalMap(out.Item, &c); err != nil {
		return nil, err
	}
	return &c, nil
}

// set sets a flag of a code.
func (t *Terminal) set(ctx context.Context, code, name string) error {
	_, err := t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(t.Table),
		Key:                       key(code),
		UpdateExpression:          aws.String("SET #f = :true"),
		ExpressionAttributeNames:  map[string]string{"#f": name},
		ExpressionAttributeValues: map[string]types.AttributeValue{":true": flag(true)},
	})
	return err
}

// Accept uses a code up, and says whether it opens the locker.
func (t *Terminal) Accept(ctx context.Context, code string) (bool, error) {
	c, err := t.find(ctx, code)
	if err != nil {
		return false, err
	}
	if c.Used || t.Now().Unix() > c.Until {
		return false, nil
	}
	if err := t.set(ctx, code, "used"); err != nil { // want checkthenact
		return false, err
	}
	return true, nil
}

// AcceptSafe uses a code up on condition that it has not been used.
func (t *Terminal) AcceptSafe(ctx context.Context, code string) (bool, error) {
	c, err := t.find(ctx, code)
	if err != nil {
		return false, err
	}
	if t.Now().Unix() > c.Until {
		return false, nil
	}
	if c.Used {
		return false, nil
	}
	_, err = t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(t.Table),
		Key:                       key(code),
		UpdateExpression:          aws.String("SET used = :true"),
		ConditionExpression:       aws.String("used = :false"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":true": flag(true), ":false": flag(false)},
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, nil
}

// Print marks a code as printed, unless it is. Nobody learns who was first, so a code that is marked twice is marked.
func (t *Terminal) Print(ctx context.Context, code string) error {
	c, err := t.find(ctx, code)
	if err != nil {
		return err
	}
	if c.Printed {
		return nil
	}
	return t.set(ctx, code, "printed")
}
