// Package replace is silent because the opening hours are replaced as a whole
// by what the request holds: the read before it says 403 and nothing more. The
// last of two requests wins, as it should.
package replace

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrForbidden says that somebody else's hours were to be changed.
var ErrForbidden = errors.New("not your pharmacy")

// Hours are the opening hours of one pharmacy.
type Hours struct {
	Pharmacy string            `json:"pharmacy" dynamodbav:"pharmacy"`
	Owner    string            `json:"-" dynamodbav:"owner"`
	Days     map[string]string `json:"days" dynamodbav:"days"`
}

// Directory stores opening hours.
type Directory struct {
	client *dynamodb.Client
	table  string
}

// New returns the directory in a table.
func New(client *dynamodb.Client, table string) *Directory { return &Directory{client, table} }

func (d *Directory) owner(ctx context.Context, pharmacy string) (string, error) {
	out, err := d.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.table),
		Key:       map[string]types.AttributeValue{"pharmacy": &types.AttributeValueMemberS{Value: pharmacy}},
	})
	if err != nil {
		return "", err
	}
	var h Hours
	err = attributevalue.UnmarshalMap(out.Item, &h)
	return h.Owner, err
}

// Replace stores the hours that a request holds.
func (d *Directory) Replace(ctx context.Context, user string, h Hours) error {
	owner, err := d.owner(ctx, h.Pharmacy)
	if err != nil {
		return err
	}
	if owner != user {
		return ErrForbidden
	}
	h.Owner = user
	item, err := attributevalue.MarshalMap(h)
	if err != nil {
		return err
	}
	_, err = d.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.table), Item: item})
	return err
}
