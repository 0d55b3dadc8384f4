// Package readset places an order in one transaction that guards the stock and
// forgets the coupon it read.
//
// Two orders with one coupon: both read a coupon that is good, both
// transactions pass, as none of their actions looks at the coupon's uses.
//
// Invariant: a coupon is used at most as often as it may be.
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

var errCoupon = errors.New("coupon is used up")

type attrs = map[string]types.AttributeValue

type coupon struct {
	Code    string `dynamodbav:"id"`
	Percent int64  `dynamodbav:"percentOff"`
	Left    int    `dynamodbav:"usesLeft"`
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

func (s *Shop) coupon(ctx context.Context, code string) (*coupon, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Coupons), Key: id(code)})
	if err != nil {
		return nil, err
	}
	var c coupon
	if err := attributevalue.UnmarshalMap(out.Item, &c); err != nil {
		return nil, err
	}
	if c.Left == 0 {
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

// PlaceSafe places an order and uses the coupon, in one transaction.
func (s *Shop) PlaceSafe(ctx context.Context, o Order) error {
	c, err := s.coupon(ctx, o.Coupon)
	if err != nil {
		return err
	}
	use := types.TransactWriteItem{Update: &types.Update{
		TableName:                 aws.String(s.Coupons),
		Key:                       id(c.Code),
		UpdateExpression:          aws.String("SET usesLeft = usesLeft - :one"),
		ConditionExpression:       aws.String("usesLeft > :none AND percentOff = :p"),
		ExpressionAttributeValues: attrs{":one": num(1), ":none": num(0), ":p": num(c.Percent)},
	}}
	_, err = s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: append(s.actions(o, c), use),
	})
	return err
}
