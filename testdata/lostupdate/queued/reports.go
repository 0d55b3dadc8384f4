// Package queued sends the record of a report through a queue, as JSON, and puts what comes out over what is there.
//
// A client adds a tag while the worker is at it: the put brings back the state that was read. A version that is not in the JSON
// would have the worker refused for ever.
//
// Invariant: what the worker has done is done.
package queued

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("there is no such report")

// Report is one that is being made.
type Report struct {
	ID    string   `json:"id" dynamodbav:"id"`
	State string   `json:"state" dynamodbav:"state"`
	Tags  []string `json:"tags" dynamodbav:"tags"`
}

// Reports stores reports.
type Reports struct {
	DB    *dynamodb.Client
	Table string

	busy map[string]bool
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// Get reads a report.
func (r *Reports) Get(ctx context.Context, id string) (*Report, error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNone
	}
	var found Report
	err = attributevalue.UnmarshalMap(out.Item, &found)
	return &found, err
}

// Save stores a report.
func (r *Reports) Save(ctx context.Context, report *Report) error {
	item, err := attributevalue.MarshalMap(report)
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.Table), Item: item})
	return err
}

// Tag adds a tag.
func (r *Reports) Tag(ctx context.Context, id, tag string) error {
	report, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	report.Tags = append(report.Tags, tag)
	return r.Save(ctx, report) // want lostupdate
}

// TagSafe lets DynamoDB add it.
func (r *Reports) TagSafe(ctx context.Context, id, tag string) error {
	added, err := attributevalue.Marshal([]string{tag})
	if err != nil {
		return err
	}
	_, err = r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(r.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET tags = list_append(tags, :tag)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":tag": added},
	})
	return err
}

// Work does what has come through the queue.
func (r *Reports) Work(ctx context.Context, messages [][]byte) {
	reports, err := received(messages)
	if err != nil {
		return
	}
	for _, report := range reports {
		func(next *Report) {
			defer r.forget(next)
			r.work(ctx, next)
		}(report)
	}
}

// forget is called when a report is through, whatever has become of it.
func (r *Reports) forget(report *Report) { delete(r.busy, report.ID) }

func (r *Reports) work(ctx context.Context, report *Report) {
	report.State = "done"
	if err := r.Save(ctx, report); err != nil {
		return
	}
}

func received(messages [][]byte) ([]*Report, error) {
	var all []*Report
	for _, m := range messages {
		var next Report
		if err := json.Unmarshal(m, &next); err != nil {
			return nil, err
		}
		all = append(all, &next)
	}
	return all, nil
}
