// Package versionpin is silent because every write of a contract, whole or in
// part, pins the version that was read and moves it on.
package versionpin

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errSigned = errors.New("contract is signed already")

// Contract is one contract.
type Contract struct {
	ID      string   `dynamodbav:"id"`
	Clauses []string `dynamodbav:"clauses"`
	Signed  bool     `dynamodbav:"signed"`
	Version int      `dynamodbav:"version"`
}

// Contracts stores contracts.
type Contracts struct {
	DB    *dynamodb.Client
	Table string
}

// Find reads a contract.
func (c *Contracts) Find(ctx context.Context, id string) (Contract, error) {
	var found Contract
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(c.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return found, err
	}
	return found, attributevalue.UnmarshalMap(out.Item, &found)
}

// AddClause adds a clause to a contract; the whole item is written.
func (c *Contracts) AddClause(ctx context.Context, id, clause string) error {
	found, err := c.Find(ctx, id)
	if err != nil {
		return err
	}
	expected := found.Version
	found.Clauses = append(found.Clauses, clause)
	found.Version = expected + 1
	item, err := attributevalue.MarshalMap(found)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(c.Table),
		Item:                item,
		ConditionExpression: aws.String("version = :expected"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":expected": &types.AttributeValueMemberN{Value: strconv.Itoa(expected)},
		},
	})
	return err
}

// Sign signs a contract as it was read; the version is counted on the server.
func (c *Contracts) Sign(ctx context.Context, id string) error {
	found, err := c.Find(ctx, id)
	if err != nil {
		return err
	}
	if found.Signed {
		return errSigned
	}
	_, err = c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(c.Table),
		Key:                 map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression:    aws.String("SET signed = :yes ADD version :one"),
		ConditionExpression: aws.String("version = :expected"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":yes":      &types.AttributeValueMemberBOOL{Value: true},
			":one":      &types.AttributeValueMemberN{Value: "1"},
			":expected": &types.AttributeValueMemberN{Value: strconv.Itoa(found.Version)},
		},
	})
	return err
}
