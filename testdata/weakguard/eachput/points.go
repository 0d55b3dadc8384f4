// Package eachput has one function put whatever it is given in one transaction, with a loop.
//
// Two rewards at once: both have read the same points, and one is for nothing. A condition in the loop would be one on everything that
// is put.
//
// Invariant: each reward is paid for.
package eachput

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errFew = errors.New("not enough points")

// Points are what somebody has.
type Points struct {
	ID    string `dynamodbav:"id"`
	Point int    `dynamodbav:"point"`
}

// Reward is what somebody has got for points.
type Reward struct {
	ID    string `dynamodbav:"id"`
	Point int    `dynamodbav:"point"`
}

// Club stores points and rewards.
type Club struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (c *Club) get(ctx context.Context, id string) (points Points, err error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(c.Table), Key: key(id)})
	if err != nil {
		return points, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &points)
	return points, err
}

func (c *Club) putAll(ctx context.Context, all []any) error {
	var actions []types.TransactWriteItem
	for _, one := range all {
		item, err := attributevalue.MarshalMap(one)
		if err != nil {
			return err
		}
		actions = append(actions, types.TransactWriteItem{Put: &types.Put{TableName: aws.String(c.Table), Item: item}})
	}
	_, err := c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

// Redeem gives a reward for points.
func (c *Club) Redeem(ctx context.Context, who, reward string, cost int) error {
	points, err := c.get(ctx, who)
	if err != nil {
		return err
	}
	if points.Point < cost {
		return errFew
	}
	left := Points{ID: who, Point: points.Point - cost}
	return c.putAll(ctx, []any{left, Reward{ID: reward, Point: cost}}) // want weakguard
}

// RedeemSafe has DynamoDB count.
func (c *Club) RedeemSafe(ctx context.Context, who, reward string, cost int) error {
	item, err := attributevalue.MarshalMap(Reward{ID: reward, Point: cost})
	if err != nil {
		return err
	}
	_, err = c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{
			TableName:                 aws.String(c.Table),
			Key:                       key(who),
			UpdateExpression:          aws.String("SET point = point - :cost"),
			ConditionExpression:       aws.String("point >= :cost"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":cost": &types.AttributeValueMemberN{Value: strconv.Itoa(cost)}},
		}},
		{Put: &types.Put{TableName: aws.String(c.Table), Item: item}},
	}})
	return err
}
