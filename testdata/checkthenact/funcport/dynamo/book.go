// Package dynamo is the book of reservations in DynamoDB.
package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/funcport/tables"
)

// Book is the book of one restaurant.
type Book struct {
	DB   *dynamodb.Client
	Name string
}

func slot(table, hour string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"tableNo": &types.AttributeValueMemberS{Value: table},
		"slot":    &types.AttributeValueMemberS{Value: hour},
	}
}

// Find is a tables.FindFunc.
func (b Book) Find(ctx context.Context, table, hour string) (string, error) {
	out, err := b.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &b.Name, Key: slot(table, hour)})
	if err != nil {
		return "", err
	}
	guest, ok := out.Item["guest"].(*types.AttributeValueMemberS)
	if !ok {
		return "", nil
	}
	return guest.Value, nil
}

func (b Book) input(table, hour, guest string) *dynamodb.PutItemInput {
	item := slot(table, hour)
	item["guest"] = &types.AttributeValueMemberS{Value: guest}
	return &dynamodb.PutItemInput{TableName: &b.Name, Item: item}
}

// Save is a tables.SaveFunc.
func (b Book) Save(ctx context.Context, table, hour, guest string) error {
	_, err := b.DB.PutItem(ctx, b.input(table, hour, guest))
	return err
}

// SaveNew is a tables.SaveFunc that refuses a table that is reserved.
func (b Book) SaveNew(ctx context.Context, table, hour, guest string) error {
	in := b.input(table, hour, guest)
	in.ConditionExpression = aws.String("attribute_not_exists(slot)")
	_, err := b.DB.PutItem(ctx, in)
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		return tables.ErrReserved
	}
	return err
}
