// Package overlap books a meeting room for a time that no booking overlaps.
//
// Two people book nine to ten and half past nine to eleven: each query shows a
// free morning, and two meetings meet at the door.
//
// Invariant: no two bookings of a room overlap.
package overlap

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrBooked says that a room is not free at that time.
var ErrBooked = errors.New("room is booked")

// Booking is one booking.
type Booking struct {
	Room  string    `dynamodbav:"room"`
	Begin time.Time `dynamodbav:"begins,unixtime"`
	End   time.Time `dynamodbav:"ends,unixtime"`
	Who   string    `dynamodbav:"who"`
}

// Calendar stores bookings.
type Calendar struct {
	DB    *dynamodb.Client
	Table string
}

func (c *Calendar) free(ctx context.Context, room string, begin, end time.Time) error {
	expr, err := expression.NewBuilder().
		WithKeyCondition(expression.KeyAnd(
			expression.Key("room").Equal(expression.Value(room)),
			expression.Key("begins").LessThan(expression.Value(end.Unix())))).
		WithFilter(expression.Name("ends").GreaterThan(expression.Value(begin.Unix()))).
		Build()
	if err != nil {
		return err
	}
	pages := dynamodb.NewQueryPaginator(c.DB, &dynamodb.QueryInput{
		TableName:                 aws.String(c.Table),
		KeyConditionExpression:    expr.KeyCondition(),
		FilterExpression:          expr.Filter(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		if page.Count > 0 {
			return ErrBooked
		}
	}
	return nil
}

// Book books a room; the condition only protects a booking that begins in the
// same second.
func (c *Calendar) Book(ctx context.Context, b Booking) error {
	if err := c.free(ctx, b.Room, b.Begin, b.End); err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want phantomread
		TableName:           aws.String(c.Table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(room)"),
	})
	return err
}

func (c *Calendar) revision(ctx context.Context, key map[string]types.AttributeValue) (int, error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(c.Table), Key: key, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return 0, err
	}
	n, ok := out.Item["rev"].(*types.AttributeValueMemberN)
	if !ok {
		return 0, nil
	}
	return strconv.Atoi(n.Value)
}

// BookSafe books a room together with the room's revision, which it read before
// it looked for overlaps: whoever books that room meanwhile makes it fail.
func (c *Calendar) BookSafe(ctx context.Context, b Booking) error {
	head := map[string]types.AttributeValue{
		"room":   &types.AttributeValueMemberS{Value: "REV#" + b.Room},
		"begins": &types.AttributeValueMemberN{Value: "0"},
	}
	rev, err := c.revision(ctx, head)
	if err != nil {
		return err
	}
	if err := c.free(ctx, b.Room, b.Begin, b.End); err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	same := "rev = :rev"
	if rev == 0 {
		same = "attribute_not_exists(rev) OR rev = :rev"
	}
	_, err = c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String(c.Table), Item: item}},
			{Update: &types.Update{
				TableName:           aws.String(c.Table),
				Key:                 head,
				UpdateExpression:    aws.String("SET rev = :next"),
				ConditionExpression: aws.String(same),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":rev":  &types.AttributeValueMemberN{Value: strconv.Itoa(rev)},
					":next": &types.AttributeValueMemberN{Value: strconv.Itoa(rev + 1)},
				},
			}},
		},
	})
	return err
}
