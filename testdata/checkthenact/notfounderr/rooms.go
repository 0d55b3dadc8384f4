// Package notfounderr decides on an error: the store turns a missing item into
// ErrNotFound, and the callers create what was not found.
//
// Two moderators open one chat room: both get ErrNotFound, both put, and the
// members that joined the first room are gone.
//
// Invariant: nobody whose Join returned nil is missing from the room.
package notfounderr

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNotFound and ErrExists say whether a room is there.
var (
	ErrNotFound = errors.New("room not found")
	ErrExists   = errors.New("room exists")
)

// Room is a chat room.
type Room struct {
	Name    string   `dynamodbav:"name"`
	Topic   string   `dynamodbav:"topic"`
	Members []string `dynamodbav:"members,stringset,omitempty"`
}

// Rooms stores chat rooms.
type Rooms struct {
	DB    *dynamodb.Client
	Table string
}

func (r *Rooms) key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}}
}

// Get reads a room, ErrNotFound when there is none.
func (r *Rooms) Get(ctx context.Context, name string) (*Room, error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Table), Key: r.key(name)})
	if err != nil {
		return nil, fmt.Errorf("get room: %w", err)
	}
	if out.Item == nil {
		return nil, fmt.Errorf("room %s: %w", name, ErrNotFound)
	}
	var room Room
	if err := attributevalue.UnmarshalMap(out.Item, &room); err != nil {
		return nil, err
	}
	return &room, nil
}

func (r *Rooms) input(room Room) (*dynamodb.PutItemInput, error) {
	item, err := attributevalue.MarshalMap(room)
	return &dynamodb.PutItemInput{TableName: aws.String(r.Table), Item: item}, err
}

func (r *Rooms) create(ctx context.Context, room Room) error {
	in, err := r.input(room)
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, in)
	return err
}

func (r *Rooms) createNew(ctx context.Context, room Room) error {
	in, err := r.input(room)
	if err != nil {
		return err
	}
	in.ConditionExpression = aws.String("attribute_not_exists(#name)")
	in.ExpressionAttributeNames = map[string]string{"#name": "name"}
	_, err = r.DB.PutItem(ctx, in)
	if _, taken := errors.AsType[*types.ConditionalCheckFailedException](err); taken {
		return ErrExists
	}
	return err
}

// Ensure returns the room and creates it when there is none.
func (r *Rooms) Ensure(ctx context.Context, name, topic string) (*Room, error) {
	room, err := r.Get(ctx, name)
	if errors.Is(err, ErrNotFound) {
		room = &Room{Name: name, Topic: topic}
		return room, r.create(ctx, *room) // want checkthenact
	}
	return room, err
}

// Open creates a room that must not exist yet.
func (r *Rooms) Open(ctx context.Context, name, topic string) error {
	_, err := r.Get(ctx, name)
	if err == nil {
		return ErrExists
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	return r.create(ctx, Room{Name: name, Topic: topic}) // want checkthenact
}

// Join adds a member to a room that exists.
func (r *Rooms) Join(ctx context.Context, name, member string) error {
	if _, err := r.Get(ctx, name); err != nil {
		return err
	}
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(r.Table),
		Key:                      r.key(name),
		UpdateExpression:         aws.String("ADD members :m"),
		ConditionExpression:      aws.String("attribute_exists(#name)"),
		ExpressionAttributeNames: map[string]string{"#name": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":m": &types.AttributeValueMemberSS{Value: []string{member}},
		},
	})
	return err
}

// EnsureSafe returns the room and creates it when there is still none.
func (r *Rooms) EnsureSafe(ctx context.Context, name, topic string) (*Room, error) {
	room, err := r.Get(ctx, name)
	if !errors.Is(err, ErrNotFound) {
		return room, err
	}
	room = &Room{Name: name, Topic: topic}
	if err := r.createNew(ctx, *room); errors.Is(err, ErrExists) {
		return r.Get(ctx, name)
	} else if err != nil {
		return nil, err
	}
	return room, nil
}
