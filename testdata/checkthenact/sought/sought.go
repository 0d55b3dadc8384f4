// Package sought takes jobs that a search has found as pending, and never asks whether they still are.
//
// Two workers search at the same time and find the same job. Both mark it as running, and both run it.
//
// Invariant: a job is run, and paid for, once.
package sought

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A Job is something to do for a customer.
type Job struct {
	ID       string `dynamodbav:"id"`
	State    string `dynamodbav:"jobState"`
	Customer string `dynamodbav:"customer"`
	Cents    int    `dynamodbav:"cents"`
}

// Jobs are the jobs to do.
type Jobs struct {
	DB             *dynamodb.Client
	Table, Wallets string
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// pending finds jobs by an index on their state.
func (j *Jobs) pending(ctx context.Context) ([]Job, error) {
	out, err := j.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 &j.Table,
		IndexName:                 aws.String("byState"),
		KeyConditionExpression:    aws.String("jobState = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("pending")},
	})
	if err != nil {
		return nil, err
	}
	var jobs []Job
	return jobs, attributevalue.UnmarshalListOfMaps(out.Items, &jobs)
}

// waiting finds jobs by a filter.
func (j *Jobs) waiting(ctx context.Context) ([]Job, error) {
	out, err := j.DB.Scan(ctx, &dynamodb.ScanInput{
		TableName:                 &j.Table,
		FilterExpression:          aws.String("jobState = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("pending")},
	})
	if err != nil {
		return nil, err
	}
	var jobs []Job
	return jobs, attributevalue.UnmarshalListOfMaps(out.Items, &jobs)
}

func (j *Jobs) mark(ctx context.Context, id, state string) error {
	_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &j.Table,
		Key:                       map[string]types.AttributeValue{"id": text(id)},
		UpdateExpression:          aws.String("SET jobState = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text(state)},
	})
	return err
}

// Next hands out a pending job.
func (j *Jobs) Next(ctx context.Context) (*Job, error) {
	jobs, err := j.pending(ctx)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	next := jobs[0]
	if err := j.mark(ctx, next.ID, "running"); err != nil { // want checkthenact
		return nil, err
	}
	return &next, nil
}

// NextSafe hands out a job that was still pending when it was marked.
func (j *Jobs) NextSafe(ctx context.Context) (*Job, error) {
	jobs, err := j.pending(ctx)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	next := jobs[0]
	_, err = j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &j.Table,
		Key:                       map[string]types.AttributeValue{"id": text(next.ID)},
		UpdateExpression:          aws.String("SET jobState = :s"),
		ConditionExpression:       aws.String("jobState = :was"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("running"), ":was": text("pending")},
	})
	if err != nil {
		return nil, err
	}
	return &next, nil
}

// Assign gives all waiting jobs to a worker, and says how many these are.
func (j *Jobs) Assign(ctx context.Context, worker string) (int, error) {
	jobs, err := j.waiting(ctx)
	if err != nil {
		return 0, err
	}
	for _, job := range jobs {
		_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
			TableName:                 &j.Table,
			Key:                       map[string]types.AttributeValue{"id": text(job.ID)},
			UpdateExpression:          aws.String("SET worker = :w REMOVE jobState"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":w": text(worker)},
		})
		if err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}

// AssignSafe gives the jobs to a worker that are still waiting.
func (j *Jobs) AssignSafe(ctx context.Context, worker string) (int, error) {
	jobs, err := j.waiting(ctx)
	if err != nil {
		return 0, err
	}
	for _, job := range jobs {
		_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 &j.Table,
			Key:                       map[string]types.AttributeValue{"id": text(job.ID)},
			UpdateExpression:          aws.String("SET worker = :w REMOVE jobState"),
			ConditionExpression:       aws.String("jobState = :was"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":w": text(worker), ":was": text("pending")},
		})
		if err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}

// credit adds what a job has cost to the wallet of its customer.
func (j *Jobs) credit(ctx context.Context, job Job) error {
	_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &j.Wallets,
		Key:                       map[string]types.AttributeValue{"customer": text(job.Customer)},
		UpdateExpression:          aws.String("ADD cents :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberN{Value: strconv.Itoa(job.Cents)}},
	})
	return err
}

// Refund pays pending jobs back.
func (j *Jobs) Refund(ctx context.Context) error {
	jobs, err := j.pending(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if err := j.mark(ctx, job.ID, "refunded"); err != nil { // want checkthenact
			return err
		}
		if err := j.credit(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

// RefundSafe pays those jobs back that it has marked itself.
func (j *Jobs) RefundSafe(ctx context.Context) error {
	jobs, err := j.pending(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		_, err := j.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 &j.Table,
			Key:                       map[string]types.AttributeValue{"id": text(job.ID)},
			UpdateExpression:          aws.String("SET jobState = :s"),
			ConditionExpression:       aws.String("jobState = :was"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":s": text("refunded"), ":was": text("pending")},
		})
		if err != nil {
			return err
		}
		if err := j.credit(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

// Expire ends all pending jobs. Two clients that do so at the same time have ended them, and neither has got anything for it.
func (j *Jobs) Expire(ctx context.Context) (int, error) {
	jobs, err := j.pending(ctx)
	if err != nil {
		return 0, err
	}
	for _, job := range jobs {
		if err := j.mark(ctx, job.ID, "expired"); err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}
