// Package statemachine moves orders from one status to the next: read the
// status, decide, SET the status.
//
// A customer cancels while the warehouse ships: both find the order open, both
// set their own status, and the parcel of a cancelled order is on its way.
//
// Invariant: at most one of Ship and Cancel of an order returns nil.
package statemachine

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Status is where an order is on its way.
type Status string

// The statuses of an order.
const (
	Open      Status = "OPEN"
	Shipped   Status = "SHIPPED"
	Cancelled Status = "CANCELLED"
)

// ErrStatus says that an order is not in the status that the step needs.
var ErrStatus = errors.New("order is not open")

// Orders stores orders.
type Orders struct {
	api   updater
	table string
}

type updater interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// New returns the orders of a table.
func New(api updater, table string) *Orders { return &Orders{api, table} }

func orderKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "ORDER#" + id},
		"sk": &types.AttributeValueMemberS{Value: "#META"},
	}
}

func (o *Orders) status(ctx context.Context, id string) (Status, error) {
	out, err := o.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &o.table, Key: orderKey(id)})
	if err != nil {
		return "", err
	}
	var order struct {
		Status Status `dynamodbav:"status"`
	}
	err = attributevalue.UnmarshalMap(out.Item, &order)
	return order.Status, err
}

func (o *Orders) set(id string, to Status) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 &o.table,
		Key:                       orderKey(id),
		UpdateExpression:          aws.String("SET #s = :to"),
		ExpressionAttributeNames:  map[string]string{"#s": "status"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":to": &types.AttributeValueMemberS{Value: string(to)}},
	}
}

// Ship marks an open order as shipped.
func (o *Orders) Ship(ctx context.Context, id string) error {
	s, err := o.status(ctx, id)
	if err != nil {
		return err
	}
	if s != Open {
		return ErrStatus
	}
	_, err = o.api.UpdateItem(ctx, o.set(id, Shipped)) // want checkthenact
	return err
}

// Cancel marks an open order as cancelled.
func (o *Orders) Cancel(ctx context.Context, id string) error {
	s, err := o.status(ctx, id)
	if err != nil {
		return err
	}
	switch s {
	case Open:
		_, err = o.api.UpdateItem(ctx, o.set(id, Cancelled)) // want checkthenact
		return err
	case Cancelled:
		return nil
	default:
		return ErrStatus
	}
}

// setOpen sets the status of an order that is open when the write arrives.
func (o *Orders) setOpen(ctx context.Context, id string, to Status) error {
	s, err := o.status(ctx, id)
	if err != nil {
		return err
	}
	if s != Open {
		return ErrStatus
	}
	in := o.set(id, to)
	in.ConditionExpression = aws.String("#s = :open")
	in.ExpressionAttributeValues[":open"] = &types.AttributeValueMemberS{Value: string(Open)}
	_, err = o.api.UpdateItem(ctx, in)
	return err
}

// ShipSafe marks an order as shipped that is open when the write arrives.
func (o *Orders) ShipSafe(ctx context.Context, id string) error { return o.setOpen(ctx, id, Shipped) }

// CancelSafe marks an order as cancelled that is open when the write arrives.
func (o *Orders) CancelSafe(ctx context.Context, id string) error {
	return o.setOpen(ctx, id, Cancelled)
}
