// Package timestamp demands that the item was last written before now. It
// always was: a clock that moves on is no version.
//
// Two nurses add a line to one chart: both writes are later than what is
// stored, both pass, and one line is gone.
//
// Invariant: every line that Add accepted is on the chart.
package timestamp

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Chart is the chart of a patient.
type Chart struct {
	Patient string   `dynamodbav:"patient"`
	Lines   []string `dynamodbav:"entries"`
	Updated int64    `dynamodbav:"updatedAt"`
}

// Charts stores charts.
type Charts struct {
	DB    *dynamodb.Client
	Table string
}

func (c *Charts) load(ctx context.Context, patient string) (Chart, error) {
	chart := Chart{Patient: patient}
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(c.Table),
		Key:       map[string]types.AttributeValue{"patient": &types.AttributeValueMemberS{Value: patient}},
	})
	if err != nil {
		return chart, err
	}
	return chart, attributevalue.UnmarshalMap(out.Item, &chart)
}

func (c *Charts) store(ctx context.Context, chart Chart, cond expression.ConditionBuilder) error {
	expr, err := expression.NewBuilder().WithCondition(cond).Build()
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(chart)
	if err != nil {
		return err
	}
	_, err = c.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(c.Table),
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Add adds a line to a chart.
func (c *Charts) Add(ctx context.Context, patient, line string) error {
	chart, err := c.load(ctx, patient)
	if err != nil {
		return err
	}
	now := time.Now().UnixNano()
	chart.Lines = append(chart.Lines, line)
	chart.Updated = now
	older := expression.Name("updatedAt").LessThan(expression.Value(now))
	return c.store(ctx, chart, older) // want weakguard
}

// AddSafe adds a line to a chart that was last written when it was read to be.
func (c *Charts) AddSafe(ctx context.Context, patient, line string) error {
	chart, err := c.load(ctx, patient)
	if err != nil {
		return err
	}
	read := chart.Updated
	chart.Lines = append(chart.Lines, line)
	chart.Updated = time.Now().UnixNano()
	return c.store(ctx, chart, expression.Name("updatedAt").Equal(expression.Value(read)))
}
