// Package unarchived moves an item to another key: a transaction deletes it there, and puts it here.
//
// Somebody changes the title while the item is moved: what is put has the title that was read. A version of what is put helps
// nothing, since there is no item under that key.
//
// Invariant: a title that was set stays, wherever the item is.
package unarchived

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("there is no such habit")

// Habit is something to be done every day.
type Habit struct {
	PK    string
	Title string
	Days  []string
}

// Habits stores habits.
type Habits struct {
	DB    *dynamodb.Client
	Table string
}

func key(pk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: pk}}
}

// Archived reads a habit that was given up.
func (h *Habits) Archived(ctx context.Context, id string) (*Habit, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.Table), Key: key("ARCHIVED#" + id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNone
	}
	var habit Habit
	err = attributevalue.UnmarshalMap(out.Item, &habit)
	return &habit, err
}

// Retitle sets the title of a habit that was given up.
func (h *Habits) Retitle(ctx context.Context, id, title string) error {
	_, err := h.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(h.Table),
		Key:                       key("ARCHIVED#" + id),
		UpdateExpression:          aws.String("SET Title = :title"),
		ConditionExpression:       aws.String("attribute_exists(PK)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":title": &types.AttributeValueMemberS{Value: title}},
	})
	return err
}

// Unarchive takes a habit up again.
func (h *Habits) Unarchive(ctx context.Context, id string) error {
	habit, err := h.Archived(ctx, id)
	if err != nil {
		return err
	}
	habit.PK = "HABIT#" + id
	item, err := attributevalue.MarshalMap(habit)
	if err != nil {
		return err
	}
	_, err = h.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{ // want weakguard
		{Delete: &types.Delete{TableName: aws.String(h.Table), Key: key("ARCHIVED#" + id)}},
		{Put: &types.Put{TableName: aws.String(h.Table), Item: item}},
	}})
	return err
}

// UnarchiveSafe moves what is still as it was read.
func (h *Habits) UnarchiveSafe(ctx context.Context, id string) error {
	habit, err := h.Archived(ctx, id)
	if err != nil {
		return err
	}
	title := habit.Title
	habit.PK = "HABIT#" + id
	item, err := attributevalue.MarshalMap(habit)
	if err != nil {
		return err
	}
	_, err = h.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Delete: &types.Delete{
			TableName:                 aws.String(h.Table),
			Key:                       key("ARCHIVED#" + id),
			ConditionExpression:       aws.String("Title = :title"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":title": &types.AttributeValueMemberS{Value: title}},
		}},
		{Put: &types.Put{TableName: aws.String(h.Table), Item: item}},
	}})
	return err
}
