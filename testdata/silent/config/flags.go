// Package config is silent because the item that decides is configuration:
// nothing in the program writes it, and a request that started under the old
// setting may finish under it.
package config

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrClosed says that no reports are taken now.
var ErrClosed = errors.New("reports are not taken at the moment")

type flags struct {
	ReportsOpen bool `dynamodbav:"reportsOpen"`
	MaxLength   int  `dynamodbav:"maxLength"`
}

// Reports takes reports of potholes.
type Reports struct {
	DB             *dynamodb.Client
	Table, Configs string
}

func (r *Reports) flags(ctx context.Context) (f flags, err error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.Configs),
		Key:       map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: "flags"}},
	})
	if err != nil {
		return f, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &f)
	return f, err
}

// Report stores a report.
func (r *Reports) Report(ctx context.Context, street, text string) error {
	f, err := r.flags(ctx)
	if err != nil {
		return err
	}
	if !f.ReportsOpen {
		return ErrClosed
	}
	if len(text) > f.MaxLength {
		text = text[:f.MaxLength]
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Table),
		Item: map[string]types.AttributeValue{
			"id":     &types.AttributeValueMemberS{Value: uuid.NewString()},
			"street": &types.AttributeValueMemberS{Value: street},
			"text":   &types.AttributeValueMemberS{Value: text},
			"at":     &types.AttributeValueMemberS{Value: time.Now().Format(time.RFC3339)},
		},
	})
	return err
}
