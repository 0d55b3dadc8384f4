// Package recount mends the counter of a shelf by counting its books again.
//
// A book that is shelved after the shelf was counted raises the counter, and then the number of before is put in its
// place: from then on the counter is one short.
//
// Invariant: a shelf's counter says how many books it has.
package recount

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Library keeps shelves, each with its books beside it.
type Library struct {
	DB    *dynamodb.Client
	Table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func n(v int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
}

func (l *Library) key(shelf, sort string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"shelf": s(shelf), "sort": s(sort)}
}

// Shelve adds a book and counts it.
func (l *Library) Shelve(ctx context.Context, shelf, book string) error {
	_, err := l.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(l.Table), Item: l.key(shelf, "BOOK#"+book), ConditionExpression: aws.String("attribute_not_exists(shelf)")}},
		{Update: &types.Update{
			TableName: aws.String(l.Table), Key: l.key(shelf, "ALL"), UpdateExpression: aws.String("ADD books :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": n(1)},
		}},
	}})
	return err
}

// count counts the books of a shelf whose names begin with prefix.
func (l *Library) count(ctx context.Context, shelf, prefix string) (int64, error) {
	out, err := l.DB.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(l.Table), Select: types.SelectCount, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("shelf = :s AND begins_with(sort, :b)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": s(shelf), ":b": s("BOOK#" + prefix)},
	})
	if err != nil {
		return 0, err
	}
	return int64(out.Count), nil
}

// Repair puts the number of books in the place of the counter.
func (l *Library) Repair(ctx context.Context, shelf string) error {
	novels, err := l.count(ctx, shelf, "novel")
	if err != nil {
		return err
	}
	plays, err := l.count(ctx, shelf, "play")
	if err != nil {
		return err
	}
	_, err = l.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want phantomread
		TableName: aws.String(l.Table), Key: l.key(shelf, "ALL"), UpdateExpression: aws.String("SET books = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": n(novels + plays)},
	})
	return err
}

// RepairSafe reads the counter before it counts. Silent: whoever shelves a book changes it, and the condition fails.
func (l *Library) RepairSafe(ctx context.Context, shelf string) error {
	before, err := l.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(l.Table), Key: l.key(shelf, "ALL"), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	novels, err := l.count(ctx, shelf, "novel")
	if err != nil {
		return err
	}
	plays, err := l.count(ctx, shelf, "play")
	if err != nil {
		return err
	}
	_, err = l.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(l.Table), Key: l.key(shelf, "ALL"), UpdateExpression: aws.String("SET books = :n"),
		ConditionExpression:       aws.String("books = :before"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": n(novels + plays), ":before": before.Item["books"]},
	})
	return err
}
