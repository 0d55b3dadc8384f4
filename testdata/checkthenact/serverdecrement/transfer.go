// Package serverdecrement checks a balance in Go and lets DynamoDB do the sum.
// The sum is right; the check is about a balance that may be gone by then.
//
// Two transfers of 80 from an account of 100: both see 100, both take 80, and
// the account is at minus 60.
//
// Invariant: no account is below zero.
package serverdecrement

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrFunds says that an account does not hold what it should pay.
var ErrFunds = errors.New("insufficient funds")

// Account is one account.
type Account struct {
	Number string `dynamodbav:"number"`
	Cents  int64  `dynamodbav:"cents"`
}

// Bank moves money between accounts.
type Bank struct {
	db    *dynamodb.Client
	table string
}

// NewBank returns the bank whose accounts are in table.
func NewBank(db *dynamodb.Client, table string) *Bank { return &Bank{db: db, table: table} }

func (b *Bank) key(number string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"number": &types.AttributeValueMemberS{Value: number}}
}

func (b *Bank) account(ctx context.Context, number string) (*Account, error) {
	out, err := b.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(b.table), Key: b.key(number)})
	if err != nil {
		return nil, err
	}
	acc := &Account{}
	return acc, attributevalue.UnmarshalMap(out.Item, acc)
}

func (b *Bank) leg(number, sum, cond string, cents int64) types.TransactWriteItem {
	u := &types.Update{
		TableName:                aws.String(b.table),
		Key:                      b.key(number),
		UpdateExpression:         aws.String(sum),
		ExpressionAttributeNames: map[string]string{"#c": "cents"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":a": &types.AttributeValueMemberN{Value: strconv.FormatInt(cents, 10)},
		},
	}
	if cond != "" {
		u.ConditionExpression = aws.String(cond)
	}
	return types.TransactWriteItem{Update: u}
}

// Transfer moves cents from one account to another.
func (b *Bank) Transfer(ctx context.Context, from, to string, cents int64) error {
	payer, err := b.account(ctx, from)
	if err != nil {
		return err
	}
	if payer.Cents < cents {
		return ErrFunds
	}
	_, err = b.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // want checkthenact
		TransactItems: []types.TransactWriteItem{
			b.leg(from, "SET #c = #c - :a", "", cents),
			b.leg(to, "SET #c = #c + :a", "", cents),
		},
	})
	return err
}

// TransferSafe moves cents; the check before is only there for a quick answer.
func (b *Bank) TransferSafe(ctx context.Context, from, to string, cents int64) error {
	payer, err := b.account(ctx, from)
	if err != nil {
		return err
	}
	if payer.Cents < cents {
		return ErrFunds
	}
	_, err = b.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			b.leg(from, "SET #c = #c - :a", "#c >= :a", cents),
			b.leg(to, "SET #c = #c + :a", "attribute_exists(#c)", cents),
		},
	})
	return err
}
