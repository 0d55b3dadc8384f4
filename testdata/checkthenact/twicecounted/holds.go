// Package twicecounted cancels the holds that readers have on books. Each book has an item that says how many wait for it.
//
// A reader cancels twice at once: both requests see the hold, both delete it, and the second delete succeeds without
// deleting anything. Both count down, and the book has one waiting reader less than it has holds.
//
// Invariant: a book has as many waiting readers as holds.
package twicecounted

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNoHold says that a reader does not wait for the book.
var ErrNoHold = errors.New("no hold on this book")

// total is where in a book's items it stands how many wait for it.
const total = "WAITING"

// Library stores the holds on books, by book and reader.
type Library struct {
	DB    *dynamodb.Client
	Table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(book, reader string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"book": s(book), "reader": s(reader)}
}

var down = map[string]types.AttributeValue{":less": &types.AttributeValueMemberN{Value: "-1"}}

// waits says whether a reader waits for a book.
func (l *Library) waits(ctx context.Context, book, reader string) (bool, error) {
	out, err := l.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(l.Table), Key: key(book, reader), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return false, err
	}
	return out.Item != nil, nil
}

func (l *Library) remove(ctx context.Context, book, reader string) error {
	_, err := l.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(l.Table), Key: key(book, reader)})
	return err
}

// countDown says that one reader less waits for a book.
func (l *Library) countDown(ctx context.Context, book string) error {
	_, err := l.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(l.Table),
		Key:                       key(book, total),
		UpdateExpression:          aws.String("ADD waiting :less"),
		ExpressionAttributeValues: down,
	})
	return err
}

// Cancel deletes a hold that is there, and counts down.
func (l *Library) Cancel(ctx context.Context, book, reader string) error {
	waits, err := l.waits(ctx, book, reader)
	if err != nil {
		return err
	}
	if !waits {
		return ErrNoHold
	}
	if err := l.remove(ctx, book, reader); err != nil {
		return err
	}
	return l.countDown(ctx, book) // want checkthenact
}

// CancelSafe deletes on condition that there is something to delete.
func (l *Library) CancelSafe(ctx context.Context, book, reader string) error {
	waits, err := l.waits(ctx, book, reader)
	if err != nil {
		return err
	}
	if !waits {
		return ErrNoHold
	}
	_, err = l.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(l.Table), Key: key(book, reader), ConditionExpression: aws.String("attribute_exists(book)"),
	})
	if err != nil {
		return err
	}
	return l.countDown(ctx, book)
}

// CancelToldSafe has the delete tell what it has deleted, and counts down only for that.
func (l *Library) CancelToldSafe(ctx context.Context, book, reader string) error {
	waits, err := l.waits(ctx, book, reader)
	if err != nil {
		return err
	}
	if !waits {
		return ErrNoHold
	}
	out, err := l.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(l.Table), Key: key(book, reader), ReturnValues: types.ReturnValueAllOld,
	})
	if err != nil {
		return err
	}
	if len(out.Attributes) == 0 {
		return ErrNoHold
	}
	return l.countDown(ctx, book)
}

// found finds the hold of a reader by an index.
func (l *Library) found(ctx context.Context, book, reader string) (string, error) {
	out, err := l.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(l.Table),
		IndexName:                 aws.String("byReader"),
		KeyConditionExpression:    aws.String("reader = :r AND book = :b"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": s(reader), ":b": s(book)},
	})
	if err != nil || len(out.Items) == 0 {
		return "", err
	}
	return out.Items[0]["reader"].(*types.AttributeValueMemberS).Value, nil
}

// CancelFound deletes a hold that a query has found, and counts down.
func (l *Library) CancelFound(ctx context.Context, book, reader string) error {
	hold, err := l.found(ctx, book, reader)
	if err != nil {
		return err
	}
	if hold == "" {
		return ErrNoHold
	}
	if err := l.remove(ctx, book, hold); err != nil {
		return err
	}
	return l.countDown(ctx, book) // want checkthenact
}

// CancelTx does both in one transaction. All of it is done twice.
func (l *Library) CancelTx(ctx context.Context, book, reader string) error {
	waits, err := l.waits(ctx, book, reader)
	if err != nil {
		return err
	}
	if !waits {
		return ErrNoHold
	}
	_, err = l.DB.TransactWriteItems(ctx, l.both(book, &types.Delete{TableName: aws.String(l.Table), Key: key(book, reader)})) // want checkthenact
	return err
}

// CancelTxSafe does both in one transaction, on condition that there is something to delete.
func (l *Library) CancelTxSafe(ctx context.Context, book, reader string) error {
	waits, err := l.waits(ctx, book, reader)
	if err != nil {
		return err
	}
	if !waits {
		return ErrNoHold
	}
	_, err = l.DB.TransactWriteItems(ctx, l.both(book, &types.Delete{
		TableName: aws.String(l.Table), Key: key(book, reader), ConditionExpression: aws.String("attribute_exists(book)"),
	}))
	return err
}

// both are the delete of a hold on a book, and the count.
func (l *Library) both(book string, hold *types.Delete) *dynamodb.TransactWriteItemsInput {
	return &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Delete: hold},
		{Update: &types.Update{
			TableName:                 aws.String(l.Table),
			Key:                       key(book, total),
			UpdateExpression:          aws.String("ADD waiting :less"),
			ExpressionAttributeValues: down,
		}},
	}}
}
