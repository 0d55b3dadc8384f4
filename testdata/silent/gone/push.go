// Package gone is silent because a connection is deleted when the gateway says
// that it is gone, which stays true: the read only lists whom to send to.
package gone

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrGone is what a Sender returns for a connection that is closed for good.
var ErrGone = errors.New("connection is gone")

// Sender sends a message to a connection.
type Sender func(ctx context.Context, connection string, message []byte) error

type connection struct {
	Room string `dynamodbav:"room"`
	ID   string `dynamodbav:"id"`
}

// Rooms knows who is connected to which room.
type Rooms struct {
	DB    *dynamodb.Client
	Table string
	Send  Sender
}

// Broadcast sends a message to everybody in a room.
func (r *Rooms) Broadcast(ctx context.Context, room string, message []byte) error {
	out, err := r.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(r.Table),
		KeyConditionExpression:    aws.String("room = :r"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": &types.AttributeValueMemberS{Value: room}},
	})
	if err != nil {
		return err
	}
	var all []connection
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &all); err != nil {
		return err
	}
	var failed []error
	for _, c := range all {
		err := r.Send(ctx, c.ID, message)
		if errors.Is(err, ErrGone) {
			err = r.forget(ctx, c)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (r *Rooms) forget(ctx context.Context, c connection) error {
	key, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	_, err = r.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(r.Table), Key: key})
	return err
}
