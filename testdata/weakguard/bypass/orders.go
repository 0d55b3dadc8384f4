// Package bypass pins the version wherever it writes an order, except in the
// transaction that writes an invoice beside it: the Put there forgot.
//
// A clerk bills an order while a customer changes it: the transaction puts the
// order back as it was before the change, with the old version plus one.
//
// Invariant: a change that returned nil is in the order.
package bypass

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Order is one order.
type Order struct {
	ID      string         `dynamodbav:"id"`
	Lines   map[string]int `dynamodbav:"pieces"`
	Billed  bool           `dynamodbav:"billed"`
	Version int            `dynamodbav:"version"`
}

// Orders stores orders and invoices.
type Orders struct {
	DB               *dynamodb.Client
	Orders, Invoices string
}

func (o *Orders) get(ctx context.Context, id string) (*Order, error) {
	out, err := o.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(o.Orders),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	order := &Order{ID: id, Lines: map[string]int{}}
	return order, attributevalue.UnmarshalMap(out.Item, order)
}

func pin(version int) (cond *string, vals map[string]types.AttributeValue) {
	return aws.String("version = :read"), map[string]types.AttributeValue{
		":read": &types.AttributeValueMemberN{Value: strconv.Itoa(version)},
	}
}

func (o *Orders) save(ctx context.Context, order *Order) error {
	cond, vals := pin(order.Version)
	order.Version++
	item, err := attributevalue.MarshalMap(order)
	if err != nil {
		return err
	}
	_, err = o.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(o.Orders), Item: item, ConditionExpression: cond, ExpressionAttributeValues: vals,
	})
	return err
}

// Change sets how many pieces of a product are ordered.
func (o *Orders) Change(ctx context.Context, id, sku string, qty int) error {
	order, err := o.get(ctx, id)
	if err != nil {
		return err
	}
	order.Lines[sku] = qty
	return o.save(ctx, order)
}

// Drop takes a product off an order.
func (o *Orders) Drop(ctx context.Context, id, sku string) error {
	order, err := o.get(ctx, id)
	if err != nil {
		return err
	}
	delete(order.Lines, sku)
	return o.save(ctx, order)
}

func (o *Orders) bill(ctx context.Context, id string) (order, invoice *types.Put, read int, err error) {
	found, err := o.get(ctx, id)
	if err != nil {
		return nil, nil, 0, err
	}
	read = found.Version
	found.Billed = true
	found.Version++
	item, err := attributevalue.MarshalMap(found)
	if err != nil {
		return nil, nil, 0, err
	}
	row, err := attributevalue.MarshalMap(map[string]any{"id": "INVOICE#" + id, "pieces": found.Lines})
	if err != nil {
		return nil, nil, 0, err
	}
	order = &types.Put{TableName: aws.String(o.Orders), Item: item}
	invoice = &types.Put{
		TableName:           aws.String(o.Invoices),
		Item:                row,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	}
	return order, invoice, read, nil
}

// Bill stores the invoice of an order and marks the order as billed.
func (o *Orders) Bill(ctx context.Context, id string) error {
	order, invoice, _, err := o.bill(ctx, id)
	if err != nil {
		return err
	}
	_, err = o.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // want weakguard
		TransactItems: []types.TransactWriteItem{{Put: order}, {Put: invoice}},
	})
	return err
}

// BillSafe does the same to an order that is as it was read.
func (o *Orders) BillSafe(ctx context.Context, id string) error {
	order, invoice, read, err := o.bill(ctx, id)
	if err != nil {
		return err
	}
	order.ConditionExpression, order.ExpressionAttributeValues = pin(read)
	_, err = o.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{{Put: order}, {Put: invoice}},
	})
	return err
}
