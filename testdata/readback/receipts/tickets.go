package receipts

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// StampSafe raises the counter and stores something else of it: its name does not change.
func (r *Receipts) StampSafe(ctx context.Context, id string) error {
	if _, err := r.DB.UpdateItem(ctx, r.add()); err != nil {
		return err
	}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Counters), Key: counter()})
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Receipts),
		Item:      attrs{"id": &types.AttributeValueMemberS{Value: id}, "series": out.Item["series"]},
	})
	return err
}

// CountSafe raises the counter and returns what it is for people to look at: nothing is stored under it.
func (r *Receipts) CountSafe(ctx context.Context) (int, error) {
	if _, err := r.DB.UpdateItem(ctx, r.add()); err != nil {
		return 0, err
	}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Counters), Key: counter()})
	if err != nil {
		return 0, err
	}
	return issued(out.Item)
}

// Ticket puts an item whose key is the number: the second one replaces the first.
func (r *Receipts) Ticket(ctx context.Context, text string) error {
	if _, err := r.DB.UpdateItem(ctx, r.add()); err != nil {
		return err
	}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Counters), Key: counter()}) // want readback
	if err != nil {
		return err
	}
	number, err := issued(out.Item)
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Receipts),
		Item: attrs{
			"id":      &types.AttributeValueMemberS{Value: "TICKET#" + strconv.Itoa(number)},
			"content": &types.AttributeValueMemberS{Value: text},
		},
	})
	return err
}

// TicketSafe takes the number from the answer of its own ADD.
func (r *Receipts) TicketSafe(ctx context.Context, text string) error {
	number, err := r.nextSafe(ctx)
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Receipts),
		Item: attrs{
			"id":      &types.AttributeValueMemberS{Value: "TICKET#" + strconv.Itoa(number)},
			"content": &types.AttributeValueMemberS{Value: text},
		},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return err
}

// ReserveSafe reads the counter for the next number, and demands that nobody has that one: it need not be the number of the
// ADD before.
func (r *Receipts) ReserveSafe(ctx context.Context, text string) error {
	if _, err := r.DB.UpdateItem(ctx, r.add()); err != nil {
		return err
	}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Counters), Key: counter()})
	if err != nil {
		return err
	}
	number, err := issued(out.Item)
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Receipts),
		Item: attrs{
			"id":      &types.AttributeValueMemberS{Value: "TICKET#" + strconv.Itoa(number+1)},
			"content": &types.AttributeValueMemberS{Value: text},
		},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return err
}

// Stub puts an item whose key is the number, which it reads after it has counted.
func (r *Receipts) Stub(ctx context.Context, text string) error {
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(r.Counters),
		Key:                       counter(),
		UpdateExpression:          aws.String("SET issued = issued + :one"),
		ExpressionAttributeValues: attrs{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	if err != nil {
		return err
	}
	now, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{ // want readback
		TableName: aws.String(r.Counters), Key: counter(),
		ProjectionExpression: aws.String("issued"),
	})
	if err != nil {
		return err
	}
	if len(now.Item) == 0 {
		return nil
	}
	number, err := issued(now.Item)
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(r.Receipts),
		Item: attrs{
			"id":      &types.AttributeValueMemberS{Value: "STUB#" + strconv.Itoa(number)},
			"content": &types.AttributeValueMemberS{Value: text},
		},
	})
	return err
}
