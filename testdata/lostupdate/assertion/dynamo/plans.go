// Package dynamo keeps medication plans in DynamoDB.
package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/assertion/patients"
)

// Plans is the table of plans.
type Plans struct {
	DB    *dynamodb.Client
	Table string
}

// Plan reads a plan.
func (p *Plans) Plan(ctx context.Context, patient string) (patients.Plan, error) {
	plan := patients.Plan{Patient: patient}
	key, err := attributevalue.MarshalMap(struct {
		Patient string `dynamodbav:"patient"`
	}{patient})
	if err != nil {
		return plan, err
	}
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &p.Table, Key: key})
	if err != nil {
		return plan, err
	}
	return plan, attributevalue.UnmarshalMap(out.Item, &plan)
}

func (p *Plans) write(ctx context.Context, plan patients.Plan, expr expression.Expression) error {
	item, err := attributevalue.MarshalMap(plan)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &p.Table,
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Write writes a plan.
func (p *Plans) Write(ctx context.Context, plan patients.Plan) error {
	return p.write(ctx, plan, expression.Expression{})
}

// WriteIf writes a plan in place of one at a version.
func (p *Plans) WriteIf(ctx context.Context, plan patients.Plan, version int) error {
	same := expression.Name("version").Equal(expression.Value(version))
	expr, err := expression.NewBuilder().WithCondition(same).Build()
	if err != nil {
		return err
	}
	return p.write(ctx, plan, expr)
}
