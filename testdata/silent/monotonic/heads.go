// Package monotonic is silent because a head only ever moves forward: the
// condition compares what is stored with what is written, whoever comes when.
package monotonic

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Heads stores how far each feed has been read.
type Heads struct {
	DB    *dynamodb.Client
	Table string
}

func (h *Heads) key(feed string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"feed": &types.AttributeValueMemberS{Value: feed}}
}

// Head reads how far a feed has been read.
func (h *Heads) Head(ctx context.Context, feed string) (int, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.Table), Key: h.key(feed)})
	if err != nil {
		return 0, err
	}
	if n, ok := out.Item["head"].(*types.AttributeValueMemberN); ok {
		return strconv.Atoi(n.Value)
	}
	return 0, nil
}

// Reached stores that a feed was read up to an entry, unless more was read.
func (h *Heads) Reached(ctx context.Context, feed string, entry int) error {
	head, err := h.Head(ctx, feed)
	if err != nil {
		return err
	}
	if entry <= head {
		return nil
	}
	_, err = h.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(h.Table),
		Key:                 h.key(feed),
		UpdateExpression:    aws.String("SET head = :e"),
		ConditionExpression: aws.String("attribute_not_exists(head) OR head < :e"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":e": &types.AttributeValueMemberN{Value: strconv.Itoa(entry)},
		},
	})
	var behind *types.ConditionalCheckFailedException
	if errors.As(err, &behind) {
		return nil
	}
	return err
}
