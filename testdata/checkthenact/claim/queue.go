// Package claim takes the next job that nobody works on out of a query.
//
// Two workers ask at once: the same job is first for both, both write their
// name on it, and it is done twice.
//
// Invariant: Next returns a job to one worker only.
package claim

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrEmpty says that there is nothing to do.
var ErrEmpty = errors.New("no job is waiting")

// Job is one job.
type Job struct {
	Queue  string `dynamodbav:"queue"`
	ID     string `dynamodbav:"id"`
	Worker string `dynamodbav:"worker,omitempty"`
	Body   string `dynamodbav:"body"`
}

// Queue hands out jobs.
type Queue struct {
	DB    *dynamodb.Client
	Table string
	Name  string
}

func (q *Queue) waiting(ctx context.Context) ([]Job, error) {
	out, err := q.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(q.Table),
		KeyConditionExpression:    aws.String("queue = :q"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":q": &types.AttributeValueMemberS{Value: q.Name}},
		ConsistentRead:            aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	var jobs []Job
	return jobs, attributevalue.UnmarshalListOfMaps(out.Items, &jobs)
}

func (q *Queue) take(j Job, worker string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName: aws.String(q.Table),
		Key: map[string]types.AttributeValue{
			"queue": &types.AttributeValueMemberS{Value: j.Queue},
			"id":    &types.AttributeValueMemberS{Value: j.ID},
		},
		UpdateExpression:          aws.String("SET worker = :w"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":w": &types.AttributeValueMemberS{Value: worker}},
	}
}

// Next gives the first job that has no worker to a worker.
func (q *Queue) Next(ctx context.Context, worker string) (Job, error) {
	jobs, err := q.waiting(ctx)
	if err != nil {
		return Job{}, err
	}
	for _, j := range jobs {
		if j.Worker == "" {
			_, err := q.DB.UpdateItem(ctx, q.take(j, worker)) // want checkthenact
			return j, err
		}
	}
	return Job{}, ErrEmpty
}

// NextSafe gives a worker the first job that has none when the write arrives.
func (q *Queue) NextSafe(ctx context.Context, worker string) (Job, error) {
	jobs, err := q.waiting(ctx)
	if err != nil {
		return Job{}, err
	}
	for _, j := range jobs {
		if j.Worker != "" {
			continue
		}
		in := q.take(j, worker)
		in.ConditionExpression = aws.String("attribute_exists(id) AND attribute_not_exists(worker)")
		_, err := q.DB.UpdateItem(ctx, in)
		var taken *types.ConditionalCheckFailedException
		if !errors.As(err, &taken) {
			return j, err
		}
	}
	return Job{}, ErrEmpty
}
