// Package plaincondition updates with the SDK's expression builder, and writes the condition by hand beside it.
//
// Two clients confirm an upload at once: both have seen it pending, and it is processed twice.
//
// Invariant: one of them confirms it.
package plaincondition

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errState = errors.New("the upload is not pending")

// Upload is a file that somebody sends.
type Upload struct {
	ID     string `dynamodbav:"id"`
	Status string `dynamodbav:"status"`
	By     string `dynamodbav:"by"`
}

// Uploads stores uploads.
type Uploads struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// Confirm has an upload processed.
func (u *Uploads) Confirm(ctx context.Context, id, by string) error {
	out, err := u.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(u.Table), Key: key(id)})
	if err != nil {
		return err
	}
	var upload Upload
	if err := attributevalue.UnmarshalMap(out.Item, &upload); err != nil {
		return err
	}
	if upload.Status != "pending" {
		return errState
	}
	expr, err := expression.NewBuilder().WithUpdate(
		expression.Set(expression.Name("status"), expression.Value("processing")).Set(expression.Name("by"), expression.Value(by)),
	).Build()
	if err != nil {
		return err
	}
	_, err = u.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(u.Table),
		Key:                       key(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       aws.String("attribute_exists(id)"),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// ConfirmSafe has DynamoDB look again.
func (u *Uploads) ConfirmSafe(ctx context.Context, id, by string) error {
	expr, err := expression.NewBuilder().WithUpdate(
		expression.Set(expression.Name("status"), expression.Value("processing")).Set(expression.Name("by"), expression.Value(by)),
	).WithCondition(expression.Name("status").Equal(expression.Value("pending"))).Build()
	if err != nil {
		return err
	}
	_, err = u.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(u.Table),
		Key:                       key(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
