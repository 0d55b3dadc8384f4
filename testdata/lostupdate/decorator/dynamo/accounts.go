// Package dynamo keeps the accounts of frequent flyers in DynamoDB.
package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/miles"
)

// Accounts is the table of accounts.
type Accounts struct {
	*dynamodb.Client
	Table string
}

// Get reads an account.
func (a Accounts) Get(ctx context.Context, flyer string) (*miles.Account, error) {
	out, err := a.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &a.Table,
		Key:       map[string]types.AttributeValue{"flyer": &types.AttributeValueMemberS{Value: flyer}},
	})
	if err != nil {
		return nil, fmt.Errorf("flyer %s: %w", flyer, err)
	}
	acc := &miles.Account{Flyer: flyer}
	return acc, attributevalue.UnmarshalMap(out.Item, acc)
}

// Put writes an account.
func (a Accounts) Put(ctx context.Context, acc *miles.Account) error {
	item, err := attributevalue.MarshalMap(acc)
	if err != nil {
		return err
	}
	_, err = a.PutItem(ctx, &dynamodb.PutItemInput{TableName: &a.Table, Item: item})
	return err
}

// Swap writes an account in place of one at a version.
func (a Accounts) Swap(ctx context.Context, acc *miles.Account, version int) error {
	expr, err := expression.NewBuilder().
		WithCondition(expression.Name("version").Equal(expression.Value(version))).
		Build()
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(acc)
	if err != nil {
		return err
	}
	_, err = a.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &a.Table,
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
