// Package stock sells products under a condition, and imports price lists in batches that check nothing.
//
// A sale that happens between two steps of an import is undone: the batch puts the whole product, with the stock that the
// price list was made with.
//
// Invariant: the stock of a product is what it was less what was sold; a user has a name of its own.
package stock

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Product is for sale.
type Product struct {
	ID    string `dynamodbav:"id"`
	Cents int    `dynamodbav:"cents"`
	Stock int    `dynamodbav:"stock"`
}

// Shop is the program's DynamoDB.
type Shop struct{ DB *dynamodb.Client }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": text(id)}
}

func one() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}}
}

// write carries out a batch to its end.
func (s *Shop) write(ctx context.Context, table string, requests []types.WriteRequest) error {
	pending := map[string][]types.WriteRequest{table: requests}
	for attempt := 0; len(pending) > 0; attempt++ {
		if attempt == 8 {
			return errors.New("batch not finished")
		}
		out, err := s.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: pending})
		if err != nil {
			return err
		}
		pending = out.UnprocessedItems
		time.Sleep(50 * time.Millisecond << attempt)
	}
	return nil
}

// Sell takes one off the stock, where there is one.
func (s *Shop) Sell(ctx context.Context, id string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("products"),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET stock = stock - :one"),
		ConditionExpression:       aws.String("stock >= :one"),
		ExpressionAttributeValues: one(),
	})
	return err
}

// Import puts a price list.
func (s *Shop) Import(ctx context.Context, list []Product) error {
	var requests []types.WriteRequest
	for _, p := range list {
		item, err := attributevalue.MarshalMap(p)
		if err != nil {
			return err
		}
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	return s.write(ctx, "products", requests) // want guardbypass
}

// ImportSafe changes the prices, and leaves the stock to whoever sells.
func (s *Shop) ImportSafe(ctx context.Context, list []Product) error {
	for _, p := range list {
		price, err := attributevalue.Marshal(p.Cents)
		if err != nil {
			return err
		}
		_, err = s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 aws.String("products"),
			Key:                       key(p.ID),
			UpdateExpression:          aws.String("SET cents = :price"),
			ConditionExpression:       aws.String("attribute_exists(id)"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":price": price},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Visit is a row of another kind, under a key of its own.
type Visit struct {
	ID   string `dynamodbav:"id"`
	Page string `dynamodbav:"page"`
}

// CountSafe stores visits under new keys, where nobody else writes.
func (s *Shop) CountSafe(ctx context.Context, pages []string) error {
	var requests []types.WriteRequest
	for _, p := range pages {
		item, err := attributevalue.MarshalMap(Visit{ID: uuid.NewString(), Page: p})
		if err != nil {
			return err
		}
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	return s.write(ctx, "products", requests)
}

// SeedSafe fills an empty table with what is in the program.
func (s *Shop) SeedSafe(ctx context.Context) error {
	var requests []types.WriteRequest
	for _, p := range []Product{{ID: "pen", Cents: 120, Stock: 9}, {ID: "ink", Cents: 480, Stock: 3}} {
		item, err := attributevalue.MarshalMap(p)
		if err != nil {
			return err
		}
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	return s.write(ctx, "products", requests)
}

// WithdrawSafe deletes products: a sale then finds none in stock, and is refused.
func (s *Shop) WithdrawSafe(ctx context.Context, ids []string) error {
	var requests []types.WriteRequest
	for _, id := range ids {
		requests = append(requests, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key(id)}})
	}
	return s.write(ctx, "products", requests)
}
