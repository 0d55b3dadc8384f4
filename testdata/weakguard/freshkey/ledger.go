// Package freshkey keeps a ledger in which each entry carries the running
// balance, and puts entries under a fresh id on condition that the id is free.
// A fresh id is always free: the condition demands nothing.
//
// Two bookings at once both continue from the same last entry: the ledger
// forks, and the next balance knows only one of them.
//
// Invariant: the last balance is the sum of all amounts.
package freshkey

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Entry is one booking.
type Entry struct {
	Account string `dynamodbav:"account"`
	ID      string `dynamodbav:"id"`
	Seq     int    `dynamodbav:"seq"`
	Amount  int64  `dynamodbav:"amount"`
	Balance int64  `dynamodbav:"balance"`
}

// Ledger stores the entries of all accounts, newest last.
type Ledger struct {
	DB    *dynamodb.Client
	Table string
}

func (l *Ledger) last(ctx context.Context, account string) (Entry, error) {
	e := Entry{Account: account}
	out, err := l.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:              aws.String(l.Table),
		KeyConditionExpression: aws.String("account = :a"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":a": &types.AttributeValueMemberS{Value: account},
		},
		ScanIndexForward: aws.Bool(false),
		ConsistentRead:   aws.Bool(true),
		Limit:            aws.Int32(1),
	})
	if err != nil || len(out.Items) == 0 {
		return e, err
	}
	return e, attributevalue.UnmarshalMap(out.Items[0], &e)
}

func (l *Ledger) append(ctx context.Context, e Entry) error {
	item, err := attributevalue.MarshalMap(e)
	if err != nil {
		return err
	}
	_, err = l.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(l.Table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return err
}

// Book appends an entry under a fresh id that sorts by time.
func (l *Ledger) Book(ctx context.Context, account string, amount int64) error {
	prev, err := l.last(ctx, account)
	if err != nil {
		return err
	}
	return l.append(ctx, Entry{ // want phantomread
		Account: account,
		ID:      time.Now().UTC().Format(time.RFC3339Nano) + "#" + uuid.NewString(),
		Amount:  amount,
		Balance: prev.Balance + amount,
	})
}

// BookSafe appends an entry under the number that follows the last entry's:
// of two clients that read the same last entry, one finds the number taken.
func (l *Ledger) BookSafe(ctx context.Context, account string, amount int64) error {
	prev, err := l.last(ctx, account)
	if err != nil {
		return err
	}
	seq := prev.Seq + 1
	return l.append(ctx, Entry{
		Account: account,
		ID:      fmt.Sprintf("%012d", seq),
		Seq:     seq,
		Amount:  amount,
		Balance: prev.Balance + amount,
	})
}
