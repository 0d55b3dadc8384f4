// Package cas is silent because a checkpoint replaces exactly the bytes that
// were read: the old value is its own version.
package cas

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrChanged says that the checkpoint is not the one that was read.
var ErrChanged = errors.New("checkpoint changed")

// Checkpoint is what Fetch saw; only Replace knows what to do with it.
type Checkpoint struct {
	log  string
	body []byte
}

// Bytes returns the content of the checkpoint.
func (c Checkpoint) Bytes() []byte { return bytes.Clone(c.body) }

// Backend stores one checkpoint per log.
type Backend struct {
	client *dynamodb.Client
	table  string
}

// NewBackend returns the backend in a table.
func NewBackend(client *dynamodb.Client, table string) *Backend { return &Backend{client, table} }

// Fetch reads the checkpoint of a log.
func (b *Backend) Fetch(ctx context.Context, log string) (*Checkpoint, error) {
	resp, err := b.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(b.table),
		Key:            map[string]types.AttributeValue{"logID": &types.AttributeValueMemberS{Value: log}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	body, ok := resp.Item["body"].(*types.AttributeValueMemberB)
	if !ok {
		return nil, fmt.Errorf("log %s has no checkpoint", log)
	}
	return &Checkpoint{log: log, body: body.Value}, nil
}

// Replace stores a new checkpoint in place of old.
func (b *Backend) Replace(ctx context.Context, old *Checkpoint, body []byte) (*Checkpoint, error) {
	_, err := b.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(b.table),
		Item: map[string]types.AttributeValue{
			"logID": &types.AttributeValueMemberS{Value: old.log},
			"body":  &types.AttributeValueMemberB{Value: body},
		},
		ConditionExpression:       aws.String("body = :old"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":old": &types.AttributeValueMemberB{Value: old.body}},
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return nil, ErrChanged
	}
	if err != nil {
		return nil, err
	}
	return &Checkpoint{log: old.log, body: body}, nil
}

// Append adds a line to the checkpoint of a log.
func Append(ctx context.Context, b *Backend, log, line string) error {
	old, err := b.Fetch(ctx, log)
	if err != nil {
		return err
	}
	_, err = b.Replace(ctx, old, append(old.Bytes(), line+"\n"...))
	return err
}
