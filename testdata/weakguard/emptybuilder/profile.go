// Package emptybuilder sets ConditionExpression from a builder that was never
// given a condition: expr.Condition() is nil there, and DynamoDB checks nothing.
//
// A user adds two skills from two devices: both writes carry the old list and
// one skill, the second erases the first.
//
// Invariant: every skill that AddSkill accepted is in the profile.
package emptybuilder

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Profile is the public page of a freelancer.
type Profile struct {
	User    string   `dynamodbav:"user"`
	Skills  []string `dynamodbav:"skills"`
	Version int      `dynamodbav:"version"`
}

// Profiles stores profiles.
type Profiles struct {
	Dynamo *dynamodb.Client
	Table  string
}

func (p *Profiles) key(user string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"user": &types.AttributeValueMemberS{Value: user}}
}

func (p *Profiles) find(ctx context.Context, user string) (*Profile, error) {
	proj, err := expression.NewBuilder().
		WithProjection(expression.NamesList(expression.Name("skills"), expression.Name("version"))).
		Build()
	if err != nil {
		return nil, err
	}
	out, err := p.Dynamo.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:                aws.String(p.Table),
		Key:                      p.key(user),
		ProjectionExpression:     proj.Projection(),
		ExpressionAttributeNames: proj.Names(),
	})
	if err != nil {
		return nil, err
	}
	found := &Profile{User: user}
	return found, attributevalue.UnmarshalMap(out.Item, found)
}

func (p *Profiles) update(ctx context.Context, user string, expr expression.Expression) error {
	_, err := p.Dynamo.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       p.key(user),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// AddSkill adds a skill to a profile.
func (p *Profiles) AddSkill(ctx context.Context, user, skill string) error {
	found, err := p.find(ctx, user)
	if err != nil {
		return err
	}
	set := expression.Set(expression.Name("skills"), expression.Value(append(found.Skills, skill))).
		Set(expression.Name("version"), expression.Value(found.Version+1))
	expr, err := expression.NewBuilder().WithUpdate(set).Build()
	if err != nil {
		return err
	}
	return p.update(ctx, user, expr) // want weakguard
}

// AddSkillSafe adds a skill to a profile that is still at the version read.
func (p *Profiles) AddSkillSafe(ctx context.Context, user, skill string) error {
	found, err := p.find(ctx, user)
	if err != nil {
		return err
	}
	set := expression.Set(expression.Name("skills"), expression.Value(append(found.Skills, skill))).
		Set(expression.Name("version"), expression.Value(found.Version+1))
	unchanged := expression.Name("version").Equal(expression.Value(found.Version))
	expr, err := expression.NewBuilder().WithUpdate(set).WithCondition(unchanged).Build()
	if err != nil {
		return err
	}
	return p.update(ctx, user, expr) // silent: the same helper, a builder with a condition
}
