// Package sum allows an expense while all expenses of the project stay within
// its budget, which it adds up first.
//
// Two expenses that each fit and together do not: both sums are of before.
//
// Invariant: the expenses of a project add up to no more than its budget.
package sum

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrBudget says that an expense does not fit into the budget.
var ErrBudget = errors.New("budget exceeded")

// Expense is one expense.
type Expense struct {
	Project string `dynamodbav:"PK"`
	At      string `dynamodbav:"SK"`
	Cents   int64  `dynamodbav:"cents"`
}

// Budget is the money of projects.
type Budget struct {
	DB    *dynamodb.Client
	Table string
	Limit int64
}

func (b *Budget) spent(ctx context.Context, project string) (int64, error) {
	var total int64
	var from map[string]types.AttributeValue
	for {
		out, err := b.DB.Query(ctx, &dynamodb.QueryInput{
			TableName:                 aws.String(b.Table),
			KeyConditionExpression:    aws.String("PK = :p"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: project}},
			ExclusiveStartKey:         from,
			ConsistentRead:            aws.Bool(true),
		})
		if err != nil {
			return 0, err
		}
		var page []Expense
		if err := attributevalue.UnmarshalListOfMaps(out.Items, &page); err != nil {
			return 0, err
		}
		for _, e := range page {
			total += e.Cents
		}
		if from = out.LastEvaluatedKey; len(from) == 0 {
			return total, nil
		}
	}
}

func (b *Budget) put(project string, cents int64) (*types.Put, error) {
	item, err := attributevalue.MarshalMap(Expense{project, time.Now().Format(time.RFC3339Nano), cents})
	return &types.Put{TableName: aws.String(b.Table), Item: item}, err
}

// Spend stores an expense that fits into the budget.
func (b *Budget) Spend(ctx context.Context, project string, cents int64) error {
	spent, err := b.spent(ctx, project)
	if err != nil {
		return err
	}
	if spent+cents > b.Limit {
		return ErrBudget
	}
	put, err := b.put(project, cents)
	if err != nil {
		return err
	}
	_, err = b.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: put.TableName, Item: put.Item}) // want phantomread
	return err
}

// SpendSafe stores an expense together with a total that has room for it.
func (b *Budget) SpendSafe(ctx context.Context, project string, cents int64) error {
	put, err := b.put(project, cents)
	if err != nil {
		return err
	}
	_, err = b.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: put},
			{Update: &types.Update{
				TableName: aws.String(b.Table),
				Key: map[string]types.AttributeValue{
					"PK": &types.AttributeValueMemberS{Value: "TOTAL#" + project},
					"SK": &types.AttributeValueMemberS{Value: "TOTAL"},
				},
				UpdateExpression:    aws.String("SET cents = cents + :c"),
				ConditionExpression: aws.String("cents <= :left"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":c":    &types.AttributeValueMemberN{Value: strconv.FormatInt(cents, 10)},
					":left": &types.AttributeValueMemberN{Value: strconv.FormatInt(b.Limit-cents, 10)},
				},
			}},
		},
	})
	return err
}
