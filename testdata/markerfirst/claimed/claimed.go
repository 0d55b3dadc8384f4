// Package claimed pays bonuses off a stream; each record is claimed before its bonus is paid.
//
// When the payment fails, the claim stays: the next delivery skips the record, and the bonus is never paid.
//
// Invariant: when a delivery has succeeded, the balance is the sum of the bonuses.
package claimed

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Payer pays bonuses.
type Payer struct{ DB *dynamodb.Client }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// claim reports whether the record is new.
func (p *Payer) claim(ctx context.Context, id string) (bool, error) {
	_, err := p.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String("claims"), Item: key(id), ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var seen *types.ConditionalCheckFailedException
	if errors.As(err, &seen) {
		return false, nil
	}
	return err == nil, err
}

func (p *Payer) release(ctx context.Context, id string) error {
	_, err := p.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("claims"), Key: key(id)})
	return err
}

func (p *Payer) pay(ctx context.Context, account, cents string) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("accounts"),
		Key:                       key(account),
		UpdateExpression:          aws.String("ADD cents :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberN{Value: cents}},
	})
	return err
}

// Handle claims and pays.
func (p *Payer) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		fresh, err := p.claim(ctx, record.EventID)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if err := p.pay(ctx, record.Change.NewImage["account"].String(), record.Change.NewImage["cents"].Number()); err != nil { // want markerfirst
			return err
		}
	}
	return nil
}

// ReleaseSafe takes the claim back when the payment fails; what is left is a process that ends between the two.
func (p *Payer) ReleaseSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		fresh, err := p.claim(ctx, record.EventID)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if err := p.pay(ctx, record.Change.NewImage["account"].String(), record.Change.NewImage["cents"].Number()); err != nil {
			return errors.Join(err, p.release(ctx, record.EventID))
		}
	}
	return nil
}

// HandleSafe pays and claims in one transaction.
func (p *Payer) HandleSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		_, err := p.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String("claims"), Item: key(record.EventID), ConditionExpression: aws.String("attribute_not_exists(id)")}},
			{Update: &types.Update{
				TableName:                 aws.String("accounts"),
				Key:                       key(record.Change.NewImage["account"].String()),
				UpdateExpression:          aws.String("ADD cents :c"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberN{Value: record.Change.NewImage["cents"].Number()}},
			}},
		}})
		var canceled *types.TransactionCanceledException
		if errors.As(err, &canceled) && aws.ToString(canceled.CancellationReasons[0].Code) == "ConditionalCheckFailed" {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
