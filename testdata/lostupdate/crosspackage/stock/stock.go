// Package stock stores products. It neither reads before it writes nor
// decides anything: what goes wrong goes wrong in its callers.
package stock

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNotFound says that there is no such product.
var ErrNotFound = errors.New("no such product")

// Product is one article on sale.
type Product struct {
	SKU     string `json:"sku" dynamodbav:"sku"`
	Title   string `json:"title" dynamodbav:"title"`
	Cents   int64  `json:"cents" dynamodbav:"cents"`
	Stock   int    `json:"stock" dynamodbav:"stock"`
	Version int    `json:"-" dynamodbav:"version"`
}

// Repo is the product table.
type Repo struct {
	client *dynamodb.Client
	table  string
}

// NewRepo returns the product table of that name.
func NewRepo(client *dynamodb.Client, table string) *Repo {
	return &Repo{client: client, table: table}
}

// BySKU reads one product.
func (r *Repo) BySKU(ctx context.Context, sku string) (*Product, error) {
	out, err := r.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.table),
		Key:       map[string]types.AttributeValue{"sku": &types.AttributeValueMemberS{Value: sku}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNotFound
	}
	p := new(Product)
	if err := attributevalue.UnmarshalMap(out.Item, p); err != nil {
		return nil, err
	}
	return p, nil
}

// Update replaces a product.
func (r *Repo) Update(ctx context.Context, p *Product) error {
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	_, err = r.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.table), Item: item})
	return err
}

// UpdateIf replaces a product if it is still at the version that p was read at.
func (r *Repo) UpdateIf(ctx context.Context, p *Product) error {
	was := strconv.Itoa(p.Version)
	p.Version++
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(r.table), Item: item}
	in.ConditionExpression = aws.String("#v = :was")
	in.ExpressionAttributeNames = map[string]string{"#v": "version"}
	in.ExpressionAttributeValues = map[string]types.AttributeValue{":was": &types.AttributeValueMemberN{Value: was}}
	_, err = r.client.PutItem(ctx, in)
	return err
}
