// Package ownvalue compares what is stored with what is being written: the
// condition says that the write changes something, not that nothing changed.
//
// Two people turn the heating up by one degree: both write 21, the second
// write is refused as no change; one wants up and one wants down, and whoever
// is second wins.
//
// Invariant: after all turns that returned nil the target is their sum.
package ownvalue

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Thermostats stores the targets of thermostats.
type Thermostats struct {
	DB    *dynamodb.Client
	Table string
}

func key(room string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"room": &types.AttributeValueMemberS{Value: room}}
}

func degrees(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func (t *Thermostats) target(ctx context.Context, room string) (int, error) {
	out, err := t.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(t.Table), Key: key(room)})
	if err != nil {
		return 0, err
	}
	n, ok := out.Item["target"].(*types.AttributeValueMemberN)
	if !ok {
		return 20, nil
	}
	return strconv.Atoi(n.Value)
}

// Turn changes the target of a room by some degrees.
func (t *Thermostats) Turn(ctx context.Context, room string, by int) error {
	old, err := t.target(ctx, room)
	if err != nil {
		return err
	}
	_, err = t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want weakguard
		TableName:                 aws.String(t.Table),
		Key:                       key(room),
		UpdateExpression:          aws.String("SET target = :new"),
		ConditionExpression:       aws.String("attribute_not_exists(target) OR target <> :new"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":new": degrees(old + by)},
	})
	return err
}

// TurnSafe changes a target that is still the one that was read.
func (t *Thermostats) TurnSafe(ctx context.Context, room string, by int) error {
	old, err := t.target(ctx, room)
	if err != nil {
		return err
	}
	_, err = t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(t.Table),
		Key:                 key(room),
		UpdateExpression:    aws.String("SET target = :new"),
		ConditionExpression: aws.String("target = :old"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":new": degrees(old + by),
			":old": degrees(old),
		},
	})
	return err
}
