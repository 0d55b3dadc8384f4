// Package requestset is silent because everything the update sets comes from
// the request: the read before it answers 404 and 403 and gives no value.
package requestset

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNotFound = errors.New("no such shop")

// Shop is one shop of a marketplace.
type Shop struct {
	ID    string `dynamodbav:"id"`
	Owner string `dynamodbav:"owner"`
	Title string `dynamodbav:"title"`
	Phone string `dynamodbav:"phone"`
}

// Patch is the body of a PATCH request.
type Patch struct {
	Title *string `json:"title"`
	Phone *string `json:"phone"`
}

// Shops stores shops.
type Shops struct {
	Client *dynamodb.Client
	Table  string
}

func (s *Shops) byID(ctx context.Context, id string) (*Shop, error) {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, nil
	}
	var shop Shop
	err = attributevalue.UnmarshalMap(out.Item, &shop)
	return &shop, err
}

// Patch changes what the request names.
func (s *Shops) Patch(ctx context.Context, user, id string, p Patch) error {
	shop, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	if shop == nil || shop.Owner != user {
		return errNotFound
	}
	var update expression.UpdateBuilder
	if p.Title != nil {
		update = update.Set(expression.Name("title"), expression.Value(strings.TrimSpace(*p.Title)))
	}
	if p.Phone != nil {
		update = update.Set(expression.Name("phone"), expression.Value(*p.Phone))
	}
	if p.Title == nil && p.Phone == nil {
		return nil
	}
	expr, err := expression.NewBuilder().WithUpdate(update).Build()
	if err != nil {
		return err
	}
	_, err = s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Table),
		Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: shop.ID}},
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
