// Package asked looks at how many there are in a list, at whether somebody is among them, at whether a time was set.
//
// Two guests take the last place of an event: both have read that there is one. An invitation is answered twice. A guest
// stands up from a seat that another one has got meanwhile.
//
// Invariant: an event has no more guests than places and nobody twice, an invitation is answered once, a seat is left by who has it.
package asked

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	// ErrFull says that an event has no place left.
	ErrFull = errors.New("no place left")
	// ErrThere says that somebody is a guest already.
	ErrThere = errors.New("is a guest already")
	// ErrAnswered says that an invitation was answered.
	ErrAnswered = errors.New("was answered already")
	// ErrOther says that another guest has the seat.
	ErrOther = errors.New("another guest has the seat")
)

// Event is one event.
type Event struct {
	ID       string            `dynamodbav:"id"`
	Guests   []string          `dynamodbav:"guests"`
	Places   int               `dynamodbav:"places"`
	Seats    map[string]string `dynamodbav:"seats"`
	Answered time.Time         `dynamodbav:"answered"`
}

// Events stores events.
type Events struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (e *Events) get(ctx context.Context, id string) (*Event, error) {
	out, err := e.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(e.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	ev := &Event{}
	return ev, attributevalue.UnmarshalMap(out.Item, ev)
}

func guest(who string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		":none": &types.AttributeValueMemberL{},
		":who":  &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: who}}},
	}
}

// Join takes a place of an event.
func (e *Events) Join(ctx context.Context, id, who string) error {
	ev, err := e.get(ctx, id)
	if err != nil {
		return err
	}
	if len(ev.Guests) >= ev.Places {
		return ErrFull
	}
	if slices.Contains(ev.Guests, who) {
		return ErrThere
	}
	_, err = e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET guests = list_append(if_not_exists(guests, :none), :who)"),
		ExpressionAttributeValues: guest(who),
	})
	return err
}

// JoinSafe takes a place if there is one when the update arrives.
func (e *Events) JoinSafe(ctx context.Context, id, who string) error {
	values := guest(who)
	values[":one"] = &types.AttributeValueMemberS{Value: who}
	_, err := e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET guests = list_append(if_not_exists(guests, :none), :who)"),
		ConditionExpression:       aws.String("NOT size(guests) >= places AND NOT contains(guests, :one)"),
		ExpressionAttributeValues: values,
	})
	return err
}

// Come makes somebody a guest once, of an event with ten places.
func (e *Events) Come(ctx context.Context, id, who string) error {
	ev, err := e.get(ctx, id)
	if err != nil {
		return err
	}
	if len(ev.Guests) > 9 {
		return ErrFull
	}
	for _, g := range ev.Guests {
		if g == who {
			return ErrThere
		}
	}
	_, err = e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET guests = list_append(if_not_exists(guests, :none), :who)"),
		ExpressionAttributeValues: guest(who),
	})
	return err
}

// ComeSafe makes somebody a guest once.
func (e *Events) ComeSafe(ctx context.Context, id, who string) error {
	values := guest(who)
	values[":one"] = &types.AttributeValueMemberS{Value: who}
	values[":places"] = &types.AttributeValueMemberN{Value: "10"}
	_, err := e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET guests = list_append(if_not_exists(guests, :none), :who)"),
		ConditionExpression:       aws.String("(attribute_not_exists(guests) OR size(guests) < :places) AND NOT contains(guests, :one)"),
		ExpressionAttributeValues: values,
	})
	return err
}

// AnswerSafe notes when an invitation was answered that was not.
func (e *Events) AnswerSafe(ctx context.Context, id string) error {
	now, err := attributevalue.Marshal(time.Now())
	if err != nil {
		return err
	}
	_, err = e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET answered = :now"),
		ConditionExpression:       aws.String("attribute_not_exists(answered)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":now": now},
	})
	return err
}

// Answer notes when an invitation was answered.
func (e *Events) Answer(ctx context.Context, id string) error {
	ev, err := e.get(ctx, id)
	if err != nil {
		return err
	}
	if !ev.Answered.IsZero() {
		return ErrAnswered
	}
	now, err := attributevalue.Marshal(time.Now())
	if err != nil {
		return err
	}
	_, err = e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET answered = :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":now": now},
	})
	return err
}

// Stand takes a seat from the guest who has it.
func (e *Events) Stand(ctx context.Context, id, seat, who string) error {
	ev, err := e.get(ctx, id)
	if err != nil {
		return err
	}
	if ev.Seats[seat] != who {
		return ErrOther
	}
	_, err = e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                aws.String(e.Table),
		Key:                      key(id),
		UpdateExpression:         aws.String("REMOVE seats.#s"),
		ExpressionAttributeNames: map[string]string{"#s": seat},
	})
	return err
}

// StandSafe takes a seat from the guest who has it when the update arrives.
func (e *Events) StandSafe(ctx context.Context, id, seat, who string) error {
	_, err := e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("REMOVE seats.#s"),
		ConditionExpression:       aws.String("seats.#s = :who"),
		ExpressionAttributeNames:  map[string]string{"#s": seat},
		ExpressionAttributeValues: map[string]types.AttributeValue{":who": &types.AttributeValueMemberS{Value: who}},
	})
	return err
}

// Move gives a guest another seat, whoever has it.
func (e *Events) Move(ctx context.Context, id, seat, who string) error {
	_, err := e.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(e.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET seats.#s = :who"),
		ExpressionAttributeNames:  map[string]string{"#s": seat},
		ExpressionAttributeValues: map[string]types.AttributeValue{":who": &types.AttributeValueMemberS{Value: who}},
	})
	return err
}
