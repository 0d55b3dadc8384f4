// Package receiver holds a shopping cart whose reading and writing are two
// methods of one receiver.
//
// Two tabs of one customer add a line each: both load the cart without the
// other's line, the second save erases the first line.
//
// Invariant: every line that Add accepted without an error is in the cart.
package receiver

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type dynamoAPI interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Line is one product in a cart.
type Line struct {
	SKU string `dynamodbav:"sku"`
	Qty int    `dynamodbav:"qty"`
}

// Cart is one customer's cart.
type Cart struct {
	PK    string `dynamodbav:"PK"`
	SK    string `dynamodbav:"SK"`
	Lines []Line `dynamodbav:"lines"`
	Rev   int    `dynamodbav:"rev"`
}

// Carts stores carts.
type Carts struct {
	api   dynamoAPI
	table string
}

// NewCarts returns the carts of a table.
func NewCarts(api dynamoAPI, table string) *Carts { return &Carts{api: api, table: table} }

func cartKey(customer string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: "CUSTOMER#" + customer},
		"SK": &types.AttributeValueMemberS{Value: "CART"},
	}
}

func (c *Carts) load(ctx context.Context, customer string) (*Cart, error) {
	in := &dynamodb.GetItemInput{Key: cartKey(customer)}
	in.TableName = &c.table
	res, err := c.api.GetItem(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("cart of %s: %w", customer, err)
	}
	cart := &Cart{PK: "CUSTOMER#" + customer, SK: "CART"}
	if err := attributevalue.UnmarshalMap(res.Item, cart); err != nil {
		return nil, err
	}
	return cart, nil
}

func (c *Carts) save(ctx context.Context, cart *Cart) error {
	av, err := attributevalue.MarshalMap(cart)
	if err != nil {
		return err
	}
	_, err = c.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.table, Item: av})
	return err
}

func (c *Carts) saveRev(ctx context.Context, cart *Cart) error {
	cond := expression.Or(
		expression.Name("rev").Equal(expression.Value(cart.Rev)),
		expression.AttributeNotExists(expression.Name("PK")),
	)
	expr, err := expression.NewBuilder().WithCondition(cond).Build()
	if err != nil {
		return err
	}
	next := *cart
	next.Rev = cart.Rev + 1
	av, err := attributevalue.MarshalMap(next)
	if err != nil {
		return err
	}
	_, err = c.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &c.table,
		Item:                      av,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Add puts one more line into the customer's cart.
func (c *Carts) Add(ctx context.Context, customer string, l Line) error {
	cart, err := c.load(ctx, customer)
	if err != nil {
		return err
	}
	cart.Lines = append(cart.Lines, l)
	return c.save(ctx, cart) // want lostupdate
}

// AddSafe puts one more line into the cart unless the cart changed meanwhile.
func (c *Carts) AddSafe(ctx context.Context, customer string, l Line) error {
	cart, err := c.load(ctx, customer)
	if err != nil {
		return err
	}
	cart.Lines = append(cart.Lines, l)
	return c.saveRev(ctx, cart)
}
