// Package unchanged copies feeds of elsewhere into a table, and saves the writes that would change nothing.
//
// Silent: an article that is not there and one that is there with another text are written alike. What the read has found
// decides only whether the write can be saved, and the text is the request's.
//
// Invariant: an article has a title and a text that one caller gave it together.
package unchanged

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNone says that there is no article of an id.
var ErrNone = errors.New("no such article")

// Article is a piece of a feed.
type Article struct {
	ID    string `dynamodbav:"id"`
	Title string `dynamodbav:"title"`
	Text  string `dynamodbav:"text"`
}

// Feed stores articles.
type Feed struct {
	DB    *dynamodb.Client
	Table string
}

func (f *Feed) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// Get gives an article, or ErrNone.
func (f *Feed) Get(ctx context.Context, id string) (*Article, error) {
	out, err := f.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(f.Table), Key: f.key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNone
	}
	var a Article
	return &a, attributevalue.UnmarshalMap(out.Item, &a)
}

// Copy puts an article that is new or has changed.
func (f *Feed) Copy(ctx context.Context, in Article) error {
	old, err := f.Get(ctx, in.ID)
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	if err == nil && old.Text == in.Text {
		return nil
	}
	item, err := attributevalue.MarshalMap(in)
	if err != nil {
		return err
	}
	_, err = f.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(f.Table), Item: item})
	return err
}

// Rewrite sets title and text, where the text is another one.
func (f *Feed) Rewrite(ctx context.Context, in Article) error {
	old, err := f.Get(ctx, in.ID)
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	if old != nil && old.Text == in.Text {
		return nil
	}
	_, err = f.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(f.Table), Key: f.key(in.ID),
		UpdateExpression:         aws.String("SET title = :title, #text = :text"),
		ExpressionAttributeNames: map[string]string{"#text": "text"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":title": &types.AttributeValueMemberS{Value: in.Title}, ":text": &types.AttributeValueMemberS{Value: in.Text},
		},
	})
	return err
}
