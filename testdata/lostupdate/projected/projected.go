// Package projected reads some attributes of an item, which another function names, and puts the struct back whole.
//
// Two clients that add to the list at the same time both read it as it was, and one of the two entries is lost. A version that
// nobody asks for in the projection would not come with the item, so there is no fix by one.
//
// Invariant: what a client was told is in the list is there.
package projected

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A Day is what somebody has to do on it.
type Day struct {
	Date  string   `dynamodbav:"date"`
	Tasks []string `dynamodbav:"tasks"`
}

// Diary stores days.
type Diary struct {
	DB    *dynamodb.Client
	Table string
}

func key(date string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"date": &types.AttributeValueMemberS{Value: date}}
}

// ask asks for what a day is shown with.
func (d *Diary) ask(date string) *dynamodb.GetItemInput {
	return &dynamodb.GetItemInput{
		TableName:                &d.Table,
		Key:                      key(date),
		ConsistentRead:           aws.Bool(true),
		ProjectionExpression:     aws.String("#d, tasks"),
		ExpressionAttributeNames: map[string]string{"#d": "date"},
	}
}

func (d *Diary) day(ctx context.Context, date string) (Day, error) {
	out, err := d.DB.GetItem(ctx, d.ask(date))
	if err != nil {
		return Day{}, err
	}
	var day Day
	return day, attributevalue.UnmarshalMap(out.Item, &day)
}

// Add puts a task at the end of a day's list.
func (d *Diary) Add(ctx context.Context, date, task string) error {
	day, err := d.day(ctx, date)
	if err != nil {
		return err
	}
	day.Tasks = append(day.Tasks, task)
	item, err := attributevalue.MarshalMap(day)
	if err != nil {
		return err
	}
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &d.Table, Item: item}) // want lostupdate
	return err
}

// AddSafe has DynamoDB put the task at the end.
func (d *Diary) AddSafe(ctx context.Context, date, task string) error {
	_, err := d.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        &d.Table,
		Key:              key(date),
		UpdateExpression: aws.String("SET tasks = list_append(tasks, :t)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":t": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: task}}},
		},
	})
	return err
}
