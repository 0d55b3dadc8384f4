// Package readmodifyput holds a loyalty account that is read, changed in Go
// and written back whole, all in one function.
//
// Two clients that redeem at the same time both read 100 points and both write
// back 100 minus their own cost: one of the two redemptions was free of charge.
//
// Invariant: Points plus everything redeemed stays what it was before.
package readmodifyput

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrPoints says that an account cannot pay for what it asked.
var ErrPoints = errors.New("not enough points")

// Account is one member's points.
type Account struct {
	ID      string `dynamodbav:"id"`
	Owner   string `dynamodbav:"owner"`
	Points  int    `dynamodbav:"points"`
	Version int    `dynamodbav:"version"`
}

// Program keeps the accounts of one loyalty program.
type Program struct {
	DB    *dynamodb.Client
	Table string
}

// Redeem takes cost points from the account.
func (p *Program) Redeem(ctx context.Context, id string, cost int) error {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(p.Table),
		Key:            map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	var a Account
	if err := attributevalue.UnmarshalMap(out.Item, &a); err != nil {
		return err
	}
	if a.Points < cost {
		return ErrPoints
	}
	a.Points -= cost
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(p.Table), Item: item}) // want lostupdate
	return err
}

// RedeemSafe takes cost points from the account, and fails when another
// client changed the account in between.
func (p *Program) RedeemSafe(ctx context.Context, id string, cost int) error {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(p.Table),
		Key:            map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	var a Account
	if err := attributevalue.UnmarshalMap(out.Item, &a); err != nil {
		return err
	}
	if a.Points < cost {
		return ErrPoints
	}
	read := a.Version
	a.Points -= cost
	a.Version++
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(p.Table),
		Item:                item,
		ConditionExpression: aws.String("version = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		},
	})
	return err
}
