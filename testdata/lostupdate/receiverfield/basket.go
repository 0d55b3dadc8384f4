// Package receiverfield keeps what was read in a field of the receiver: Load
// fills it, Save writes it, and neither takes nor returns a value.
//
// Two devices of one customer change the basket: the second Save erases what
// the first one stored.
//
// Invariant: every change that Set accepted without an error is in the basket.
package receiverfield

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "baskets"

// Basket is the basket of one customer, loaded or not.
type Basket struct {
	db       *dynamodb.Client
	customer string
	content  map[string]int
	rev      int
}

// New returns the basket of a customer; nothing is read yet.
func New(db *dynamodb.Client, customer string) *Basket {
	return &Basket{db: db, customer: customer, content: map[string]int{}}
}

// Load reads the basket.
func (b *Basket) Load(ctx context.Context) error {
	out, err := b.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"customer": &types.AttributeValueMemberS{Value: b.customer}},
	})
	if err != nil {
		return err
	}
	if n, ok := out.Item["rev"].(*types.AttributeValueMemberN); ok {
		if b.rev, err = strconv.Atoi(n.Value); err != nil {
			return err
		}
	}
	if s, ok := out.Item["content"].(*types.AttributeValueMemberS); ok {
		return json.Unmarshal([]byte(s.Value), &b.content)
	}
	return nil
}

func (b *Basket) input() (*dynamodb.PutItemInput, error) {
	text, err := json.Marshal(b.content)
	if err != nil {
		return nil, err
	}
	return &dynamodb.PutItemInput{
		TableName: aws.String(table),
		Item: map[string]types.AttributeValue{
			"customer": &types.AttributeValueMemberS{Value: b.customer},
			"content":  &types.AttributeValueMemberS{Value: string(text)},
			"rev":      &types.AttributeValueMemberN{Value: strconv.Itoa(b.rev + 1)},
		},
	}, nil
}

// Save writes the basket.
func (b *Basket) Save(ctx context.Context) error {
	in, err := b.input()
	if err != nil {
		return err
	}
	_, err = b.db.PutItem(ctx, in)
	return err
}

// SaveSafe writes the basket if nobody else wrote it since Load.
func (b *Basket) SaveSafe(ctx context.Context) error {
	in, err := b.input()
	if err != nil {
		return err
	}
	in.ConditionExpression = aws.String("attribute_not_exists(rev) OR rev = :rev")
	in.ExpressionAttributeValues = map[string]types.AttributeValue{
		":rev": &types.AttributeValueMemberN{Value: strconv.Itoa(b.rev)},
	}
	_, err = b.db.PutItem(ctx, in)
	return err
}

// Set stores how many pieces of a product the customer wants.
func Set(ctx context.Context, db *dynamodb.Client, customer, sku string, qty int) error {
	b := New(db, customer)
	if err := b.Load(ctx); err != nil {
		return err
	}
	b.content[sku] = qty
	return b.Save(ctx) // want lostupdate
}

// SetSafe is Set that fails when the basket changed meanwhile.
func SetSafe(ctx context.Context, db *dynamodb.Client, customer, sku string, qty int) error {
	b := New(db, customer)
	if err := b.Load(ctx); err != nil {
		return err
	}
	b.content[sku] = qty
	return b.SaveSafe(ctx)
}
