// Package tagged orders a basket of structs that have tags as if they were stored, and are not: records are, with tags of
// their own. A line is made of its record, or of the goods that are put into the basket.
//
// A customer presses "buy" twice: both requests read the same lines, and both orders are made.
//
// Invariant: a line of a basket is ordered once.
package tagged

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

const baskets, orders = "baskets", "orders"

// Goods are for sale.
type Goods struct {
	SKU   string `json:"sku" dynamodbav:"SKU"`
	Cents int    `json:"cents" dynamodbav:"Cents"`
}

// A Line is so much of something in a customer's basket.
type Line struct {
	Customer string `json:"customer" dynamodbav:"Customer"`
	SKU      string `json:"sku" dynamodbav:"SKU"`
	Cents    int    `json:"cents" dynamodbav:"Cents"`
}

// A lineRecord is how a line is stored.
type lineRecord struct {
	Customer string `dynamodbav:"customer"`
	SKU      string `dynamodbav:"sku"`
	Cents    int    `dynamodbav:"price"`
}

func (r *lineRecord) line() *Line { return &Line{Customer: r.Customer, SKU: r.SKU, Cents: r.Cents} }

// LineOf is a line for goods.
func LineOf(customer string, g *Goods) *Line {
	return &Line{Customer: customer, SKU: g.SKU, Cents: g.Cents}
}

// Baskets reads baskets.
type Baskets struct{ DB *dynamodb.Client }

// Of gives what is in a customer's basket.
func (b *Baskets) Of(ctx context.Context, customer string) ([]*Line, error) {
	out, err := b.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(baskets),
		KeyConditionExpression:    aws.String("customer = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberS{Value: customer}},
		ConsistentRead:            aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	var lines []*Line
	for _, item := range out.Items {
		var r lineRecord
		if err := attributevalue.UnmarshalMap(item, &r); err != nil {
			return nil, err
		}
		lines = append(lines, r.line())
	}
	return lines, nil
}

// Orders makes orders.
type Orders struct{ DB *dynamodb.Client }

func order(customer string, cents int) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: aws.String(orders),
		Item: map[string]types.AttributeValue{
			"id":       &types.AttributeValueMemberS{Value: uuid.NewString()},
			"customer": &types.AttributeValueMemberS{Value: customer},
			"total":    &types.AttributeValueMemberN{Value: strconv.Itoa(cents)},
		},
	}}
}

// OrderTagged makes an order of a customer's lines, and takes them out of the basket.
func (o *Orders) OrderTagged(ctx context.Context, customer string, cents int, lines []*Line) error {
	actions := []types.TransactWriteItem{order(customer, cents)}
	for _, l := range lines {
		actions = append(actions, types.TransactWriteItem{
			Delete: &types.Delete{
				TableName: aws.String(baskets),
				Key: map[string]types.AttributeValue{
					"customer": &types.AttributeValueMemberS{Value: l.Customer},
					"sku":      &types.AttributeValueMemberS{Value: l.SKU},
				},
			},
		})
	}
	_, err := o.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

// orderUnchanged makes an order of lines that are in the basket for the price that is given.
func (o *Orders) orderUnchanged(ctx context.Context, customer string, cents int, lines []*Line) error {
	actions := []types.TransactWriteItem{order(customer, cents)}
	for _, l := range lines {
		actions = append(actions, types.TransactWriteItem{
			Delete: &types.Delete{
				TableName: aws.String(baskets),
				Key: map[string]types.AttributeValue{
					"customer": &types.AttributeValueMemberS{Value: l.Customer},
					"sku":      &types.AttributeValueMemberS{Value: l.SKU},
				},
				ConditionExpression:       aws.String("price = :p"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberN{Value: strconv.Itoa(l.Cents)}},
			},
		})
	}
	_, err := o.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

// Shop sells what is in baskets.
type Shop struct {
	Baskets *Baskets
	Orders  *Orders
}

// Buy orders what is in a customer's basket.
func (s *Shop) Buy(ctx context.Context, customer string) error {
	lines, err := s.Baskets.Of(ctx, customer)
	if err != nil || len(lines) == 0 {
		return err
	}
	cents := 0
	for _, l := range lines {
		cents += l.Cents
	}
	return s.Orders.OrderTagged(ctx, customer, cents, lines) // want checkthenact
}

// BuySafe orders what is in a customer's basket, for the prices that were added up.
func (s *Shop) BuySafe(ctx context.Context, customer string) error {
	lines, err := s.Baskets.Of(ctx, customer)
	if err != nil || len(lines) == 0 {
		return err
	}
	cents := 0
	for _, l := range lines {
		cents += l.Cents
	}
	return s.Orders.orderUnchanged(ctx, customer, cents, lines)
}
