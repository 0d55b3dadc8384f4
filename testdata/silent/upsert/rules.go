// Package upsert stores rules that callers give whole, whether there is one of the name already or not.
//
// Silent: both branches put the same item under the same key. What the read has found makes no difference to the table,
// only to the answer.
//
// Invariant: a rule is as one caller gave it.
package upsert

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNone says that there is no rule of a name.
var ErrNone = errors.New("no such rule")

// Rule says what to answer on a path.
type Rule struct{ Name, Path, Answer string }

type record struct {
	Name   string `dynamodbav:"name"`
	Path   string `dynamodbav:"path"`
	Lower  string `dynamodbav:"lower"`
	Answer string `dynamodbav:"answer"`
}

// Rules stores rules by their names.
type Rules struct {
	DB    *dynamodb.Client
	Table string
}

// Get gives a rule, or ErrNone.
func (r *Rules) Get(ctx context.Context, name string) (*Rule, error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.Table), Key: map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNone
	}
	var rec record
	if err := attributevalue.UnmarshalMap(out.Item, &rec); err != nil {
		return nil, err
	}
	return &Rule{Name: rec.Name, Path: rec.Path, Answer: rec.Answer}, nil
}

func (r *Rules) put(ctx context.Context, rule *Rule) error {
	item, err := attributevalue.MarshalMap(record{Name: rule.Name, Path: rule.Path, Lower: strings.ToLower(rule.Path), Answer: rule.Answer})
	if err != nil {
		return err
	}
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.Table), Item: item})
	return err
}

// Update stores a rule that is there.
func (r *Rules) Update(ctx context.Context, rule *Rule) error {
	if _, err := r.Get(ctx, rule.Name); err != nil {
		return err
	}
	return r.put(ctx, rule)
}

// Save stores a rule, and says whether it is new.
func (r *Rules) Save(ctx context.Context, rule *Rule) (created bool, err error) {
	err = r.Update(ctx, rule)
	if errors.Is(err, ErrNone) {
		return true, r.put(ctx, rule)
	}
	return false, err
}
