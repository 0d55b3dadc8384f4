// Package unbind takes an alias off a resource, if that is what it points to.
//
// The alias is pointed at another resource between the look and the update: the update takes it off that
// one.
//
// Invariant: an alias points to what it was last pointed at until somebody takes it off that.
package unbind

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Aliases are kept in a map of each channel.
type Aliases struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(channel string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"channel": text(channel)}
}

// Bind points an alias at a resource.
func (a *Aliases) Bind(ctx context.Context, channel, alias, resource string) error {
	_, err := a.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(a.Table), Key: key(channel), UpdateExpression: aws.String("SET aliases.#a = :r"),
		ExpressionAttributeNames:  map[string]string{"#a": alias},
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": text(resource)},
	})
	return err
}

// pointsTo reports what an alias points to.
func (a *Aliases) pointsTo(ctx context.Context, channel, alias, resource string) (bool, error) {
	out, err := a.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(a.Table), Key: key(channel), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return false, err
	}
	all, ok := out.Item["aliases"].(*types.AttributeValueMemberM)
	if !ok {
		return false, nil
	}
	one, ok := all.Value[alias].(*types.AttributeValueMemberS)
	return ok && one.Value == resource, nil
}

// Unbind takes an alias off a resource.
func (a *Aliases) Unbind(ctx context.Context, channel, alias, resource string) error {
	own, err := a.pointsTo(ctx, channel, alias, resource)
	if err != nil || !own {
		return err
	}
	_, err = a.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName: aws.String(a.Table), Key: key(channel), UpdateExpression: aws.String("REMOVE aliases.#a"),
		ExpressionAttributeNames: map[string]string{"#a": alias},
	})
	return err
}

// UnbindSafe takes an alias off a resource while it points to it.
func (a *Aliases) UnbindSafe(ctx context.Context, channel, alias, resource string) error {
	own, err := a.pointsTo(ctx, channel, alias, resource)
	if err != nil || !own {
		return err
	}
	_, err = a.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(a.Table), Key: key(channel), UpdateExpression: aws.String("REMOVE aliases.#a"),
		ConditionExpression:       aws.String("aliases.#a = :r"),
		ExpressionAttributeNames:  map[string]string{"#a": alias},
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": text(resource)},
	})
	return err
}
