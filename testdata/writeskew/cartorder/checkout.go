// Package cartorder turns the lines of a cart into an order, in a transaction
// that deletes the lines without asking whether they are still there.
//
// A customer presses "buy" twice: both requests read the same lines, both
// transactions pass, and two parcels are on their way.
//
// Invariant: a cart line is ordered once.
package cartorder

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

var errEmpty = errors.New("cart is empty")

type line struct {
	Customer string `dynamodbav:"customer"`
	SKU      string `dynamodbav:"sku"`
	Qty      int    `dynamodbav:"qty"`
}

// Checkout places orders.
type Checkout struct {
	DB            *dynamodb.Client
	Carts, Orders string
}

func (c *Checkout) lines(ctx context.Context, customer string) ([]line, error) {
	out, err := c.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(c.Carts),
		KeyConditionExpression:    aws.String("customer = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberS{Value: customer}},
		ConsistentRead:            aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	var all []line
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &all); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errEmpty
	}
	return all, nil
}

func (c *Checkout) order(customer string, lines []line) (types.TransactWriteItem, error) {
	item, err := attributevalue.MarshalMap(struct {
		ID       string `dynamodbav:"id"`
		Customer string `dynamodbav:"customer"`
		Lines    []line `dynamodbav:"orderLines"`
	}{uuid.NewString(), customer, lines})
	return types.TransactWriteItem{Put: &types.Put{TableName: aws.String(c.Orders), Item: item}}, err
}

func (c *Checkout) remove(l line) *types.Delete {
	return &types.Delete{
		TableName: aws.String(c.Carts),
		Key: map[string]types.AttributeValue{
			"customer": &types.AttributeValueMemberS{Value: l.Customer},
			"sku":      &types.AttributeValueMemberS{Value: l.SKU},
		},
	}
}

// Buy orders what is in a cart and empties it.
func (c *Checkout) Buy(ctx context.Context, customer string) error {
	lines, err := c.lines(ctx, customer)
	if err != nil {
		return err
	}
	order, err := c.order(customer, lines)
	if err != nil {
		return err
	}
	items := []types.TransactWriteItem{order}
	for _, l := range lines {
		items = append(items, types.TransactWriteItem{Delete: c.remove(l)})
	}
	_, err = c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items}) // want checkthenact
	return err
}

// BuySafe orders the lines that are in the cart as they were read.
func (c *Checkout) BuySafe(ctx context.Context, customer string) error {
	lines, err := c.lines(ctx, customer)
	if err != nil {
		return err
	}
	order, err := c.order(customer, lines)
	if err != nil {
		return err
	}
	items := []types.TransactWriteItem{order}
	for _, l := range lines {
		del := c.remove(l)
		del.ConditionExpression = aws.String("qty = :q")
		del.ExpressionAttributeValues = map[string]types.AttributeValue{
			":q": &types.AttributeValueMemberN{Value: strconv.Itoa(l.Qty)},
		}
		items = append(items, types.TransactWriteItem{Delete: del})
	}
	_, err = c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}
