// Package advisory is silent because what is checked on the read is checked
// again by DynamoDB when the write arrives: the first check is for a quick and
// polite answer.
package advisory

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrSoldOut says that there are not enough seats left.
var ErrSoldOut = errors.New("sold out")

type flight struct {
	Number string `dynamodbav:"flight"`
	Free   int    `dynamodbav:"freeSeats"`
	Closed bool   `dynamodbav:"closed"`
}

// Booking is one booking.
type Booking struct {
	ID     string `dynamodbav:"id"`
	Flight string `dynamodbav:"flight"`
	Seats  int    `dynamodbav:"seats"`
}

// Bookings sells seats.
type Bookings struct {
	DB                *dynamodb.Client
	Flights, Bookings string
}

func (b *Bookings) available(ctx context.Context, number string, seats int) error {
	out, err := b.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(b.Flights),
		Key:       map[string]types.AttributeValue{"flight": &types.AttributeValueMemberS{Value: number}},
	})
	if err != nil {
		return err
	}
	var f flight
	if err := attributevalue.UnmarshalMap(out.Item, &f); err != nil {
		return err
	}
	if f.Closed || f.Free < seats {
		return ErrSoldOut
	}
	return nil
}

// Book books seats on a flight.
func (b *Bookings) Book(ctx context.Context, number string, seats int) (*Booking, error) {
	if err := b.available(ctx, number, seats); err != nil {
		return nil, err
	}
	booking := &Booking{ID: uuid.NewString(), Flight: number, Seats: seats}
	item, err := attributevalue.MarshalMap(booking)
	if err != nil {
		return nil, err
	}
	_, err = b.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:           aws.String(b.Flights),
				Key:                 map[string]types.AttributeValue{"flight": &types.AttributeValueMemberS{Value: number}},
				UpdateExpression:    aws.String("SET freeSeats = freeSeats - :n"),
				ConditionExpression: aws.String("freeSeats >= :n AND closed = :no"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":n":  &types.AttributeValueMemberN{Value: strconv.Itoa(seats)},
					":no": &types.AttributeValueMemberBOOL{Value: false},
				},
			}},
			{Put: &types.Put{TableName: aws.String(b.Bookings), Item: item}},
		},
	})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) && refused(cancelled) {
		return nil, ErrSoldOut
	}
	return booking, err
}

// refused tells a condition that does not hold from a conflict with another transaction, after which one tries again.
func refused(cancelled *types.TransactionCanceledException) bool {
	return slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
		return aws.ToString(r.Code) == "ConditionalCheckFailed"
	})
}
