// Package reissued takes a grant away and gives it again, with another organisation.
//
// Somebody sets the role while the grant is given again: the put brings back the role that was read. A condition on what was read
// finds no item, and one that is refused loses the grant.
//
// Invariant: a role that was set stays.
package reissued

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("there is no such grant")

// Grant is what somebody may do.
type Grant struct {
	ID   string `dynamodbav:"id"`
	Org  string `dynamodbav:"org"`
	Role string `dynamodbav:"role"`
}

// Grants stores grants.
type Grants struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// Get reads a grant.
func (g *Grants) Get(ctx context.Context, id string) (grant Grant, err error) {
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(g.Table), Key: key(id)})
	if err != nil {
		return grant, err
	}
	if out.Item == nil {
		return grant, errNone
	}
	err = attributevalue.UnmarshalMap(out.Item, &grant)
	return grant, err
}

// Give stores a grant.
func (g *Grants) Give(ctx context.Context, grant Grant) error {
	item, err := attributevalue.MarshalMap(grant)
	if err != nil {
		return err
	}
	_, err = g.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(g.Table), Item: item})
	return err
}

// Take takes a grant away.
func (g *Grants) Take(ctx context.Context, id string) error {
	_, err := g.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(g.Table), Key: key(id)})
	return err
}

// Appoint sets the role of a grant.
func (g *Grants) Appoint(ctx context.Context, id, role string) error {
	_, err := g.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(g.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #role = :role"),
		ConditionExpression:       aws.String("attribute_exists(id)"),
		ExpressionAttributeNames:  map[string]string{"#role": "role"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":role": &types.AttributeValueMemberS{Value: role}},
	})
	return err
}

// Attach gives a grant to an organisation.
func (g *Grants) Attach(ctx context.Context, id, org string) error {
	grant, err := g.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := g.Take(ctx, id); err != nil {
		return err
	}
	grant.Org = org
	return g.Give(ctx, grant) // want lostupdate // want tornsequence
}

// AttachSafe sets the organisation and leaves the rest.
func (g *Grants) AttachSafe(ctx context.Context, id, org string) error {
	_, err := g.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(g.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET org = :org"),
		ConditionExpression:       aws.String("attribute_exists(id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":org": &types.AttributeValueMemberS{Value: org}},
	})
	return err
}
