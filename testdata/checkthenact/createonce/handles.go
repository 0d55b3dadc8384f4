// Package createonce creates a handle if there is none, in two requests.
//
// Two people register one handle: both read nothing, both put, and the handle
// belongs to whoever was second while the first was told it was theirs.
//
// Invariant: the owner of a handle is the one whose Claim returned nil.
package createonce

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrTaken says that a handle belongs to somebody else.
var ErrTaken = errors.New("handle is taken")

// Handles stores who owns which handle.
type Handles struct {
	Client *dynamodb.Client
	Table  string
}

func (h Handles) item(handle, owner string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"handle": &types.AttributeValueMemberS{Value: handle},
		"owner":  &types.AttributeValueMemberS{Value: owner},
	}
}

// Claim makes owner the owner of a free handle.
func (h Handles) Claim(ctx context.Context, handle, owner string) error {
	got, err := h.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(h.Table),
		Key:       map[string]types.AttributeValue{"handle": &types.AttributeValueMemberS{Value: handle}},
	})
	if err != nil {
		return err
	}
	if got.Item != nil {
		return ErrTaken
	}
	_, err = h.Client.PutItem(ctx, &dynamodb.PutItemInput{ // want checkthenact
		TableName: aws.String(h.Table),
		Item:      h.item(handle, owner),
	})
	return err
}

// ClaimSafe makes owner the owner of a handle that is free when the write arrives.
func (h Handles) ClaimSafe(ctx context.Context, handle, owner string) error {
	got, err := h.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(h.Table),
		Key:       map[string]types.AttributeValue{"handle": &types.AttributeValueMemberS{Value: handle}},
	})
	if err != nil {
		return err
	}
	if got.Item != nil {
		return ErrTaken
	}
	_, err = h.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(h.Table),
		Item:                h.item(handle, owner),
		ConditionExpression: aws.String("attribute_not_exists(handle)"),
	})
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return ErrTaken
	}
	return err
}
