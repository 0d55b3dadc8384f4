// Package wallets fills its structs by hand: they have no tags, and the fields are not called what the attributes are. What
// a payment checks is said in a condition by the names of the attributes; the look whether there is an item is about none.
//
// Two payments of 80 from a wallet with 100 see 100 both, and leave it at minus 60.
//
// Invariant: no wallet is below zero.
package wallets

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Errors of a payment.
var (
	ErrNone  = errors.New("no such wallet")
	ErrFunds = errors.New("insufficient funds")
)

// Wallet is what somebody has.
type Wallet struct {
	Owner string
	Funds float64
}

// Wallets are kept in a table.
type Wallets struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (w *Wallets) wallet(ctx context.Context, id string) (Wallet, error) {
	out, err := w.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(w.Table), Key: key(id)})
	if err != nil {
		return Wallet{}, err
	}
	if out.Item == nil {
		return Wallet{}, ErrNone
	}
	owner, ok := out.Item["owner_name"].(*types.AttributeValueMemberS)
	cents, ok2 := out.Item["Funds"].(*types.AttributeValueMemberN)
	if !ok || !ok2 {
		return Wallet{}, ErrNone
	}
	funds, err := strconv.ParseFloat(cents.Value, 64)
	if err != nil {
		return Wallet{}, err
	}
	return Wallet{Owner: owner.Value, Funds: funds}, nil
}

// Pay takes an amount out of the wallet of somebody.
func (w *Wallets) Pay(ctx context.Context, id string, amount float64) error {
	found, err := w.wallet(ctx, id)
	if err != nil {
		return err
	}
	if found.Owner == "" {
		return ErrNone
	}
	if found.Funds < amount {
		return ErrFunds
	}
	_, err = w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(w.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET Funds = Funds - :amount"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":amount": amountOf(amount)},
	})
	return err
}

// PaySafe lets DynamoDB look again.
func (w *Wallets) PaySafe(ctx context.Context, id string, amount float64) error {
	found, err := w.wallet(ctx, id)
	if err != nil {
		return err
	}
	if found.Owner == "" {
		return ErrNone
	}
	_, err = w.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(w.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET Funds = Funds - :amount"),
		ConditionExpression:       aws.String("Funds >= :amount"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":amount": amountOf(amount)},
	})
	return err
}

func amountOf(amount float64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatFloat(amount, 'f', 2, 64)}
}
