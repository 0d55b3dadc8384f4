// Package quotaerr checks a quota in a helper that says no by returning an
// error, and counts afterwards with ADD.
//
// Two projects are created while one is left in the plan: both checks pass,
// both additions are exact, and the tenant has one project too many.
//
// Invariant: used is never above limit.
package quotaerr

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// QuotaError says that a tenant has used up its plan.
type QuotaError struct{ Tenant string }

func (e *QuotaError) Error() string { return "quota of tenant " + e.Tenant + " exceeded" }

// Service creates projects.
type Service struct {
	Client *dynamodb.Client
	Table  string
}

type usage struct {
	Used  int `dynamodbav:"used"`
	Limit int `dynamodbav:"limit"`
}

func (s *Service) key(tenant string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"tenant": &types.AttributeValueMemberS{Value: tenant}}
}

func (s *Service) checkQuota(ctx context.Context, tenant string) error {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table), Key: s.key(tenant), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return fmt.Errorf("read quota: %w", err)
	}
	var u usage
	if err := attributevalue.UnmarshalMap(out.Item, &u); err != nil {
		return err
	}
	if u.Used >= u.Limit {
		return &QuotaError{tenant}
	}
	return nil
}

// StartProject counts one more project of a tenant.
func (s *Service) StartProject(ctx context.Context, tenant string) error {
	if err := s.checkQuota(ctx, tenant); err != nil {
		return err
	}
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(s.Table),
		Key:                       s.key(tenant),
		UpdateExpression:          aws.String("ADD used :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

// StartProjectSafe counts one more project while there is room in the plan.
func (s *Service) StartProjectSafe(ctx context.Context, tenant string) error {
	if err := s.checkQuota(ctx, tenant); err != nil {
		return err
	}
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Table),
		Key:                       s.key(tenant),
		UpdateExpression:          aws.String("ADD used :one"),
		ConditionExpression:       aws.String("used < #limit"),
		ExpressionAttributeNames:  map[string]string{"#limit": "limit"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	var full *types.ConditionalCheckFailedException
	if errors.As(err, &full) {
		return &QuotaError{tenant}
	}
	return err
}
