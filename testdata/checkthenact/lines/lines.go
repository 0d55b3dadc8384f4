// Package lines orders a basket through two repositories: one reads its lines, the other makes an order of them
// and takes them out in one transaction, which does not ask whether they are still there.
//
// A customer presses "buy" twice: both requests read the same lines, and both orders are made.
//
// Invariant: a line of a basket is ordered once, with the quantity that it has.
package lines

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

// A Line is so much of something in a customer's basket.
type Line struct {
	Customer string `dynamodbav:"customer"`
	SKU      string `dynamodbav:"sku"`
	Pieces   int    `dynamodbav:"pieces"`
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
	return lines, attributevalue.UnmarshalListOfMaps(out.Items, &lines)
}

// Orders makes orders.
type Orders struct{ DB *dynamodb.Client }

func (o *Orders) key(l Line) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"customer": &types.AttributeValueMemberS{Value: l.Customer},
		"sku":      &types.AttributeValueMemberS{Value: l.SKU},
	}
}

// OrderLines makes an order of so many pieces, and takes its lines out of the basket.
func (o *Orders) OrderLines(ctx context.Context, customer string, pieces int, lines []Line) error {
	actions := make([]types.TransactWriteItem, 0)
	actions = append(actions, types.TransactWriteItem{
		Put: &types.Put{
			TableName: aws.String(orders),
			Item: map[string]types.AttributeValue{
				"id":       &types.AttributeValueMemberS{Value: uuid.NewString()},
				"customer": &types.AttributeValueMemberS{Value: customer},
				"pieces":   &types.AttributeValueMemberN{Value: strconv.Itoa(pieces)},
			},
		},
	})
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

// OrderUnchanged makes an order of lines that are in the basket as they are given.
func (o *Orders) OrderUnchanged(ctx context.Context, customer string, pieces int, lines []Line) error {
	actions := []types.TransactWriteItem{{
		Put: &types.Put{
			TableName: aws.String(orders),
			Item: map[string]types.AttributeValue{
				"id":       &types.AttributeValueMemberS{Value: uuid.NewString()},
				"customer": &types.AttributeValueMemberS{Value: customer},
				"pieces":   &types.AttributeValueMemberN{Value: strconv.Itoa(pieces)},
			},
		},
	}}
	for _, l := range lines {
		actions = append(actions, types.TransactWriteItem{
			Delete: &types.Delete{
				TableName:           aws.String(baskets),
				Key:                 o.key(l),
				ConditionExpression: aws.String("pieces = :p"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":p": &types.AttributeValueMemberN{Value: strconv.Itoa(l.Pieces)},
				},
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
	pieces := 0
	ordered := make([]Line, len(lines))
	for i, l := range lines {
		pieces += l.Pieces
		ordered[i] = *l
	}
	return s.Orders.OrderLines(ctx, customer, pieces, ordered) // want checkthenact
}

// BuySafe orders what is in a customer's basket, as it was when the pieces were counted.
func (s *Shop) BuySafe(ctx context.Context, customer string) error {
	lines, err := s.Baskets.Of(ctx, customer)
	if err != nil || len(lines) == 0 {
		return err
	}
	pieces := 0
	var ordered []Line
	for _, l := range lines {
		pieces += l.Pieces
		ordered = append(ordered, *l)
	}
	return s.Orders.OrderUnchanged(ctx, customer, pieces, ordered)
}
