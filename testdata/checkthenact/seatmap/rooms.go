// Package seatmap gives seats of a room away, which one item holds as a map, and enters guests in its list.
//
// Two guests who ask for one seat at once both find it free, and the second one sits on the first one's lap. A guest who comes
// twice at once is not in the list for either, and stands in it twice.
//
// Invariant: who was given a seat has it, and no guest is in the list twice.
package seatmap

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The ways in which a guest is turned away.
var (
	ErrTaken = errors.New("the seat is taken")
	ErrThere = errors.New("the guest is there already")
)

// Room is a room with its seats and guests.
type Room struct {
	ID     string            `dynamodbav:"id"`
	Seats  map[string]string `dynamodbav:"seats"`
	Guests []string          `dynamodbav:"guests"`
}

// Rooms stores rooms.
type Rooms struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (r *Rooms) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": text(id)}
}

func (r *Rooms) get(ctx context.Context, id string) (*Room, error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Table), Key: r.key(id)})
	if err != nil {
		return nil, err
	}
	var room Room
	return &room, attributevalue.UnmarshalMap(out.Item, &room)
}

func (r *Rooms) set(ctx context.Context, id, seat, who string, condition *string) error {
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(r.Table), Key: r.key(id), UpdateExpression: aws.String("SET seats.#s = :who"), ConditionExpression: condition,
		ExpressionAttributeNames:  map[string]string{"#s": seat},
		ExpressionAttributeValues: map[string]types.AttributeValue{":who": text(who)},
	})
	return err
}

// Sit gives away a seat that is not among those taken.
func (r *Rooms) Sit(ctx context.Context, id, seat, who string) error {
	room, err := r.get(ctx, id)
	if err != nil {
		return err
	}
	if _, taken := room.Seats[seat]; taken {
		return ErrTaken
	}
	return r.set(ctx, id, seat, who, nil) // want checkthenact
}

// SitSafe lets DynamoDB look.
func (r *Rooms) SitSafe(ctx context.Context, id, seat, who string) error {
	return r.set(ctx, id, seat, who, aws.String("attribute_not_exists(seats.#s)"))
}

// SitEmpty gives away a seat that has nobody's name.
func (r *Rooms) SitEmpty(ctx context.Context, id, seat, who string) error {
	room, err := r.get(ctx, id)
	if err != nil {
		return err
	}
	if room.Seats[seat] != "" {
		return ErrTaken
	}
	return r.set(ctx, id, seat, who, nil) // want checkthenact
}

// SitEmptySafe looks as well, and lets DynamoDB look again.
func (r *Rooms) SitEmptySafe(ctx context.Context, id, seat, who string) error {
	room, err := r.get(ctx, id)
	if err != nil {
		return err
	}
	if room.Seats[seat] != "" {
		return ErrTaken
	}
	return r.set(ctx, id, seat, who, aws.String("attribute_not_exists(seats.#s)"))
}

// Enter puts a guest in the list whom a loop has not found there.
func (r *Rooms) Enter(ctx context.Context, id, who string) error {
	room, err := r.get(ctx, id)
	if err != nil {
		return err
	}
	there := false
	for _, guest := range room.Guests {
		if guest == who {
			there = true
			break
		}
	}
	if there {
		return ErrThere
	}
	return r.enter(ctx, id, who, nil) // want checkthenact
}

// EnterSafe lets DynamoDB look for the guest.
func (r *Rooms) EnterSafe(ctx context.Context, id, who string) error {
	return r.enter(ctx, id, who, aws.String("NOT contains(guests, :name)"))
}

func (r *Rooms) enter(ctx context.Context, id, who string, condition *string) error {
	values := map[string]types.AttributeValue{":who": &types.AttributeValueMemberL{Value: []types.AttributeValue{text(who)}}}
	if condition != nil {
		values[":name"] = text(who)
	}
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(r.Table), Key: r.key(id), UpdateExpression: aws.String("SET guests = list_append(guests, :who)"),
		ConditionExpression: condition, ExpressionAttributeValues: values,
	})
	return err
}
