// Package giveback gives seats of a reservation back by putting free seats in their place.
//
// While one client gives a seat back, another one sells it: the reservation that was looked at is gone, and the put makes the
// sold seat a free one, which is sold again.
//
// Invariant: a seat that was sold stays sold.
package giveback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A Seat is free, held for a reservation, or sold.
type Seat struct {
	ID          string `dynamodbav:"seat"`
	State       string `dynamodbav:"seatState"`
	Reservation string `dynamodbav:"reservation,omitempty"`
}

// Hall stores seats.
type Hall struct {
	DB    *dynamodb.Client
	Table string
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func (h *Hall) seat(ctx context.Context, id string) (*Seat, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &h.Table, Key: map[string]types.AttributeValue{"seat": text(id)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil || out.Item == nil {
		return nil, err
	}
	s := &Seat{}
	return s, attributevalue.UnmarshalMap(out.Item, s)
}

// Release gives a seat back that a reservation holds.
func (h *Hall) Release(ctx context.Context, reservation, id string) error {
	s, err := h.seat(ctx, id)
	if err != nil || s == nil || s.Reservation != reservation {
		return err
	}
	free, err := attributevalue.MarshalMap(Seat{ID: id, State: "free"})
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &h.Table, Item: free}) // want checkthenact
	return err
}

// ReleaseSafe gives a seat back that a reservation still holds.
func (h *Hall) ReleaseSafe(ctx context.Context, reservation, id string) error {
	s, err := h.seat(ctx, id)
	if err != nil || s == nil || s.Reservation != reservation {
		return err
	}
	free, err := attributevalue.MarshalMap(Seat{ID: id, State: "free"})
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &h.Table,
		Item:                      free,
		ConditionExpression:       aws.String("reservation = :r"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": text(reservation)},
	})
	return err
}

// Sell sells a seat that a reservation holds, or that is free.
func (h *Hall) Sell(ctx context.Context, id string) error {
	_, err := h.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &h.Table,
		Key:                       map[string]types.AttributeValue{"seat": text(id)},
		UpdateExpression:          aws.String("SET seatState = :s REMOVE reservation"),
		ConditionExpression:       aws.String("seatState <> :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("sold")},
	})
	return err
}
