// Package receipts numbers receipts with a counter: ADD, and then a read of
// what the counter is.
//
// Two receipts at once: both add one, then both read the second one's number,
// and one number is on two receipts while the other is on none.
//
// Invariant: no two receipts have the same number.
package receipts

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Receipts numbers and stores receipts.
type Receipts struct {
	DB                 *dynamodb.Client
	Counters, Receipts string
}

type attrs = map[string]types.AttributeValue

func counter() attrs { return attrs{"counter_id": &types.AttributeValueMemberS{Value: "receipts"}} }

func (r *Receipts) add() *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String(r.Counters),
		Key:                       counter(),
		UpdateExpression:          aws.String("ADD issued :one"),
		ExpressionAttributeValues: attrs{":one": &types.AttributeValueMemberN{Value: "1"}},
	}
}

func issued(item attrs) (int, error) {
	n, ok := item["issued"].(*types.AttributeValueMemberN)
	if !ok {
		return 0, errors.New("counter has no number")
	}
	return strconv.Atoi(n.Value)
}

func (r *Receipts) next(ctx context.Context) (int, error) {
	if _, err := r.DB.UpdateItem(ctx, r.add()); err != nil {
		return 0, err
	}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{ // want readback
		TableName: aws.String(r.Counters), Key: counter(), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return 0, err
	}
	return issued(out.Item)
}

func (r *Receipts) nextSafe(ctx context.Context) (int, error) {
	in := r.add()
	in.ReturnValues = types.ReturnValueUpdatedNew
	out, err := r.DB.UpdateItem(ctx, in)
	if err != nil {
		return 0, err
	}
	return issued(out.Attributes)
}

func (r *Receipts) put(ctx context.Context, number int, text string) error {
	_, err := r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Receipts),
		Item: attrs{
			"id":            &types.AttributeValueMemberS{Value: uuid.NewString()},
			"receiptNumber": &types.AttributeValueMemberN{Value: strconv.Itoa(number)},
			"content":       &types.AttributeValueMemberS{Value: text},
		},
	})
	return err
}

// Issue stores a receipt under the next number.
func (r *Receipts) Issue(ctx context.Context, text string) (int, error) {
	number, err := r.next(ctx)
	if err != nil {
		return 0, err
	}
	return number, r.put(ctx, number, text)
}

// IssueSafe stores a receipt under the number that its own ADD made.
func (r *Receipts) IssueSafe(ctx context.Context, text string) (int, error) {
	number, err := r.nextSafe(ctx)
	if err != nil {
		return 0, err
	}
	return number, r.put(ctx, number, text)
}
