// Package count lets as many students into a course as there are places, by
// counting those who are in it.
//
// Two students take the last place: both count 29 of 30, both are put under an
// id of their own, and the course has 31.
//
// Invariant: a course has at most as many enrolments as places.
package count

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

const places = 30

// ErrFull says that a course has no place left.
var ErrFull = errors.New("course is full")

// Enrolment is one student in one course.
type Enrolment struct {
	Course  string `dynamodbav:"course"`
	ID      string `dynamodbav:"id"`
	Student string `dynamodbav:"student"`
	Mode    string `dynamodbav:"mode,omitempty"`
}

// Courses stores enrolments.
type Courses struct {
	DB    *dynamodb.Client
	Table string
}

func (c *Courses) enrolments(ctx context.Context, course string) ([]Enrolment, error) {
	out, err := c.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:              aws.String(c.Table),
		ConsistentRead:         aws.Bool(true),
		KeyConditionExpression: aws.String("course = :c AND begins_with(id, :e)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":c": &types.AttributeValueMemberS{Value: course},
			":e": &types.AttributeValueMemberS{Value: "E#"},
		},
	})
	if err != nil {
		return nil, err
	}
	var list []Enrolment
	return list, attributevalue.UnmarshalListOfMaps(out.Items, &list)
}

// Enrol puts a student into a course.
func (c *Courses) Enrol(ctx context.Context, course, student string) error {
	list, err := c.enrolments(ctx, course)
	if err != nil {
		return err
	}
	if len(list) >= places {
		return ErrFull
	}
	item, err := attributevalue.MarshalMap(Enrolment{Course: course, ID: "E#" + uuid.NewString(), Student: student})
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(c.Table), Item: item}) // want phantomread
	return err
}

// EnrolAs puts a student into a course, as a guest if that is asked for.
func (c *Courses) EnrolAs(ctx context.Context, course, student string, guest bool) error {
	list, err := c.enrolments(ctx, course)
	if err != nil {
		return err
	}
	if len(list) >= places {
		return ErrFull
	}
	e := Enrolment{Course: course, ID: "E#" + uuid.NewString(), Student: student}
	if guest {
		e.Mode = "guest"
	}
	item, err := attributevalue.MarshalMap(e)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(c.Table), Item: item}) // want phantomread
	return err
}

// Rename changes the name of a student whose enrolment is looked up by its key in all enrolments: there is one, or none.
func (c *Courses) Rename(ctx context.Context, course, id, student string) error {
	out, err := c.DB.Scan(ctx, &dynamodb.ScanInput{
		TableName:        aws.String(c.Table),
		FilterExpression: aws.String("course = :c AND id = :i"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":c": &types.AttributeValueMemberS{Value: course}, ":i": &types.AttributeValueMemberS{Value: id},
		},
	})
	if err != nil || len(out.Items) != 1 {
		return err
	}
	_, err = c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(c.Table),
		Key: map[string]types.AttributeValue{
			"course": &types.AttributeValueMemberS{Value: course}, "id": &types.AttributeValueMemberS{Value: id},
		},
		UpdateExpression:          aws.String("SET student = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: student}},
	})
	return err
}

// EnrolSafe puts a student into a course whose counter, in the same
// transaction, has room for one more.
func (c *Courses) EnrolSafe(ctx context.Context, course, student string) error {
	list, err := c.enrolments(ctx, course)
	if err != nil {
		return err
	}
	if len(list) >= places {
		return ErrFull
	}
	item, err := attributevalue.MarshalMap(Enrolment{Course: course, ID: "E#" + uuid.NewString(), Student: student})
	if err != nil {
		return err
	}
	counter := &types.Update{
		TableName: aws.String(c.Table),
		Key: map[string]types.AttributeValue{
			"course": &types.AttributeValueMemberS{Value: course},
			"id":     &types.AttributeValueMemberS{Value: "COUNTER"},
		},
		UpdateExpression:    aws.String("ADD enrolled :one"),
		ConditionExpression: aws.String("attribute_not_exists(enrolled) OR enrolled < :places"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":one":    &types.AttributeValueMemberN{Value: "1"},
			":places": &types.AttributeValueMemberN{Value: strconv.Itoa(places)},
		},
	}
	_, err = c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Update: counter},
			{Put: &types.Put{TableName: aws.String(c.Table), Item: item}},
		},
	})
	return err
}
