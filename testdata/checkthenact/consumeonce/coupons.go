// Package consumeonce redeems coupons that are good for one order.
//
// One coupon in two browser windows: both read that it is unused, both mark it
// used, both orders get the discount.
//
// Invariant: of all calls with one code at most one returns a discount.
package consumeonce

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The reasons why a coupon gives nothing.
var (
	ErrUnknown = errors.New("unknown coupon")
	ErrUsed    = errors.New("coupon was used before")
	ErrExpired = errors.New("coupon has expired")
)

// Coupon is one coupon.
type Coupon struct {
	Code     string    `dynamodbav:"code"`
	Discount int       `dynamodbav:"discount"`
	UsedBy   string    `dynamodbav:"usedBy,omitempty"`
	Expires  time.Time `dynamodbav:"expires"`
}

// Shop redeems coupons.
type Shop struct {
	DB      *dynamodb.Client
	Coupons string
	Clock   func() time.Time
}

func (s *Shop) coupon(ctx context.Context, code string) (*Coupon, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.Coupons,
		Key:       map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}},
	})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, ErrUnknown
	}
	c := &Coupon{}
	return c, attributevalue.UnmarshalMap(out.Item, c)
}

func (s *Shop) mark(ctx context.Context, code string, b expression.Builder) error {
	expr, err := b.Build()
	if err != nil {
		return err
	}
	_, err = s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Coupons),
		Key:                       map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}},
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Redeem marks a coupon as used by an order and returns its discount.
func (s *Shop) Redeem(ctx context.Context, code, order string) (int, error) {
	c, err := s.coupon(ctx, code)
	if err != nil {
		return 0, err
	}
	if c.UsedBy != "" {
		return 0, ErrUsed
	}
	if s.Clock().After(c.Expires) {
		return 0, ErrExpired
	}
	used := expression.Set(expression.Name("usedBy"), expression.Value(order))
	if err := s.mark(ctx, code, expression.NewBuilder().WithUpdate(used)); err != nil { // want checkthenact
		return 0, err
	}
	return c.Discount, nil
}

// RedeemSafe marks a coupon as used that nobody used before the write arrives.
func (s *Shop) RedeemSafe(ctx context.Context, code, order string) (int, error) {
	c, err := s.coupon(ctx, code)
	if err != nil {
		return 0, err
	}
	if c.UsedBy != "" {
		return 0, ErrUsed
	}
	if s.Clock().After(c.Expires) {
		return 0, ErrExpired
	}
	b := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("usedBy"), expression.Value(order))).
		WithCondition(expression.AttributeNotExists(expression.Name("usedBy")))
	var used *types.ConditionalCheckFailedException
	if err := s.mark(ctx, code, b); errors.As(err, &used) {
		return 0, ErrUsed
	} else if err != nil {
		return 0, err
	}
	return c.Discount, nil
}
