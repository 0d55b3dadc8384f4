// Package wages pays pickers for the crates that they have filled: an orchard says what a crate is worth, and the picker gets
// it. Orchards, crates and pickers are items of one table, found by one index, with attributes of the same names.
//
// Silent: DynamoDB adds the amount to what the picker has by then; it was read from another item, so it takes back nothing of
// the picker's. The crate is marked as paid in the same transaction, on condition that it is not; that Pay looks before is only
// for a friendlier message.
//
// Invariant: a picker has what all paid crates are worth, each once.
package wages

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The answers of a farm.
var (
	ErrUnknown = errors.New("not found")
	ErrPaid    = errors.New("the crate is paid")
)

// Item is an orchard, a crate or a picker.
type Item struct {
	PK      string `dynamodbav:"pk"`
	SK      string `dynamodbav:"sk"`
	Name    string `dynamodbav:"name"`
	Orchard string `dynamodbav:"orchard,omitempty"`
	Picker  string `dynamodbav:"picker,omitempty"`
	State   string `dynamodbav:"state,omitempty"`
	Cents   int    `dynamodbav:"cents"`
	Tokens  int    `dynamodbav:"tokens"`
}

// Wage is what a crate of an orchard is worth.
type Wage struct{ Money, Meals int }

// Farm stores orchards, crates and pickers.
type Farm struct {
	DB    *dynamodb.Client
	Table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func n(v int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }

func (f *Farm) find(ctx context.Context, name string) (*Item, error) {
	out, err := f.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(f.Table),
		IndexName:                 aws.String("byName"),
		KeyConditionExpression:    aws.String("#n = :n"),
		ExpressionAttributeNames:  map[string]string{"#n": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": s(name)},
		Limit:                     aws.Int32(1),
	})
	if err != nil {
		return nil, err
	}
	if len(out.Items) == 0 {
		return nil, ErrUnknown
	}
	var i Item
	if err := attributevalue.UnmarshalMap(out.Items[0], &i); err != nil {
		return nil, err
	}
	return &i, nil
}

// wage is what an orchard pays.
func (f *Farm) wage(ctx context.Context, orchard string) (*Wage, error) {
	i, err := f.find(ctx, "ORCHARD#"+orchard)
	if err != nil {
		return nil, err
	}
	return &Wage{Money: i.Cents, Meals: i.Tokens}, nil
}

func (f *Farm) pay(ctx context.Context, crate, picker *Item, cents, tokens int) error {
	_, err := f.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{
			TableName:                 aws.String(f.Table),
			Key:                       map[string]types.AttributeValue{"pk": s(crate.PK), "sk": s(crate.SK)},
			UpdateExpression:          aws.String("SET #s = :paid"),
			ConditionExpression:       aws.String("#s <> :paid"),
			ExpressionAttributeNames:  map[string]string{"#s": "state"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":paid": s("paid")},
		}},
		{Update: &types.Update{
			TableName:                 aws.String(f.Table),
			Key:                       map[string]types.AttributeValue{"pk": s(picker.PK), "sk": s(picker.SK)},
			UpdateExpression:          aws.String("ADD cents :c, tokens :t"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":c": n(cents), ":t": n(tokens)},
		}},
	}})
	return err
}

// Pay pays for a crate.
func (f *Farm) Pay(ctx context.Context, crate string) error {
	c, err := f.find(ctx, "CRATE#"+crate)
	if err != nil {
		return err
	}
	if c.State == "paid" {
		return ErrPaid
	}
	orchard, err := f.find(ctx, "ORCHARD#"+c.Orchard)
	if err != nil {
		return err
	}
	picker, err := f.find(ctx, "PICKER#"+c.Picker)
	if err != nil {
		return err
	}
	return f.pay(ctx, c, picker, orchard.Cents, orchard.Tokens)
}

// PayWage does the same with what the orchard's item says in a model of its own.
func (f *Farm) PayWage(ctx context.Context, crate string) error {
	c, err := f.find(ctx, "CRATE#"+crate)
	if err != nil {
		return err
	}
	if c.State == "paid" {
		return ErrPaid
	}
	wage, err := f.wage(ctx, c.Orchard)
	if err != nil {
		return err
	}
	picker, err := f.find(ctx, "PICKER#"+c.Picker)
	if err != nil {
		return err
	}
	return f.pay(ctx, c, picker, wage.Money, wage.Meals)
}
