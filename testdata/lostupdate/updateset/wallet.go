// Package updateset writes with UpdateItem, but sets a value that Go computed
// from what it read before.
//
// Two payments into one wallet read the same balance and both set their own
// sum: the money of one of them is gone, though no other attribute is touched.
//
// Invariant: the balance is the sum of all deposits, the stamps likewise.
package updateset

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type wallet struct {
	Balance int64    `dynamodbav:"balance"`
	Stamps  []string `dynamodbav:"stamps"`
}

// Wallets stores wallets.
type Wallets struct {
	DB    *dynamodb.Client
	Table string
}

func (w *Wallets) key(owner string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"owner": &types.AttributeValueMemberS{Value: owner}}
}

func (w *Wallets) get(ctx context.Context, owner string) (wallet, error) {
	var found wallet
	out, err := w.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:            aws.String(w.Table),
		Key:                  w.key(owner),
		ProjectionExpression: aws.String("balance, stamps"),
	})
	if err != nil {
		return found, err
	}
	return found, attributevalue.UnmarshalMap(out.Item, &found)
}

// Deposit pays into a wallet.
func (w *Wallets) Deposit(ctx context.Context, owner string, cents int64) error {
	found, err := w.get(ctx, owner)
	if err != nil {
		return err
	}
	sum := strconv.FormatInt(found.Balance+cents, 10)
	_, err = w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(w.Table),
		Key:                       w.key(owner),
		UpdateExpression:          aws.String("SET #b = :sum"),
		ExpressionAttributeNames:  map[string]string{"#b": "balance"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":sum": &types.AttributeValueMemberN{Value: sum}},
	})
	return err
}

// DepositSafe pays into a wallet whose balance is still the one that was read.
func (w *Wallets) DepositSafe(ctx context.Context, owner string, cents int64) error {
	found, err := w.get(ctx, owner)
	if err != nil {
		return err
	}
	_, err = w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(w.Table),
		Key:                      w.key(owner),
		UpdateExpression:         aws.String("SET #b = :sum"),
		ConditionExpression:      aws.String("#b = :read"),
		ExpressionAttributeNames: map[string]string{"#b": "balance"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":sum":  &types.AttributeValueMemberN{Value: strconv.FormatInt(found.Balance+cents, 10)},
			":read": &types.AttributeValueMemberN{Value: strconv.FormatInt(found.Balance, 10)},
		},
	})
	return err
}

// Stamp adds a stamp to a wallet's card.
func (w *Wallets) Stamp(ctx context.Context, owner, stamp string) error {
	found, err := w.get(ctx, owner)
	if err != nil {
		return err
	}
	stamps := append(found.Stamps, stamp)
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("stamps"), expression.Value(stamps))).
		Build()
	if err != nil {
		return err
	}
	_, err = w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(w.Table),
		Key:                       w.key(owner),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// StampSafe lets DynamoDB append the stamp.
func (w *Wallets) StampSafe(ctx context.Context, owner, stamp string) error {
	list := expression.Name("stamps")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(list, expression.ListAppend(
			expression.IfNotExists(list, expression.Value([]string{})),
			expression.Value([]string{stamp})))).
		Build()
	if err != nil {
		return err
	}
	_, err = w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(w.Table),
		Key:                       w.key(owner),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
