// Package closure changes stored values through Update(key, func(*T) error),
// which reads, lets the caller change the value, and writes.
//
// Two players join the queue of one court: both callbacks append to the same
// old queue, and one player waits for a game that nobody will call.
//
// Invariant: every player that Join accepted without an error is in the queue.
package closure

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Court is one badminton court of a session.
type Court struct {
	SessionID string   `dynamodbav:"sessionId"`
	CourtNo   int      `dynamodbav:"courtNo"`
	Queue     []string `dynamodbav:"queue"`
	Version   int64    `dynamodbav:"version"`
}

// Courts stores courts.
type Courts struct {
	DB    *dynamodb.Client
	Table string
}

type courtKey struct {
	SessionID string `dynamodbav:"sessionId"`
	CourtNo   int    `dynamodbav:"courtNo"`
}

func (c *Courts) read(ctx context.Context, k courtKey) (*Court, error) {
	key, err := attributevalue.MarshalMap(k)
	if err != nil {
		return nil, err
	}
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &c.Table, Key: key})
	if err != nil {
		return nil, err
	}
	court := &Court{SessionID: k.SessionID, CourtNo: k.CourtNo}
	return court, attributevalue.UnmarshalMap(out.Item, court)
}

// Update lets fn change a court and stores what fn made of it.
func (c *Courts) Update(ctx context.Context, session string, no int, fn func(*Court) error) error {
	court, err := c.read(ctx, courtKey{session, no})
	if err != nil {
		return err
	}
	if err := fn(court); err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(court)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.Table, Item: item}) // want lostupdate
	return err
}

// Join appends a player to a court's queue.
func (c *Courts) Join(ctx context.Context, session string, no int, player string) error {
	return c.Update(ctx, session, no, func(court *Court) error {
		court.Queue = append(court.Queue, player)
		return nil
	})
}

// UpdateSafe lets fn change a court and stores the result; when another client
// was faster it starts again from what that client stored.
func (c *Courts) UpdateSafe(ctx context.Context, session string, no int, fn func(*Court) error) error {
	var lost *types.ConditionalCheckFailedException
	for range 5 {
		court, err := c.read(ctx, courtKey{session, no})
		if err != nil {
			return err
		}
		before := court.Version
		if err := fn(court); err != nil {
			return err
		}
		court.Version = before + 1
		if err := c.swap(ctx, court, before); !errors.As(err, &lost) {
			return err
		}
	}
	return lost
}

func (c *Courts) swap(ctx context.Context, court *Court, before int64) error {
	item, err := attributevalue.MarshalMap(court)
	if err != nil {
		return err
	}
	v, err := attributevalue.Marshal(before)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &c.Table,
		Item:                      item,
		ConditionExpression:       aws.String("attribute_not_exists(version) OR version = :before"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":before": v},
	})
	return err
}

// JoinSafe appends a player to a court's queue.
func (c *Courts) JoinSafe(ctx context.Context, session string, no int, player string) error {
	return c.UpdateSafe(ctx, session, no, func(court *Court) error {
		court.Queue = append(court.Queue, player)
		return nil
	})
}
