// Package claimedjob lists the jobs that wait, claims them one by one, and works on what it has claimed.
//
// Silent: who has claimed a job is the only one to change it, which the conditions check. What Prolong and Bury store of the
// job that was listed is the id and the queue, which its own key is made of, in the keys of indexes: a job never changes them,
// so nothing that another client has stored gets lost.
//
// Invariant: a job is worked on once, and its keys say what it is.
package claimedjob

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Job is one job of a queue.
type Job struct{ Queue, ID string }

// Item is a job as it is stored: by queue and id, in one index by what state it is in, in another by the end of its term.
type Item struct {
	PK    string `dynamodbav:"pk"`
	State string `dynamodbav:"state"`
	Queue string `dynamodbav:"queue"`
	ID    string `dynamodbav:"id"`
	// Waiting is the queue and the state.
	Waiting string `dynamodbav:"waiting"`
	// Due is the end of the term and the id.
	Due    string `dynamodbav:"due,omitempty"`
	Worker string `dynamodbav:"worker,omitempty"`
}

func (i Item) job() Job { return Job{Queue: i.Queue, ID: i.ID} }

// Queues stores jobs, for one worker.
type Queues struct {
	DB            *dynamodb.Client
	Table, Worker string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(queue, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": s(queue + "#" + id)}
}

func (q *Queues) waiting(ctx context.Context, queue string) ([]Item, error) {
	out, err := q.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(q.Table),
		IndexName:                 aws.String("byWaiting"),
		KeyConditionExpression:    aws.String("waiting = :w"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":w": s(queue + "#waits")},
	})
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, found := range out.Items {
		var i Item
		if err := attributevalue.UnmarshalMap(found, &i); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return items, nil
}

// update changes a job, where it is in one state and has one worker.
func (q *Queues) update(ctx context.Context, queue, id, change, cond string, values map[string]types.AttributeValue) error {
	_, err := q.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(q.Table),
		Key:                       key(queue, id),
		UpdateExpression:          aws.String(change),
		ConditionExpression:       aws.String(cond),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: values,
	})
	return err
}

// Claim takes the jobs that wait, except those that other workers take first.
func (q *Queues) Claim(ctx context.Context, queue string) ([]Job, error) {
	items, err := q.waiting(ctx, queue)
	if err != nil {
		return nil, err
	}
	var jobs []Job
	for _, i := range items {
		err := q.update(ctx, i.Queue, i.ID, "SET #s = :claimed, worker = :me, waiting = :place", "#s = :waits",
			map[string]types.AttributeValue{":waits": s("waits"), ":claimed": s("claimed"), ":me": s(q.Worker), ":place": s(queue + "#claimed")})
		var refused *types.ConditionalCheckFailedException
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return jobs, err
		}
		jobs = append(jobs, i.job())
	}
	return jobs, nil
}

// Prolong moves the end of the term of a claimed job.
func (q *Queues) Prolong(ctx context.Context, queue, id string) error {
	end := time.Now().Add(time.Minute).Format(time.RFC3339)
	return q.update(ctx, queue, id, "SET due = :due", "#s = :claimed AND worker = :me",
		map[string]types.AttributeValue{":due": s(end + "#" + id), ":claimed": s("claimed"), ":me": s(q.Worker)})
}

// Bury ends a claimed job that cannot be done.
func (q *Queues) Bury(ctx context.Context, queue, id string) error {
	return q.update(ctx, queue, id, "SET #s = :dead, waiting = :place", "#s = :claimed AND worker = :me",
		map[string]types.AttributeValue{":dead": s("dead"), ":place": s(queue + "#dead"), ":claimed": s("claimed"), ":me": s(q.Worker)})
}

// Work does what waits in a queue, and buries what cannot be done.
func (q *Queues) Work(ctx context.Context, queue string, do func(Job) error) error {
	jobs, err := q.Claim(ctx, queue)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := q.Prolong(ctx, j.Queue, j.ID); err != nil {
			return err
		}
		if do(j) == nil {
			continue
		}
		if err := q.Bury(ctx, j.Queue, j.ID); err != nil {
			return err
		}
	}
	return nil
}
