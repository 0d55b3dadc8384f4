// Package fromrequest puts pages that a caller has read, and others that somebody sends, over what is there. What is sent has no
// version: a lock in the function of the put would refuse it for ever, so that there is none.
//
// Somebody sends a page while another client changes its title: the later put undoes the earlier one.
//
// Invariant: what was sent is there.
package fromrequest

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Page is one page.
type Page struct {
	ID    string `dynamodbav:"id" json:"id"`
	Title string `dynamodbav:"title" json:"title"`
	Text  string `dynamodbav:"text" json:"text"`
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
	item, err := attributevalue.MarshalMap(page)
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

// Replace puts a page that somebody sends over what is there.
func (p *Pages) Replace(ctx context.Context, body []byte) error {
	var page Page
	if err := json.Unmarshal(body, &page); err != nil {
		return err
	}
	return p.save(ctx, &page)
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
