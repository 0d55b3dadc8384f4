// Package quota hands out seats of an event: the event's counter and the seats go into one batch.
//
// Two clients read the same counter and both store it, and a batch that is carried out in part stores seats without the
// counter.
//
// Invariant: the event's Taken is the number of its seats, and at most its Seats.
package quota

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Event has seats to give.
type Event struct {
	ID    string `dynamodbav:"id"`
	Seats int    `dynamodbav:"seats"`
	Taken int    `dynamodbav:"taken"`
}

// Seat is taken by a guest.
type Seat struct {
	ID    string `dynamodbav:"id"`
	Guest string `dynamodbav:"guest"`
}

// ErrFull says that no seat is left.
var ErrFull = errors.New("full")

// Store is the program's DynamoDB.
type Store struct{ DB *dynamodb.Client }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// Take gives a guest a seat.
func (s *Store) Take(ctx context.Context, id, guest string) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("events"), Key: key(id)})
	if err != nil {
		return err
	}
	var e Event
	if err := attributevalue.UnmarshalMap(out.Item, &e); err != nil {
		return err
	}
	if e.Taken >= e.Seats {
		return ErrFull
	}
	e.Taken++
	event, err := attributevalue.MarshalMap(e)
	if err != nil {
		return err
	}
	seat, err := attributevalue.MarshalMap(Seat{ID: fmt.Sprintf("%s#%d", id, e.Taken), Guest: guest})
	if err != nil {
		return err
	}
	batch, err := s.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{ // want batchatomicity
		"events": {{PutRequest: &types.PutRequest{Item: event}}},
		"seats":  {{PutRequest: &types.PutRequest{Item: seat}}},
	}})
	if err != nil {
		return err
	}
	if len(batch.UnprocessedItems) > 0 {
		return errors.New("try again")
	}
	return nil
}

// TakeSafe does the same in one transaction, in which DynamoDB counts and checks.
func (s *Store) TakeSafe(ctx context.Context, id, guest string) error {
	seat, err := attributevalue.MarshalMap(Seat{ID: id + "#" + guest, Guest: guest})
	if err != nil {
		return err
	}
	_, err = s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{
			TableName:           aws.String("events"),
			Key:                 key(id),
			UpdateExpression:    aws.String("SET taken = taken + :one"),
			ConditionExpression: aws.String("taken < seats"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":one": &types.AttributeValueMemberN{Value: "1"},
			},
		}},
		{Put: &types.Put{TableName: aws.String("seats"), Item: seat, ConditionExpression: aws.String("attribute_not_exists(id)")}},
	}})
	return err
}
