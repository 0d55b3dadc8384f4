// Package relabelled relabels moving boxes in transactions whose parts functions make: the put of the box, which was
// copied and changed, asks only that there is a box.
//
// A thing is packed into a box that is being relabelled: the put stores the box without it.
//
// Invariant: what was packed is in the box.
package relabelled

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Box is one moving box.
type Box struct {
	ID      string
	Label   string
	Things  []string
	Version int
}

// Move stores the boxes of a move, and what was done to them.
type Move struct {
	DB          *dynamodb.Client
	Boxes, Logs string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": text(id)}
}

func item(b *Box) map[string]types.AttributeValue {
	it := key(b.ID)
	it["label"] = text(b.Label)
	it["revision"] = &types.AttributeValueMemberN{Value: strconv.Itoa(b.Version)}
	things := []types.AttributeValue{}
	for _, t := range b.Things {
		things = append(things, text(t))
	}
	it["things"] = &types.AttributeValueMemberL{Value: things}
	return it
}

func fromItem(it map[string]types.AttributeValue) (*Box, error) {
	b := &Box{}
	if s, ok := it["id"].(*types.AttributeValueMemberS); ok {
		b.ID = s.Value
	}
	if s, ok := it["label"].(*types.AttributeValueMemberS); ok {
		b.Label = s.Value
	}
	if l, ok := it["things"].(*types.AttributeValueMemberL); ok {
		for _, v := range l.Value {
			if s, ok := v.(*types.AttributeValueMemberS); ok {
				b.Things = append(b.Things, s.Value)
			}
		}
	}
	if n, ok := it["revision"].(*types.AttributeValueMemberN); ok {
		v, err := strconv.Atoi(n.Value)
		if err != nil {
			return nil, err
		}
		b.Version = v
	}
	return b, nil
}

func (m *Move) box(ctx context.Context, id string) (*Box, error) {
	out, err := m.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(m.Boxes), Key: key(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	return fromItem(out.Item)
}

// labelled gives what relabels a box.
func (m *Move) labelled(b *Box, label string) (old string, items []types.TransactWriteItem) {
	changed := *b
	changed.Label = label
	it := item(&changed)
	return b.Label, []types.TransactWriteItem{{Put: &types.Put{
		TableName:           aws.String(m.Boxes),
		Item:                it,
		ConditionExpression: aws.String("attribute_exists(id)"),
	}}}
}

func (m *Move) logged(id, what string) types.TransactWriteItem {
	it := key(id)
	it["what"] = text(what)
	return types.TransactWriteItem{Put: &types.Put{TableName: aws.String(m.Logs), Item: it}}
}

// Pack puts a thing into a box.
func (m *Move) Pack(ctx context.Context, id, thing string) error {
	_, err := m.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(m.Boxes),
		Key:              key(id),
		UpdateExpression: aws.String("SET things = list_append(things, :t) ADD revision :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":t":   &types.AttributeValueMemberL{Value: []types.AttributeValue{text(thing)}},
			":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	return err
}

// Relabel gives a box another label.
func (m *Move) Relabel(ctx context.Context, id, label string) error {
	b, err := m.box(ctx, id)
	if err != nil {
		return err
	}
	var all []types.TransactWriteItem
	old, items := m.labelled(b, label)
	all = append(all, items...)
	all = append(all, m.logged(id, old))
	_, err = m.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: all}) // want weakguard
	return err
}

// RelabelSafe gives a box another label while it is as it was read.
func (m *Move) RelabelSafe(ctx context.Context, id, label string) error {
	b, err := m.box(ctx, id)
	if err != nil {
		return err
	}
	read, old := b.Version, b.Label
	b.Label, b.Version = label, read+1
	_, err = m.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{
			TableName:           aws.String(m.Boxes),
			Item:                item(b),
			ConditionExpression: aws.String("revision = :read"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
			},
		}},
		m.logged(id, old),
	}})
	return err
}
