// Package unbumpedversion checks a version that no write ever changes.
//
// Two waiters change one menu: the version is 1 for both, both writes pass the
// check, and one dish is lost.
//
// Invariant: every dish that AddDish accepted is on the menu.
package unbumpedversion

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Menu is the menu of a day.
type Menu struct {
	Day     string   `dynamodbav:"day"`
	Dishes  []string `dynamodbav:"dishes"`
	Version int      `dynamodbav:"version"`
}

// Kitchen stores menus.
type Kitchen struct {
	Client *dynamodb.Client
	Table  string
}

// Menu reads the menu of a day.
func (k *Kitchen) Menu(ctx context.Context, day string) (m Menu, err error) {
	out, err := k.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &k.Table,
		Key:       map[string]types.AttributeValue{"day": &types.AttributeValueMemberS{Value: day}},
	})
	if err != nil {
		return m, err
	}
	return m, attributevalue.UnmarshalMap(out.Item, &m)
}

func (k *Kitchen) putAt(ctx context.Context, m Menu, version int) error {
	atVersion := expression.Name("version").Equal(expression.Value(version))
	expr, err := expression.NewBuilder().WithCondition(atVersion).Build()
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(m)
	if err != nil {
		return err
	}
	_, err = k.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &k.Table,
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// AddDish adds a dish and leaves the version as it was.
func (k *Kitchen) AddDish(ctx context.Context, day, dish string) error {
	m, err := k.Menu(ctx, day)
	if err != nil {
		return err
	}
	m.Dishes = append(m.Dishes, dish)
	return k.putAt(ctx, m, m.Version) // want weakguard
}

// AddDishSafe adds a dish and moves the version on.
func (k *Kitchen) AddDishSafe(ctx context.Context, day, dish string) error {
	m, err := k.Menu(ctx, day)
	if err != nil {
		return err
	}
	read := m.Version
	m.Dishes = append(m.Dishes, dish)
	m.Version = read + 1
	return k.putAt(ctx, m, read)
}
