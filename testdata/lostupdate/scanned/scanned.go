// Package scanned takes numbers out of items with fmt.Sscan.
//
// Two colleagues book their hours on one ticket at the same time: the second sum leaves out the first one's
// hours.
//
// Invariant: a ticket has the hours that were booked on it.
package scanned

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Tickets are kept in one table.
type Tickets struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func number(item map[string]types.AttributeValue, name string) float64 {
	var f float64
	if n, ok := item[name].(*types.AttributeValueMemberN); ok {
		_, _ = fmt.Sscanf(n.Value, "%f", &f)
	}
	return f
}

// Book adds hours to a ticket.
func (t *Tickets) Book(ctx context.Context, id string, hours float64) error {
	out, err := t.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(t.Table), Key: key(id)})
	if err != nil {
		return err
	}
	sum := number(out.Item, "hours") + hours
	_, err = t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName: aws.String(t.Table), Key: key(id), UpdateExpression: aws.String("SET hours = :h"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":h": &types.AttributeValueMemberN{Value: strconv.FormatFloat(sum, 'f', -1, 64)}},
	})
	return err
}

// BookSafe lets DynamoDB add.
func (t *Tickets) BookSafe(ctx context.Context, id string, hours float64) error {
	_, err := t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(t.Table), Key: key(id), UpdateExpression: aws.String("ADD hours :h"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":h": &types.AttributeValueMemberN{Value: strconv.FormatFloat(hours, 'f', -1, 64)}},
	})
	return err
}
