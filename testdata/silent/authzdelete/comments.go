// Package authzdelete is silent because the comment is read only to say 404 or
// 403: who wrote it never changes, and deleting it twice is deleting it once.
package authzdelete

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The reasons why a comment stays.
var (
	ErrNotFound  = errors.New("no such comment")
	ErrForbidden = errors.New("not your comment")
)

// Comment is one comment under an article.
type Comment struct {
	Article string `dynamodbav:"article"`
	ID      string `dynamodbav:"id"`
	Author  string `dynamodbav:"author"`
	Body    string `dynamodbav:"body"`
}

// Comments stores comments.
type Comments struct {
	DB    *dynamodb.Client
	Table string
}

func (c *Comments) key(article, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"article": &types.AttributeValueMemberS{Value: article},
		"id":      &types.AttributeValueMemberS{Value: id},
	}
}

// Get reads a comment.
func (c *Comments) Get(ctx context.Context, article, id string) (*Comment, error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(c.Table), Key: c.key(article, id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNotFound
	}
	found := &Comment{}
	return found, attributevalue.UnmarshalMap(out.Item, found)
}

// Delete removes a comment of the user.
func (c *Comments) Delete(ctx context.Context, user, article, id string) error {
	found, err := c.Get(ctx, article, id)
	if err != nil {
		return err
	}
	if found.Author != user {
		return ErrForbidden
	}
	_, err = c.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(c.Table),
		Key:       c.key(found.Article, found.ID),
	})
	return err
}

// DeleteKnown removes a comment if it is there, and says so if it is not.
func (c *Comments) DeleteKnown(ctx context.Context, article, id string) error {
	switch _, err := c.Get(ctx, article, id); {
	case errors.Is(err, ErrNotFound):
		return ErrNotFound
	case err != nil:
		return err
	}
	_, err := c.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &c.Table, Key: c.key(article, id)})
	return err
}
