// Package lookupput is silent because the slug is only looked up: the row that
// is put has a key that follows from user and article, and says nothing else,
// so that putting it twice is putting it once.
package lookupput

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNoArticle = errors.New("no such article")

// Blog stores articles and who likes them.
type Blog struct {
	DB    *dynamodb.Client
	Table string
}

func (b *Blog) idOf(ctx context.Context, slug string) (string, error) {
	res, err := b.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(b.Table),
		IndexName:                 aws.String("slug"),
		KeyConditionExpression:    aws.String("slug = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: slug}},
	})
	if err != nil {
		return "", err
	}
	if res.Count == 0 {
		return "", errNoArticle
	}
	id, ok := res.Items[0]["pk"].(*types.AttributeValueMemberS)
	if !ok {
		return "", errNoArticle
	}
	return id.Value, nil
}

func like(article, user string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: article},
		"sk": &types.AttributeValueMemberS{Value: "LIKE#" + user},
	}
}

// Like remembers that a user likes an article.
func (b *Blog) Like(ctx context.Context, user, slug string) error {
	id, err := b.idOf(ctx, slug)
	if err != nil {
		return err
	}
	_, err = b.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(b.Table), Item: like(id, user)})
	return err
}

// Unlike forgets that a user likes an article.
func (b *Blog) Unlike(ctx context.Context, user, slug string) error {
	id, err := b.idOf(ctx, slug)
	if err != nil {
		return err
	}
	_, err = b.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(b.Table), Key: like(id, user)})
	return err
}
