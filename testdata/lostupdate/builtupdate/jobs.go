// Package builtupdate puts a job back whole, while others set its state with an update that the SDK's expression builder makes.
//
// A rename and a change of state at once: the put brings back the state that was read. Notes on jobs are in the same table.
//
// Invariant: a state that was set stays, and so does the title; a note has no version of a job.
package builtupdate

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("there is no such job")

// Job is something to be done.
type Job struct {
	ID    string   `dynamodbav:"id"`
	Title string   `dynamodbav:"title"`
	State string   `dynamodbav:"state"`
	By    []string `dynamodbav:"by,omitempty"`
}

// Jobs stores jobs.
type Jobs struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func jobID(id string) string { return "JOB#" + id }

// Get reads a job.
func (j *Jobs) Get(ctx context.Context, id string) (job Job, err error) {
	out, err := j.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(j.Table), Key: key(jobID(id))})
	if err != nil {
		return job, err
	}
	if out.Item == nil {
		return job, errNone
	}
	err = attributevalue.UnmarshalMap(out.Item, &job)
	return job, err
}

// SetState sets a job's state, and who has done so.
func (j *Jobs) SetState(ctx context.Context, id, state, by string) error {
	update := expression.Set(expression.Name("state"), expression.Value(state))
	if by != "" {
		update = update.Set(expression.Name("by"), expression.Value([]string{by}))
	}
	expr, err := expression.NewBuilder().WithUpdate(update).Build()
	if err != nil {
		return err
	}
	_, err = j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(j.Table),
		Key:                       key(jobID(id)),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Note sets what is noted on a job.
func (j *Jobs) Note(ctx context.Context, id, title string) error {
	expr, err := expression.NewBuilder().WithUpdate(expression.Set(expression.Name("title"), expression.Value(title))).Build()
	if err != nil {
		return err
	}
	_, err = j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(j.Table),
		Key:                       key("NOTE#" + id),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Rename changes a job's title.
func (j *Jobs) Rename(ctx context.Context, id, title string) error {
	job, err := j.Get(ctx, id)
	if err != nil {
		return err
	}
	job.Title = title
	item, err := attributevalue.MarshalMap(job)
	if err != nil {
		return err
	}
	_, err = j.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(j.Table), Item: item}) // want lostupdate
	return err
}

// RenameSafe sets the title and leaves the rest.
func (j *Jobs) RenameSafe(ctx context.Context, id, title string) error {
	_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(j.Table),
		Key:                 key(jobID(id)),
		UpdateExpression:    aws.String("SET title = :title"),
		ConditionExpression: aws.String("attribute_exists(id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":title": &types.AttributeValueMemberS{Value: title},
		},
	})
	return err
}
