// Package handmade reads an item as the map that it is, and puts a map that is
// written out by hand: there is no struct between them, and no version.
//
// Two guests sign up at the same time: each puts the list that it has read with
// one name more, and the first one's name is gone.
//
// Invariant: everybody who signed up is on the list.
package handmade

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Lists stores guest lists.
type Lists struct {
	DB    *dynamodb.Client
	Table string
}

type attributes = map[string]types.AttributeValue

func key(event string) attributes {
	return attributes{"event": &types.AttributeValueMemberS{Value: event}}
}

// SignUp puts a guest on a list.
func (l *Lists) SignUp(ctx context.Context, event, guest string) error {
	out, err := l.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(l.Table), Key: key(event)})
	if err != nil {
		return err
	}
	var guests []types.AttributeValue
	if had, ok := out.Item["guests"].(*types.AttributeValueMemberL); ok {
		guests = had.Value
	}
	guests = append(guests, &types.AttributeValueMemberS{Value: guest})
	_, err = l.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want lostupdate
		TableName: aws.String(l.Table),
		Item: attributes{
			"event":  &types.AttributeValueMemberS{Value: event},
			"guests": &types.AttributeValueMemberL{Value: guests},
		},
	})
	return err
}

// SignUpSafe lets DynamoDB append to the list.
func (l *Lists) SignUpSafe(ctx context.Context, event, guest string) error {
	_, err := l.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(l.Table),
		Key:              key(event),
		UpdateExpression: aws.String("SET guests = list_append(if_not_exists(guests, :none), :guest)"),
		ExpressionAttributeValues: attributes{
			":none":  &types.AttributeValueMemberL{},
			":guest": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: guest}}},
		},
	})
	return err
}
