// Package readset places an order in one transaction that guards the stock and
// forgets the coupon it read.
//
// A coupon is withdrawn while a customer pays: the order read a coupon that is
// good, and its transaction passes, as none of its actions looks at the coupon.
//
// Invariant: no order is placed with a coupon after Withdraw returned nil.
package readset

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

var errCoupon = errors.New("coupon is not good")

type attrs = map[string]types.AttributeValue

type coupon struct {
	Code    string `dynamodbav:"id"`
	Percent int64  `dynamodbav:"percentOff"`
	Good    bool   `dynamodbav:"good"`
}

// Order is what a customer orders.
type Order struct {
	SKU    string
	Qty    int
	Cents  int64
	Coupon string
}

// Shop stores orders, stock and coupons, each in a table of its own.
type Shop struct {
	DB                     *dynamodb.Client
	Orders, Stock, Coupons string
}

func id(s string) attrs { return attrs{"id": &types.AttributeValueMemberS{Value: s}} }

func num[T int | int64](n T) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(int64(n), 10)}
}

func yes(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

func (s *Shop) coupon(ctx context.Context, code string) (*coupon, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Coupons), Key: id(code)})
	if err != nil {
		return nil, err
	}
	var c coupon
	if err := attributevalue.UnmarshalMap(out.Item, &c); err != nil {
		return nil, err
	}
	if !c.Good {
		return nil, errCoupon
	}
	return &c, nil
}

func (s *Shop) actions(o Order, c *coupon) []types.TransactWriteItem {
	row := id(uuid.NewString())
	row["sku"] = &types.AttributeValueMemberS{Value: o.SKU}
	row["qty"] = num(o.Qty)
	row["cents"] = num(o.Cents - o.Cents*c.Percent/100)
	return []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(s.Orders), Item: row}},
		{Update: &types.Update{
			TableName:                 aws.String(s.Stock),
			Key:                       id(o.SKU),
			UpdateExpression:          aws.String("SET pieces = pieces - :q"),
			ConditionExpression:       aws.String("pieces >= :q"),
			ExpressionAttributeValues: attrs{":q": num(o.Qty)},
		}},
	}
}

// Place places an order with a coupon.
func (s *Shop) Place(ctx context.Context, o Order) error {
	c, err := s.coupon(ctx, o.Coupon)
	if err != nil {
		return err
	}
	_, err = s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // want writeskew
		TransactItems: s.actions(o, c),
	})
	return err
}

// PlaceSafe places an order and counts a use of the coupon while it is good, in
// one transaction.
func (s *Shop) PlaceSafe(ctx context.Context, o Order) error {
	c, err := s.coupon(ctx, o.Coupon)
	if err != nil {
		return err
	}
	use := types.TransactWriteItem{Update: &types.Update{
		TableName:                 aws.String(s.Coupons),
		Key:                       id(c.Code),
		UpdateExpression:          aws.String("ADD uses :one"),
		ConditionExpression:       aws.String("good = :yes AND percentOff = :p"),
		ExpressionAttributeValues: attrs{":one": num(1), ":yes": yes(true), ":p": num(c.Percent)},
	}}
	_, err = s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: append(s.actions(o, c), use),
	})
	return err
}

// Withdraw makes a coupon worthless.
func (s *Shop) Withdraw(ctx context.Context, code string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Coupons),
		Key:                       id(code),
		UpdateExpression:          aws.String("SET good = :no"),
		ExpressionAttributeValues: attrs{":no": yes(false)},
	})
	return err
}
