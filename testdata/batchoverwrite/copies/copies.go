// Package copies raises prices: it reads the products and puts them back in a batch.
//
// A stock count that changes between the query and the batch is overwritten by the older one.
//
// Invariant: the stock of a product changes only by what is sold and delivered.
package copies

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Product is on sale.
type Product struct {
	Shop  string `dynamodbav:"shop"`
	ID    string `dynamodbav:"id"`
	Cents int    `dynamodbav:"cents"`
	Stock int    `dynamodbav:"stock"`
}

// Store is the program's DynamoDB.
type Store struct{ DB *dynamodb.Client }

func (s *Store) products(ctx context.Context, shop string) ([]Product, error) {
	out, err := s.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String("products"),
		KeyConditionExpression:    aws.String("shop = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: shop}},
	})
	if err != nil {
		return nil, err
	}
	var ps []Product
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &ps); err != nil {
		return nil, err
	}
	return ps, nil
}

// Raise raises all prices of a shop.
func (s *Store) Raise(ctx context.Context, shop string, cents int) error {
	ps, err := s.products(ctx, shop)
	if err != nil {
		return err
	}
	var reqs []types.WriteRequest
	for _, p := range ps {
		p.Cents += cents
		item, err := attributevalue.MarshalMap(p)
		if err != nil {
			return err
		}
		reqs = append(reqs, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	out, err := s.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"products": reqs}}) // want batchoverwrite
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems) > 0 {
		return errors.New("try again")
	}
	return nil
}

// RaiseSafe changes the price and nothing else, and lets DynamoDB compute.
func (s *Store) RaiseSafe(ctx context.Context, shop string, cents string) error {
	ps, err := s.products(ctx, shop)
	if err != nil {
		return err
	}
	for _, p := range ps {
		_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: aws.String("products"),
			Key: map[string]types.AttributeValue{
				"shop": &types.AttributeValueMemberS{Value: p.Shop}, "id": &types.AttributeValueMemberS{Value: p.ID},
			},
			UpdateExpression:          aws.String("SET cents = cents + :c"),
			ConditionExpression:       aws.String("attribute_exists(id)"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberN{Value: cents}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Take sells one product as long as there is any, a limit that the batch above passes by.
func (s *Store) Take(ctx context.Context, shop, id string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String("products"),
		Key: map[string]types.AttributeValue{
			"shop": &types.AttributeValueMemberS{Value: shop}, "id": &types.AttributeValueMemberS{Value: id},
		},
		UpdateExpression:          aws.String("SET stock = stock - :one"),
		ConditionExpression:       aws.String("stock >= :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}
