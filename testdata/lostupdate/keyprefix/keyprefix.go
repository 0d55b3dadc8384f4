// Package keyprefix reads orders whose number is the key, without the prefix that it has there, and puts
// them back with the prefix before it.
//
// Two clerks work on one order: one pays it, one writes a note. The second put takes back what the first one
// did.
//
// Invariant: an order that was paid is paid, and has its notes.
package keyprefix

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const prefix = "ORDER#"

// Order is an order.
type Order struct {
	Number string `dynamodbav:"pk"`
	Paid   int    `dynamodbav:"paid"`
	Note   string `dynamodbav:"note"`
}

// Desk works on orders.
type Desk struct {
	DB    *dynamodb.Client
	Table string
}

func key(number string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: prefix + number}}
}

func (d *Desk) order(ctx context.Context, number string) (*Order, error) {
	out, err := d.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.Table), Key: key(number)})
	if err != nil {
		return nil, err
	}
	o := &Order{}
	if err := attributevalue.UnmarshalMap(out.Item, o); err != nil {
		return nil, err
	}
	o.Number = strings.TrimPrefix(o.Number, prefix)
	return o, nil
}

func (d *Desk) put(ctx context.Context, o *Order) error {
	item, err := attributevalue.MarshalMap(o)
	if err != nil {
		return err
	}
	item["pk"] = key(o.Number)["pk"]
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.Table), Item: item})
	return err
}

// Pay adds a payment.
func (d *Desk) Pay(ctx context.Context, number string, amount int) error {
	o, err := d.order(ctx, number)
	if err != nil {
		return err
	}
	o.Paid += amount
	return d.put(ctx, o) // want lostupdate
}

// PaySafe lets DynamoDB add.
func (d *Desk) PaySafe(ctx context.Context, number string, amount int) error {
	sum, err := attributevalue.Marshal(amount)
	if err != nil {
		return err
	}
	_, err = d.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(d.Table), Key: key(number), UpdateExpression: aws.String("ADD paid :a"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":a": sum},
	})
	return err
}
