// Package onepath sets the condition under an if, so that some writes carry it
// and others do not.
//
// An editor saves with Overwrite while another saves with care: the careful
// one is told that nobody else wrote, and then loses its paragraph.
//
// Invariant: every paragraph that was accepted is on the page.
package onepath

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Page is a page of a wiki.
type Page struct {
	Slug       string
	Paragraphs []string
	Rev        int
}

// Options say how a page is saved.
type Options struct {
	// Check makes the save fail if somebody else saved the page meanwhile.
	Check bool
}

// Wiki stores pages.
type Wiki struct {
	DB    *dynamodb.Client
	Table string
}

func (w *Wiki) page(ctx context.Context, slug string) (Page, error) {
	out, err := w.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(w.Table),
		Key:       map[string]types.AttributeValue{"Slug": &types.AttributeValueMemberS{Value: slug}},
	})
	if err != nil {
		return Page{}, err
	}
	p := Page{Slug: slug}
	return p, attributevalue.UnmarshalMap(out.Item, &p)
}

// Append adds a paragraph to a page.
func (w *Wiki) Append(ctx context.Context, slug, text string, opts Options) error {
	p, err := w.page(ctx, slug)
	if err != nil {
		return err
	}
	read := p.Rev
	p.Paragraphs = append(p.Paragraphs, text)
	p.Rev++
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(w.Table), Item: item}
	if opts.Check {
		in.ConditionExpression = aws.String("Rev = :read")
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		}
	}
	_, err = w.DB.PutItem(ctx, in) // want weakguard
	return err
}

// AppendSafe adds a paragraph; every path has a condition that pins the page.
func (w *Wiki) AppendSafe(ctx context.Context, slug, text string) error {
	p, err := w.page(ctx, slug)
	if err != nil {
		return err
	}
	read := p.Rev
	p.Paragraphs = append(p.Paragraphs, text)
	p.Rev++
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(w.Table), Item: item}
	if read == 0 {
		in.ConditionExpression = aws.String("attribute_not_exists(Slug)")
	} else {
		in.ConditionExpression = aws.String("Rev = :read")
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		}
	}
	_, err = w.DB.PutItem(ctx, in)
	return err
}
