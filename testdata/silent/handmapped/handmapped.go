// Package handmapped takes items apart by hand, attribute by attribute. What each of them holds decides what the struct gets,
// and not whether the program goes on.
package handmapped

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNotFound = errors.New("no such payment")

// A Payment is what somebody has spent.
type Payment struct {
	ID, Shop, Category string
	Confirmed          bool
}

func toPayment(item map[string]types.AttributeValue) (*Payment, error) {
	p := &Payment{}
	if v, ok := item["id"]; ok {
		if s, ok := v.(*types.AttributeValueMemberS); ok {
			p.ID = s.Value
		}
	}
	if v, ok := item["shop"]; ok {
		if s, ok := v.(*types.AttributeValueMemberS); ok {
			p.Shop = s.Value
		}
	}
	if v, ok := item["category"]; ok {
		if s, ok := v.(*types.AttributeValueMemberS); ok {
			p.Category = s.Value
		}
	}
	if v, ok := item["confirmed"]; ok {
		if b, ok := v.(*types.AttributeValueMemberBOOL); ok {
			p.Confirmed = b.Value
		}
	}
	return p, nil
}

// Payments stores payments.
type Payments struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (p *Payments) get(ctx context.Context, id string) (*Payment, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &p.Table, Key: key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, nil
	}
	return toPayment(out.Item)
}

// Confirm sets a flag whatever the payment was: confirmed twice it is confirmed.
func (p *Payments) Confirm(ctx context.Context, id string) (*Payment, error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, errNotFound
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &p.Table,
		Key:                       key(id),
		UpdateExpression:          aws.String("SET confirmed = :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": &types.AttributeValueMemberBOOL{Value: true}},
	})
	if err != nil {
		return nil, err
	}
	found.Confirmed = true
	return found, nil
}

// File sets the category that the request says.
func (p *Payments) File(ctx context.Context, id, category string) error {
	found, err := p.get(ctx, id)
	if err != nil {
		return err
	}
	if found == nil {
		return errNotFound
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &p.Table,
		Key:                       key(id),
		UpdateExpression:          aws.String("SET category = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberS{Value: category}},
	})
	return err
}
