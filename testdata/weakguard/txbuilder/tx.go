// Package txbuilder collects the actions of a transaction in an object with a
// slice of its own and sends them at the end.
//
// Two people rename an article: each transaction puts its whole copy of the
// article beside a slug row that guards the slug, not the article. The counter
// of likes, which others move on, falls back too.
//
// Invariant: likes is the number of calls of Like that returned nil.
package txbuilder

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Article is one article.
type Article struct {
	PK    string `dynamodbav:"pk"`
	Slug  string `dynamodbav:"slug"`
	Title string `dynamodbav:"title"`
	Likes int    `dynamodbav:"likes"`
}

// Tx is a transaction that is being put together.
type Tx struct {
	table string
	items []types.TransactWriteItem
	errs  []error
}

// An Opt adds a condition to an action.
type Opt func(*types.Put)

// If demands an expression with at most one value.
func If(cond string, vals map[string]types.AttributeValue) Opt {
	return func(p *types.Put) {
		p.ConditionExpression = aws.String(cond)
		p.ExpressionAttributeValues = vals
	}
}

// Put adds a Put of anything that can be marshalled.
func (t *Tx) Put(v any, opts ...Opt) *Tx {
	item, err := attributevalue.MarshalMap(v)
	t.errs = append(t.errs, err)
	put := &types.Put{TableName: aws.String(t.table), Item: item}
	for _, o := range opts {
		o(put)
	}
	t.items = append(t.items, types.TransactWriteItem{Put: put})
	return t
}

// Delete adds a Delete.
func (t *Tx) Delete(pk string) *Tx {
	t.items = append(t.items, types.TransactWriteItem{Delete: &types.Delete{TableName: aws.String(t.table), Key: key(pk)}})
	return t
}

// Commit sends the transaction.
func (t *Tx) Commit(ctx context.Context, db *dynamodb.Client) error {
	if err := errors.Join(t.errs...); err != nil {
		return err
	}
	_, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: t.items})
	return err
}

// Blog stores articles and slugs.
type Blog struct {
	DB    *dynamodb.Client
	Table string
}

func key(pk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}}
}

func (b *Blog) article(ctx context.Context, id string) (a Article, err error) {
	out, err := b.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(b.Table), Key: key("ARTICLE#" + id)})
	if err != nil {
		return a, err
	}
	return a, attributevalue.UnmarshalMap(out.Item, &a)
}

type slugRow struct {
	PK      string `dynamodbav:"pk"`
	Article string `dynamodbav:"article"`
}

// Rename gives an article a new title and slug.
func (b *Blog) Rename(ctx context.Context, id, title, slug string) error {
	a, err := b.article(ctx, id)
	if err != nil {
		return err
	}
	old := a.Slug
	a.Title, a.Slug = title, slug
	tx := &Tx{table: b.Table}
	tx.Put(a)
	tx.Put(slugRow{PK: "SLUG#" + slug, Article: id}, If("attribute_not_exists(pk)", nil))
	tx.Delete("SLUG#" + old)
	return tx.Commit(ctx, b.DB) // want weakguard
}

// RenameSafe does the same to an article that has the likes and the slug it
// was read with.
func (b *Blog) RenameSafe(ctx context.Context, id, title, slug string) error {
	a, err := b.article(ctx, id)
	if err != nil {
		return err
	}
	same := map[string]types.AttributeValue{
		":likes": &types.AttributeValueMemberN{Value: strconv.Itoa(a.Likes)},
		":slug":  &types.AttributeValueMemberS{Value: a.Slug},
		":title": &types.AttributeValueMemberS{Value: a.Title},
	}
	old := a.Slug
	a.Title, a.Slug = title, slug
	tx := &Tx{table: b.Table}
	return tx.
		Put(a, If("likes = :likes AND slug = :slug AND title = :title", same)).
		Put(slugRow{PK: "SLUG#" + slug, Article: id}, If("attribute_not_exists(pk)", nil)).
		Delete("SLUG#"+old).
		Commit(ctx, b.DB)
}

// Like counts a like.
func (b *Blog) Like(ctx context.Context, id string) error {
	_, err := b.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(b.Table),
		Key:                       key("ARTICLE#" + id),
		UpdateExpression:          aws.String("ADD likes :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}
