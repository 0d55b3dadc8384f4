// Package samekey puts what it did not find, under the very key that it looked for.
//
// Silent: each put has attribute_not_exists. The key is made by a helper with two results; the day in it is today's, which is
// one value for all calls of a day and no new one; the random number and the uuid stand in other attributes than the key. So
// the condition is about the item that was not there.
//
// Invariant: what a client has put is not replaced.
package samekey

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// The answers of a kitchen.
var (
	ErrNone = errors.New("no menu for this day")
	ErrIs   = errors.New("there is a menu for this day")
)

// Menu is what a canteen serves on a day.
type Menu struct {
	Canteen string    `dynamodbav:"canteen"`
	Day     string    `dynamodbav:"day"`
	Dish    string    `dynamodbav:"dish"`
	Print   string    `dynamodbav:"print"`
	At      time.Time `dynamodbav:"at"`
}

// Cook is somebody who may change menus.
type Cook struct {
	PK    string `dynamodbav:"pk"`
	SK    string `dynamodbav:"sk"`
	Email string `dynamodbav:"email"`
	Badge []byte `dynamodbav:"badge"`
}

// Kitchen stores menus and cooks.
type Kitchen struct {
	DB    *dynamodb.Client
	Table string
}

func menuKey(canteen, day string) (pk, sk string) { return "CANTEEN#" + canteen, "MENU#" + day }

func cookKey(email string) string { return "COOK#" + email }

func (k *Kitchen) get(ctx context.Context, pk, sk string) (map[string]types.AttributeValue, error) {
	out, err := k.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(k.Table),
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk},
		},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// Menu reads a menu.
func (k *Kitchen) Menu(ctx context.Context, canteen, day string) (*Menu, error) {
	pk, sk := menuKey(canteen, day)
	item, err := k.get(ctx, pk, sk)
	if err != nil {
		return nil, err
	}
	if item == nil {
		return nil, ErrNone
	}
	var m Menu
	if err := attributevalue.UnmarshalMap(item, &m); err != nil {
		return nil, err
	}
	return &m, nil
}

func (k *Kitchen) create(ctx context.Context, m *Menu) error {
	pk, sk := menuKey(m.Canteen, m.Day)
	item, err := attributevalue.MarshalMap(map[string]any{
		"pk": pk, "sk": sk, "canteen": m.Canteen, "day": m.Day, "dish": m.Dish, "print": m.Print, "at": m.At,
	})
	if err != nil {
		return err
	}
	_, err = k.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(k.Table), Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return ErrIs
	}
	return err
}

// Today gives today's menu, and serves a dish if there is none yet.
func (k *Kitchen) Today(ctx context.Context, canteen, dish string) (*Menu, error) {
	day := time.Now().Format(time.DateOnly)
	if m, err := k.Menu(ctx, canteen, day); err == nil {
		return m, nil
	} else if !errors.Is(err, ErrNone) {
		return nil, err
	}
	m := &Menu{Canteen: canteen, Day: day, Dish: dish, Print: uuid.NewString(), At: time.Now()}
	if err := k.create(ctx, m); err != nil {
		if errors.Is(err, ErrIs) {
			return k.Menu(ctx, canteen, day)
		}
		return nil, err
	}
	return m, nil
}

// Plan gives the menu of a day of the caller's, and serves a dish if there is none yet. Who comes too late is told.
func (k *Kitchen) Plan(ctx context.Context, canteen, day, dish string) (*Menu, error) {
	old, err := k.Menu(ctx, canteen, day)
	if err == nil && old != nil {
		return old, nil
	}
	m := &Menu{Canteen: canteen, Day: day, Dish: dish, Print: uuid.NewString(), At: time.Now()}
	return m, k.create(ctx, m)
}

// Cook reads a cook, nil where there is none.
func (k *Kitchen) Cook(ctx context.Context, email string) (*Cook, error) {
	item, err := k.get(ctx, cookKey(email), "COOK")
	if err != nil || item == nil {
		return nil, err
	}
	var c Cook
	if err := attributevalue.UnmarshalMap(item, &c); err != nil {
		return nil, err
	}
	return &c, nil
}

// hire puts a cook, under the key that the address makes.
func (k *Kitchen) hire(ctx context.Context, c Cook) error {
	c.PK, c.SK = cookKey(c.Email), "COOK"
	item, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	_, err = k.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(k.Table), Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return err
}

// Hire hires those who are not cooks yet, each with a badge of random bytes. Where it cannot be read who is a cook, the put
// tells.
func (k *Kitchen) Hire(ctx context.Context, emails ...string) error {
	for _, email := range emails {
		known, _ := k.Cook(ctx, email)
		if known != nil {
			continue
		}
		badge := make([]byte, 16)
		rand.Read(badge)
		if err := k.hire(ctx, Cook{Email: email, Badge: badge}); err != nil {
			return err
		}
	}
	return nil
}
