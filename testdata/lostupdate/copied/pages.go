// Package copied stores copies of the pages that it is given: by a caller that has read the page, and by another one that puts
// what somebody says over it. The latter has no version to give and would be refused for ever, so that there is no fix by one.
//
// Two clients change the title and the text of a page: both read it, and the later put undoes the earlier one.
//
// Invariant: what a client was told is done is there.
package copied

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Page is one page.
type Page struct {
	ID    string `dynamodbav:"id"`
	Title string `dynamodbav:"title"`
	Text  string `dynamodbav:"text"`
}

// Pages are kept in a table.
type Pages struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (p *Pages) get(ctx context.Context, id string) (*Page, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	var page Page
	return &page, attributevalue.UnmarshalMap(out.Item, &page)
}

func (p *Pages) save(ctx context.Context, page *Page) error {
	stored := *page
	item, err := attributevalue.MarshalMap(stored)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(p.Table), Item: item})
	return err
}

// Retitle gives a page another title.
func (p *Pages) Retitle(ctx context.Context, id, title string) error {
	page, err := p.get(ctx, id)
	if err != nil {
		return err
	}
	page.Title = title
	return p.save(ctx, page) // want lostupdate
}

// Restore puts a page over what is there.
func (p *Pages) Restore(ctx context.Context, id, title, text string) error {
	return p.save(ctx, &Page{ID: id, Title: title, Text: text})
}

// Write gives a page another text, and touches nothing else.
func (p *Pages) Write(ctx context.Context, id, text string) error {
	return p.set(ctx, id, "text", text)
}

// RetitleSafe touches nothing but the title.
func (p *Pages) RetitleSafe(ctx context.Context, id, title string) error {
	return p.set(ctx, id, "title", title)
}

func (p *Pages) set(ctx context.Context, id, attr, value string) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(p.Table),
		Key:                      key(id),
		UpdateExpression:         aws.String("SET #a = :v"),
		ExpressionAttributeNames: map[string]string{"#a": attr},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberS{Value: value},
		},
	})
	return err
}
