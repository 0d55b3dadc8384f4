// Package errgroup reads a cart and a price at the same time, in goroutines
// that set variables of the function around them.
//
// Two devices of one customer add a line each: both put the old cart plus
// their own line. The price is of another item, and may be a little old.
//
// Invariant: every line that Add accepted without an error is in the cart.
package errgroup

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// Cart is a cart: what each line costs.
type Cart struct {
	ID    string           `dynamodbav:"id"`
	Lines map[string]int64 `dynamodbav:"prices"`
	Rev   int              `dynamodbav:"rev"`
}

type product struct {
	Cents int64 `dynamodbav:"cents"`
}

// Shop stores carts and products.
type Shop struct {
	DB              *dynamodb.Client
	Carts, Products string
}

func (s *Shop) get(ctx context.Context, table, id string, v any) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, v)
}

func (s *Shop) put(c Cart) (*dynamodb.PutItemInput, error) {
	item, err := attributevalue.MarshalMap(c)
	return &dynamodb.PutItemInput{TableName: aws.String(s.Carts), Item: item}, err
}

// Add adds a line at today's price to a cart.
func (s *Shop) Add(ctx context.Context, customer, sku string) error {
	cart, p := Cart{ID: customer, Lines: map[string]int64{}}, product{}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.get(groupCtx, s.Carts, customer, &cart) })
	group.Go(func() error { return s.get(groupCtx, s.Products, sku, &p) })
	if err := group.Wait(); err != nil {
		return err
	}
	cart.Lines[sku] = p.Cents
	in, err := s.put(cart)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, in) // want lostupdate
	return err
}

// AddSafe adds a line to a cart that is as it was read.
func (s *Shop) AddSafe(ctx context.Context, customer, sku string) error {
	cart, p := Cart{ID: customer, Lines: map[string]int64{}}, product{}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.get(groupCtx, s.Carts, customer, &cart) })
	group.Go(func() error { return s.get(groupCtx, s.Products, sku, &p) })
	if err := group.Wait(); err != nil {
		return err
	}
	read := cart.Rev
	cart.Lines[sku] = p.Cents
	cart.Rev++
	in, err := s.put(cart)
	if err != nil {
		return err
	}
	in.ConditionExpression = aws.String("attribute_not_exists(rev) OR rev = :rev")
	in.ExpressionAttributeValues = map[string]types.AttributeValue{
		":rev": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
	}
	_, err = s.DB.PutItem(ctx, in)
	return err
}
