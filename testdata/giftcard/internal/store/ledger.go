package store

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/giftcard/internal/card"
)

// Credit adds the entry's amount to its card and the entry to the ledger,
// both or neither.
func (s *Store) Credit(ctx context.Context, e card.Entry) error {
	row, err := attributevalue.MarshalMap(e)
	if err != nil {
		return err
	}
	_, err = s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName:           aws.String(s.tables.Ledger),
				Item:                row,
				ConditionExpression: aws.String("attribute_not_exists(id)"),
			}},
			{Update: &types.Update{
				TableName:           aws.String(s.tables.Cards),
				Key:                 key(e.Card),
				UpdateExpression:    aws.String("SET cents = cents + :c, version = version + :one"),
				ConditionExpression: aws.String("attribute_exists(id)"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":c":   &types.AttributeValueMemberN{Value: strconv.FormatInt(e.Cents, 10)},
					":one": &types.AttributeValueMemberN{Value: "1"},
				},
			}},
		},
	})
	return err
}
