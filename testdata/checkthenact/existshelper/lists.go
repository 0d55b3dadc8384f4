// Package existshelper asks a helper whether a list exists, and puts it if not.
//
// Two requests create the list "offers": the second one's put replaces the
// first one's list, subscribers and all.
//
// Invariant: exactly one Create of a name returns nil.
package existshelper

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// List is a distribution list.
type List struct {
	Name        string   `dynamodbav:"name"`
	Description string   `dynamodbav:"description"`
	Subscribers []string `dynamodbav:"subscribers"`
}

// Registry holds the distribution lists.
type Registry struct {
	client *dynamodb.Client
	table  string
}

// NewRegistry returns the registry in a table.
func NewRegistry(client *dynamodb.Client, table string) *Registry {
	return &Registry{client: client, table: table}
}

func (r *Registry) exists(ctx context.Context, name string) (bool, error) {
	proj, err := expression.NewBuilder().WithProjection(expression.NamesList(expression.Name("name"))).Build()
	if err != nil {
		return false, err
	}
	resp, err := r.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:                aws.String(r.table),
		Key:                      map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}},
		ProjectionExpression:     proj.Projection(),
		ExpressionAttributeNames: proj.Names(),
	})
	if err != nil {
		return false, fmt.Errorf("look for list %q: %w", name, err)
	}
	return len(resp.Item) != 0, nil
}

func (r *Registry) put(ctx context.Context, l List, cond *string, names map[string]string) error {
	item, err := attributevalue.MarshalMap(l)
	if err != nil {
		return err
	}
	_, err = r.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                aws.String(r.table),
		Item:                     item,
		ConditionExpression:      cond,
		ExpressionAttributeNames: names,
	})
	return err
}

// Create makes a new list.
func (r *Registry) Create(ctx context.Context, l List) error {
	exists, err := r.exists(ctx, l.Name)
	if err != nil {
		return err
	}
	if exists {
		return fmt.Errorf("list %q already exists", l.Name)
	}
	return r.put(ctx, l, nil, nil) // want checkthenact
}

// CreateSafe makes a new list; DynamoDB says whether it is new.
func (r *Registry) CreateSafe(ctx context.Context, l List) error {
	exists, err := r.exists(ctx, l.Name)
	if err != nil {
		return err
	}
	if exists {
		return fmt.Errorf("list %q already exists", l.Name)
	}
	isNew, err := expression.NewBuilder().
		WithCondition(expression.AttributeNotExists(expression.Name("name"))).
		Build()
	if err != nil {
		return err
	}
	return r.put(ctx, l, isNew.Condition(), isNew.Names())
}
