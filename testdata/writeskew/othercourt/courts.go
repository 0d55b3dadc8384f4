// Package othercourt puts a player on a court after it looked at the other
// courts of the hall. The write pins the version of its own court only.
//
// A player is called to court 1 and to court 2 at the same time: each request
// finds the player nowhere, each changes another court.
//
// Invariant: no player is on two courts.
package othercourt

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrPlaying says that a player is on another court.
var ErrPlaying = errors.New("player is on another court")

// Court is one court.
type Court struct {
	Hall    string   `dynamodbav:"hall"`
	No      int      `dynamodbav:"court"`
	Players []string `dynamodbav:"players"`
	Version int      `dynamodbav:"version"`
}

// Hall stores the two courts of a hall.
type Hall struct {
	DB   *dynamodb.Client
	Name string
}

const table = "courts"

func (h *Hall) key(no int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"hall":  &types.AttributeValueMemberS{Value: h.Name},
		"court": &types.AttributeValueMemberN{Value: strconv.Itoa(no)},
	}
}

func (h *Hall) court(ctx context.Context, no int) (*Court, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: h.key(no), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	c := &Court{Hall: h.Name, No: no}
	return c, attributevalue.UnmarshalMap(out.Item, c)
}

func (h *Hall) both(ctx context.Context, no int, player string) (mine, other *Court, err error) {
	if mine, err = h.court(ctx, no); err != nil {
		return nil, nil, err
	}
	if other, err = h.court(ctx, 3-no); err != nil {
		return nil, nil, err
	}
	if slices.Contains(other.Players, player) {
		return nil, nil, ErrPlaying
	}
	return mine, other, nil
}

func (h *Hall) put(c *Court, player string) (*types.Put, error) {
	next := *c
	next.Players = append(next.Players, player)
	next.Version = c.Version + 1
	item, err := attributevalue.MarshalMap(next)
	return &types.Put{
		TableName:           aws.String(table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(version) OR version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberN{Value: strconv.Itoa(c.Version)},
		},
	}, err
}

// Call puts a player on a court.
func (h *Hall) Call(ctx context.Context, no int, player string) error {
	mine, _, err := h.both(ctx, no, player)
	if err != nil {
		return err
	}
	put, err := h.put(mine, player)
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want writeskew
		TableName:                 put.TableName,
		Item:                      put.Item,
		ConditionExpression:       put.ConditionExpression,
		ExpressionAttributeValues: put.ExpressionAttributeValues,
	})
	return err
}

// CallSafe puts a player on a court while the other court is as it was read.
func (h *Hall) CallSafe(ctx context.Context, no int, player string) error {
	mine, other, err := h.both(ctx, no, player)
	if err != nil {
		return err
	}
	put, err := h.put(mine, player)
	if err != nil {
		return err
	}
	same := &types.ConditionCheck{
		TableName:           aws.String(table),
		Key:                 h.key(other.No),
		ConditionExpression: aws.String("attribute_not_exists(version) OR version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberN{Value: strconv.Itoa(other.Version)},
		},
	}
	_, err = h.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{{Put: put}, {ConditionCheck: same}},
	})
	return err
}
