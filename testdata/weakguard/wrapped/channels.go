// Package wrapped stores channels in a record that is made anew around them for every put: a version in the record would not be
// the one that was read, so that there is no fix by one.
//
// Two clients change the name and the topic of a channel: both read it, and the later put undoes the earlier one.
//
// Invariant: what a client was told is done is there.
package wrapped

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNone says that there is no such channel.
var ErrNone = errors.New("no such channel")

// Channel is what callers see.
type Channel struct {
	ID    string `dynamodbav:"id"`
	Name  string `dynamodbav:"name"`
	Topic string `dynamodbav:"topic"`
}

// record is a channel with its key.
type record struct {
	PK string `dynamodbav:"pk"`
	Channel
}

// Channels are kept in a table.
type Channels struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: id}}
}

// Get reads a channel.
func (c *Channels) Get(ctx context.Context, id string) (*Channel, error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(c.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNone
	}
	var r record
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	return &r.Channel, nil
}

func (c *Channels) update(ctx context.Context, ch *Channel) error {
	r := record{PK: ch.ID, Channel: *ch}
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(c.Table),
		Item:                item,
		ConditionExpression: aws.String("attribute_exists(pk)"),
	})
	return err
}

// Rename gives a channel another name.
func (c *Channels) Rename(ctx context.Context, id, name string) error {
	ch, err := c.Get(ctx, id)
	if err != nil {
		return err
	}
	ch.Name = name
	return c.update(ctx, ch) // want weakguard
}

// Discuss gives a channel another topic, and touches nothing else.
func (c *Channels) Discuss(ctx context.Context, id, topic string) error {
	return c.set(ctx, id, "topic", topic)
}

// RenameSafe touches nothing but the name.
func (c *Channels) RenameSafe(ctx context.Context, id, name string) error {
	return c.set(ctx, id, "name", name)
}

func (c *Channels) set(ctx context.Context, id, attr, value string) error {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(c.Table),
		Key:                      key(id),
		UpdateExpression:         aws.String("SET #a = :v"),
		ConditionExpression:      aws.String("attribute_exists(pk)"),
		ExpressionAttributeNames: map[string]string{"#a": attr},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberS{Value: value},
		},
	})
	return err
}
