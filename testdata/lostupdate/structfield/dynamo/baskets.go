// Package dynamo keeps baskets in DynamoDB.
package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/structfield/basket"
)

const table = "baskets"

// Loader returns a function that reads baskets.
func Loader(db *dynamodb.Client) func(context.Context, string) (*basket.Basket, error) {
	return func(ctx context.Context, customer string) (*basket.Basket, error) {
		out, err := db.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: aws.String(table),
			Key:       map[string]types.AttributeValue{"customer": &types.AttributeValueMemberS{Value: customer}},
		})
		if err != nil {
			return nil, err
		}
		b := &basket.Basket{Customer: customer}
		return b, attributevalue.UnmarshalMap(out.Item, b)
	}
}

// Saver writes baskets.
type Saver struct{ DB *dynamodb.Client }

// Save writes a basket.
func (s Saver) Save(ctx context.Context, b *basket.Basket) error {
	return s.put(ctx, b, nil, nil)
}

// Swap writes a basket in place of one at a revision.
func (s Saver) Swap(ctx context.Context, b *basket.Basket, rev int) error {
	v, err := attributevalue.Marshal(rev)
	if err != nil {
		return err
	}
	same := aws.String("attribute_not_exists(rev) OR rev = :rev")
	return s.put(ctx, b, same, map[string]types.AttributeValue{":rev": v})
}

func (s Saver) put(ctx context.Context, b *basket.Basket, cond *string, vals map[string]types.AttributeValue) error {
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(table),
		Item:                      item,
		ConditionExpression:       cond,
		ExpressionAttributeValues: vals,
	})
	return err
}
