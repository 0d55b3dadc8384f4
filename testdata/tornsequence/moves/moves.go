// Package moves moves what there must be one of: a seat between tables, points between members, a coupon into a credit.
//
// When the second write fails, or the process ends before it, the first one stays.
//
// Invariant: a seat is at one table; the members' points add up to what they were; a coupon that is used up was credited.
package moves

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Desk is the program's DynamoDB.
type Desk struct{ DB *dynamodb.Client }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": text(id)}
}

func (d *Desk) guest(ctx context.Context, table, id string) (map[string]types.AttributeValue, error) {
	out, err := d.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errors.New("no such guest")
	}
	return out.Item, nil
}

// Admit takes a guest off the waiting list and seats it: in between the guest is nowhere.
func (d *Desk) Admit(ctx context.Context, id string) error {
	guest, err := d.guest(ctx, "waiting", id)
	if err != nil {
		return err
	}
	if _, err := d.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("waiting"), Key: key(id)}); err != nil {
		return err
	}
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("seated"), Item: guest}) // want tornsequence
	return err
}

// AdmitSafe does both or none, and only for a guest that still waits.
func (d *Desk) AdmitSafe(ctx context.Context, id string) error {
	guest, err := d.guest(ctx, "waiting", id)
	if err != nil {
		return err
	}
	_, err = d.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Delete: &types.Delete{TableName: aws.String("waiting"), Key: key(id), ConditionExpression: aws.String("attribute_exists(id)")}},
		{Put: &types.Put{TableName: aws.String("seated"), Item: guest}},
	}})
	return err
}

func (d *Desk) add(ctx context.Context, member, verb, points string) error {
	_, err := d.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("members"),
		Key:                       key(member),
		UpdateExpression:          aws.String("SET points = points " + verb + " :p"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberN{Value: points}},
	})
	return err
}

// Transfer takes from one member and gives to another.
func (d *Desk) Transfer(ctx context.Context, from, to, points string) error {
	if err := d.add(ctx, from, "-", points); err != nil {
		return err
	}
	return d.add(ctx, to, "+", points) // want tornsequence
}

func update(member, verb, points string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName:                 aws.String("members"),
		Key:                       key(member),
		UpdateExpression:          aws.String("SET points = points " + verb + " :p"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberN{Value: points}},
	}}
}

// TransferSafe does both or none.
func (d *Desk) TransferSafe(ctx context.Context, from, to, points string) error {
	_, err := d.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{update(from, "-", points), update(to, "+", points)},
	})
	return err
}

// BackSafe gives the points back when the second half fails.
func (d *Desk) BackSafe(ctx context.Context, from, to, points string) error {
	if err := d.add(ctx, from, "-", points); err != nil {
		return err
	}
	if err := d.add(ctx, to, "+", points); err != nil {
		return errors.Join(err, d.add(ctx, from, "+", points))
	}
	return nil
}

func use(coupon string) *types.Update {
	return &types.Update{
		TableName:           aws.String("coupons"),
		Key:                 key(coupon),
		UpdateExpression:    aws.String("SET #s = :used"),
		ConditionExpression: aws.String("#s = :open"),
		ExpressionAttributeNames: map[string]string{
			"#s": "status",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{":used": text("used"), ":open": text("open")},
	}
}

func credit(coupon, member string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": text(coupon), "member": text(member)}
}

// Redeem uses up a coupon and credits it: one that is used up and not credited is refused the second time.
func (d *Desk) Redeem(ctx context.Context, coupon, member string) error {
	u := use(coupon)
	_, err := d.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression, ConditionExpression: u.ConditionExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	if err != nil {
		return err
	}
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("credits"), Item: credit(coupon, member)}) // want tornsequence
	return err
}

// RedeemSafe does both or none.
func (d *Desk) RedeemSafe(ctx context.Context, coupon, member string) error {
	_, err := d.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: use(coupon)},
		{Put: &types.Put{TableName: aws.String("credits"), Item: credit(coupon, member)}},
	}})
	return err
}

// CarriedOnSafe credits a coupon also when it was used up before: trying again completes it.
func (d *Desk) CarriedOnSafe(ctx context.Context, coupon, member string) error {
	u := use(coupon)
	_, err := d.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression, ConditionExpression: u.ConditionExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	var used *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &used) {
		return err
	}
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("credits"), Item: credit(coupon, member)})
	return err
}
