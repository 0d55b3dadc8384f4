// Package retrydefeat retries a refused write with a fresh version and the old
// value: the optimistic lock is there, and the retry picks it.
//
// Two devices add a piece each to a line of three: the second write is refused,
// reads that the version is now 8, and writes four once more under version 8.
//
// Invariant: the quantity is the sum of all additions.
package retrydefeat

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const attempts = 3

// ErrConflict says that the line kept changing.
var ErrConflict = errors.New("cart line was changed")

type line struct {
	Qty     int `dynamodbav:"qty"`
	Version int `dynamodbav:"version"`
}

// Cart is the cart of one customer.
type Cart struct {
	DB       *dynamodb.Client
	Table    string
	Customer string
}

func (c *Cart) key(sku string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"customer": &types.AttributeValueMemberS{Value: c.Customer},
		"sku":      &types.AttributeValueMemberS{Value: sku},
	}
}

func (c *Cart) line(ctx context.Context, sku string) (l line, err error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(c.Table), Key: c.key(sku), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return l, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &l)
	return l, err
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func (c *Cart) set(ctx context.Context, sku string, qty, version int) error {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(c.Table),
		Key:                 c.key(sku),
		UpdateExpression:    aws.String("SET qty = :qty, version = :next"),
		ConditionExpression: aws.String("version = :version"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":qty": number(qty), ":version": number(version), ":next": number(version + 1),
		},
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return ErrConflict
	}
	return err
}

func (c *Cart) setWithRetry(ctx context.Context, sku string, qty, version int) error {
	for range attempts {
		err := c.set(ctx, sku, qty, version)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		now, err := c.line(ctx, sku)
		if err != nil {
			return err
		}
		version = now.Version
	}
	return ErrConflict
}

// Add adds pieces to a line.
func (c *Cart) Add(ctx context.Context, sku string, pieces int) error {
	l, err := c.line(ctx, sku)
	if err != nil {
		return err
	}
	return c.setWithRetry(ctx, sku, l.Qty+pieces, l.Version) // want weakguard
}

// AddSafe adds pieces to a line; a retry starts from the line as it is.
func (c *Cart) AddSafe(ctx context.Context, sku string, pieces int) error {
	for range attempts {
		l, err := c.line(ctx, sku)
		if err != nil {
			return err
		}
		if err := c.set(ctx, sku, l.Qty+pieces, l.Version); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}
