// Package units turns cents into euros where a purse is read: what a caller has is not what is stored.
//
// Two payments at once: either is added to what both have read, and one is gone. A condition that the amount is what the caller
// has would be refused for ever.
//
// Invariant: the amount is the sum of all payments.
package units

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Purse holds money.
type Purse struct {
	ID     string `dynamodbav:"id"`
	Amount int    `dynamodbav:"amount"`
}

func (p *Purse) inEuros() { p.Amount /= 100 }

// Purses stores purses, in cents.
type Purses struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func cents(euros int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(euros * 100)}
}

// Get reads a purse, in euros.
func (p *Purses) Get(ctx context.Context, id string) (*Purse, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	var found Purse
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return nil, err
	}
	found.inEuros()
	return &found, nil
}

// Pay puts euros into a purse.
func (p *Purses) Pay(ctx context.Context, id string, euros int) error {
	found, err := p.Get(ctx, id)
	if err != nil {
		return err
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET amount = :amount"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":amount": cents(found.Amount + euros)},
	})
	return err
}

// PaySafe lets DynamoDB add.
func (p *Purses) PaySafe(ctx context.Context, id string, euros int) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET amount = amount + :more"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":more": cents(euros)},
	})
	return err
}
