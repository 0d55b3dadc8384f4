// Package maxplusone numbers tickets by the highest number so far plus one.
//
// Two customers open a ticket at once: both read 41, both put number 42, and
// the first customer's ticket is overwritten.
//
// Invariant: every ticket that was opened exists under its own number.
package maxplusone

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Ticket is one ticket of a project.
type Ticket struct {
	Project string `dynamodbav:"project"`
	Number  int    `dynamodbav:"number"`
	Title   string `dynamodbav:"title"`
}

// Tracker stores tickets.
type Tracker struct {
	DB    *dynamodb.Client
	Table string
}

func (t *Tracker) next(ctx context.Context, project string) (int, error) {
	out, err := t.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(t.Table),
		KeyConditionExpression:    aws.String("#p = :p"),
		ExpressionAttributeNames:  map[string]string{"#p": "project"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: project}},
		ScanIndexForward:          aws.Bool(false),
		ConsistentRead:            aws.Bool(true),
		Limit:                     aws.Int32(1),
	})
	if err != nil {
		return 0, err
	}
	if len(out.Items) == 0 {
		return 1, nil
	}
	var last Ticket
	if err := attributevalue.UnmarshalMap(out.Items[0], &last); err != nil {
		return 0, err
	}
	return last.Number + 1, nil
}

func (t *Tracker) put(project, title string, number int) *dynamodb.PutItemInput {
	return &dynamodb.PutItemInput{
		TableName: aws.String(t.Table),
		Item: map[string]types.AttributeValue{
			"project": &types.AttributeValueMemberS{Value: project},
			"number":  &types.AttributeValueMemberN{Value: strconv.Itoa(number)},
			"title":   &types.AttributeValueMemberS{Value: title},
		},
	}
}

// Open opens a ticket and returns its number.
func (t *Tracker) Open(ctx context.Context, project, title string) (int, error) {
	number, err := t.next(ctx, project)
	if err != nil {
		return 0, err
	}
	_, err = t.DB.PutItem(ctx, t.put(project, title, number)) // want phantomread
	return number, err
}

// OpenSafe opens a ticket under the first number that nobody else took.
func (t *Tracker) OpenSafe(ctx context.Context, project, title string) (int, error) {
	for {
		number, err := t.next(ctx, project)
		if err != nil {
			return 0, err
		}
		in := t.put(project, title, number)
		in.ConditionExpression = aws.String("attribute_not_exists(#n)")
		in.ExpressionAttributeNames = map[string]string{"#n": "number"}
		_, err = t.DB.PutItem(ctx, in)
		var taken *types.ConditionalCheckFailedException
		if !errors.As(err, &taken) {
			return number, err
		}
	}
}
