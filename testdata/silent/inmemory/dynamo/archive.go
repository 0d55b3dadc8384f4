// Package dynamo archives notes in DynamoDB.
package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/ddbvet/ddbvet/testdata/silent/inmemory/notes"
)

// Archive is a notes.Archive.
type Archive struct {
	Client *dynamodb.Client
	Table  string
}

// Keep archives a note under a fresh key.
func (a Archive) Keep(ctx context.Context, n notes.Note) error {
	item, err := attributevalue.MarshalMap(n)
	if err != nil {
		return err
	}
	item["archive"] = &types.AttributeValueMemberS{Value: uuid.NewString()}
	_, err = a.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &a.Table, Item: item})
	return err
}
