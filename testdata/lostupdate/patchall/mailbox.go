// Package patchall reads a mailbox, changes what the request names, and sets
// all four editable attributes with UpdateItem: what the request did not name
// is written back as it was read.
//
// One client renames a mailbox while another moves it: each undoes what the
// other one did.
//
// Invariant: a change that returned nil stays until it is changed again.
package patchall

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Mailbox is one mailbox.
type Mailbox struct {
	ID     string `dynamodbav:"id"`
	Name   string `dynamodbav:"name"`
	Parent string `dynamodbav:"parent"`
	Order  int    `dynamodbav:"sortOrder"`
	Hidden bool   `dynamodbav:"hidden"`
}

// Changes are what a request names.
type Changes struct {
	Name   *string
	Parent *string
	Order  *int
	Hidden *bool
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// Mailboxes stores mailboxes.
type Mailboxes struct {
	DB    *dynamodb.Client
	Table string
}

func (m *Mailboxes) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (m *Mailboxes) get(ctx context.Context, id string) (*Mailbox, error) {
	out, err := m.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(m.Table), Key: m.key(id)})
	if err != nil {
		return nil, err
	}
	box := &Mailbox{ID: id}
	return box, attributevalue.UnmarshalMap(out.Item, box)
}

func (m *Mailboxes) update(ctx context.Context, box *Mailbox) error {
	_, err := m.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(m.Table),
		Key:                      m.key(box.ID),
		UpdateExpression:         aws.String("SET #name = :name, #parent = :parent, sortOrder = :order, #hidden = :hidden"),
		ExpressionAttributeNames: map[string]string{"#name": "name", "#parent": "parent", "#hidden": "hidden"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":name":   &types.AttributeValueMemberS{Value: box.Name},
			":parent": &types.AttributeValueMemberS{Value: box.Parent},
			":order":  &types.AttributeValueMemberN{Value: strconv.Itoa(box.Order)},
			":hidden": &types.AttributeValueMemberBOOL{Value: box.Hidden},
		},
	})
	return err
}

// Change changes a mailbox.
func (m *Mailboxes) Change(ctx context.Context, id string, c Changes) error {
	box, err := m.get(ctx, id)
	if err != nil {
		return err
	}
	set(&box.Name, c.Name)
	set(&box.Parent, c.Parent)
	set(&box.Order, c.Order)
	set(&box.Hidden, c.Hidden)
	return m.update(ctx, box) // want lostupdate
}

func with[T any](u expression.UpdateBuilder, name string, to *T) expression.UpdateBuilder {
	if to == nil {
		return u
	}
	return u.Set(expression.Name(name), expression.Value(*to))
}

// ChangeSafe sets what the request names.
func (m *Mailboxes) ChangeSafe(ctx context.Context, id string, c Changes) error {
	if _, err := m.get(ctx, id); err != nil {
		return err
	}
	if c == (Changes{}) {
		return nil
	}
	var u expression.UpdateBuilder
	u = with(u, "name", c.Name)
	u = with(u, "parent", c.Parent)
	u = with(u, "sortOrder", c.Order)
	u = with(u, "hidden", c.Hidden)
	expr, err := expression.NewBuilder().WithUpdate(u).Build()
	if err != nil {
		return err
	}
	_, err = m.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(m.Table),
		Key:                       m.key(id),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
