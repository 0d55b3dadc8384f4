// Package dynamo keeps bicycles in DynamoDB. It does not know the port.
package dynamo

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/registry/rental"
)

const table = "bikes"

// Bikes is the table of bicycles.
type Bikes struct{ client *dynamodb.Client }

// NewBikes is the constructor that the container calls.
func NewBikes(client *dynamodb.Client) *Bikes { return &Bikes{client} }

// Load reads a bicycle.
func (b *Bikes) Load(ctx context.Context, frame string) (*rental.Bike, error) {
	out, err := b.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"frame": &types.AttributeValueMemberS{Value: frame}},
	})
	if err != nil {
		return nil, err
	}
	bike := &rental.Bike{Frame: frame}
	return bike, attributevalue.UnmarshalMap(out.Item, bike)
}

// Save writes a bicycle.
func (b *Bikes) Save(ctx context.Context, bike *rental.Bike) error {
	item, err := attributevalue.MarshalMap(bike)
	if err != nil {
		return err
	}
	_, err = b.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
	return err
}

// SaveIf writes a bicycle in place of one at a version.
func (b *Bikes) SaveIf(ctx context.Context, bike *rental.Bike, version int) error {
	item, err := attributevalue.MarshalMap(bike)
	if err != nil {
		return err
	}
	_, err = b.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(version) OR version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberN{Value: strconv.Itoa(version)},
		},
	})
	return err
}
