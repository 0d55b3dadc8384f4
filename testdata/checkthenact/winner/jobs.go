// Package winner archives jobs that are done, and deletes them then. A job that is done may be reopened.
//
// Two clients: one reads that the job is done; the other reopens it; the first one deletes it.
//
// Invariant: a job that was reopened is still there.
package winner

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrState says that the job is in another state.
var ErrState = errors.New("not in this state")

// Jobs are jobs by their id.
type Jobs struct {
	DB    *dynamodb.Client
	Table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": s(id)}
}

// state reads a job's state.
func (j *Jobs) state(ctx context.Context, id string) (string, error) {
	out, err := j.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(j.Table), Key: key(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return "", err
	}
	state, _ := out.Item["state"].(*types.AttributeValueMemberS)
	if state == nil {
		return "", nil
	}
	return state.Value, nil
}

// move takes a job from one state to the next.
func (j *Jobs) move(ctx context.Context, id, from, to string) error {
	_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(j.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #s = :to"),
		ConditionExpression:       aws.String("#s = :from"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":from": s(from), ":to": s(to)},
	})
	return err
}

// mark notes on a job who archives it.
func (j *Jobs) mark(ctx context.Context, id, who string) error {
	_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(j.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET archiver = :who"),
		ConditionExpression:       aws.String("attribute_exists(id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":who": s(who)},
	})
	return err
}

func (j *Jobs) remove(ctx context.Context, id string) error {
	_, err := j.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(j.Table), Key: key(id)})
	return err
}

// Reopen takes a job up again.
func (j *Jobs) Reopen(ctx context.Context, id string) error { return j.move(ctx, id, "done", "open") }

// Archive deletes a job that is done. That the mark has succeeded says that there is a job, not that it is done.
func (j *Jobs) Archive(ctx context.Context, id, who string) error {
	state, err := j.state(ctx, id)
	if err != nil {
		return err
	}
	if state != "done" {
		return ErrState
	}
	if err := j.mark(ctx, id, who); err != nil {
		return err
	}
	return j.remove(ctx, id) // want checkthenact
}

// ArchiveSafe takes the job out of the state in which it can be reopened. Who gets past that update is the only one.
func (j *Jobs) ArchiveSafe(ctx context.Context, id, who string) error {
	state, err := j.state(ctx, id)
	if err != nil {
		return err
	}
	if state != "done" {
		return ErrState
	}
	if err := j.move(ctx, id, "done", "archived by "+who); err != nil {
		return err
	}
	return j.remove(ctx, id)
}
