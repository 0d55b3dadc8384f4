// Package emptynull stores desks with aws-sdk-go, version 1, whose encoder makes NULL of an empty string. A condition that a desk's
// holder is the empty string would refuse everybody.
//
// Two people take a desk: both read that nobody has it.
//
// Invariant: a desk has one holder.
package emptynull

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

// ErrTaken says that somebody has the desk.
var ErrTaken = errors.New("the desk is taken")

// Desk is one desk.
type Desk struct {
	ID     string `json:"id"`
	Holder string `json:"holder"`
}

// Office has desks.
type Office struct {
	DB    dynamodbiface.DynamoDBAPI
	Table string
}

func key(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}}
}

// Add stores a desk that nobody has.
func (o *Office) Add(ctx context.Context, id string) error {
	item, err := dynamodbattribute.MarshalMap(Desk{ID: id})
	if err != nil {
		return err
	}
	_, err = o.DB.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(o.Table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return err
}

// Take gives a desk that nobody has to somebody.
func (o *Office) Take(ctx context.Context, id, who string) error {
	out, err := o.DB.GetItemWithContext(ctx, &dynamodb.GetItemInput{TableName: aws.String(o.Table), Key: key(id)})
	if err != nil {
		return err
	}
	var d Desk
	if err := dynamodbattribute.UnmarshalMap(out.Item, &d); err != nil {
		return err
	}
	if d.Holder != "" {
		return ErrTaken
	}
	_, err = o.DB.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(o.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET holder = :who"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":who": {S: aws.String(who)}},
	})
	return err
}

// TakeSafe takes NULL for nobody, too.
func (o *Office) TakeSafe(ctx context.Context, id, who string) error {
	_, err := o.DB.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(o.Table),
		Key:                 key(id),
		UpdateExpression:    aws.String("SET holder = :who"),
		ConditionExpression: aws.String("attribute_not_exists(holder) OR holder = :null OR holder = :nobody"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":who":    {S: aws.String(who)},
			":null":   {NULL: aws.Bool(true)},
			":nobody": {S: aws.String("")},
		},
	})
	return err
}
