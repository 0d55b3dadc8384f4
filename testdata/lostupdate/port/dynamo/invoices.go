// Package dynamo keeps invoices in DynamoDB.
package dynamo

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/billing"
)

type record struct {
	PK      string    `dynamodbav:"pk"`
	Cents   int64     `dynamodbav:"cents"`
	Paid    int64     `dynamodbav:"paid"`
	LastPay time.Time `dynamodbav:"lastPay"`
	Version int       `dynamodbav:"version"`
}

func toRecord(inv *billing.Invoice) record {
	return record{
		PK:      "INVOICE#" + inv.Number,
		Cents:   inv.Cents,
		Paid:    inv.Paid,
		LastPay: inv.LastPay,
		Version: inv.Version,
	}
}

// Invoices is the table of invoices.
type Invoices struct {
	client *dynamodb.Client
	table  string
}

// New returns the table of that name.
func New(client *dynamodb.Client, table string) *Invoices {
	return &Invoices{client: client, table: table}
}

// ByNumber reads an invoice.
func (i *Invoices) ByNumber(ctx context.Context, number string) (*billing.Invoice, error) {
	out, err := i.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(i.table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "INVOICE#" + number}},
	})
	if err != nil {
		return nil, err
	}
	var r record
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	return &billing.Invoice{Number: number, Cents: r.Cents, Paid: r.Paid, LastPay: r.LastPay, Version: r.Version}, nil
}

// Store writes an invoice.
func (i *Invoices) Store(ctx context.Context, inv *billing.Invoice) error {
	item, err := attributevalue.MarshalMap(toRecord(inv))
	if err != nil {
		return err
	}
	_, err = i.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(i.table), Item: item})
	return err
}

// StoreVersion writes an invoice that is still at its version.
func (i *Invoices) StoreVersion(ctx context.Context, inv *billing.Invoice) error {
	r := toRecord(inv)
	r.Version++
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = i.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(i.table),
		Item:                item,
		ConditionExpression: aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberN{Value: strconv.Itoa(inv.Version)},
		},
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return billing.ErrChanged
	}
	return err
}
