// Package db holds package-level functions over one package-level client.
package db

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const orgsTable = "orgs"

var client *dynamodb.Client

// Use sets the client that all functions of the package talk through.
func Use(c *dynamodb.Client) { client = c }

// Org is one organisation.
type Org struct {
	OrgID    string `dynamodbav:"orgId"`
	Name     string `dynamodbav:"name"`
	Avatar   string `dynamodbav:"avatar,omitempty"`
	Disabled bool   `dynamodbav:"disabled"`
}

func orgKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"orgId": &types.AttributeValueMemberS{Value: id}}
}

// GetOrg reads an organisation, nil when there is none.
func GetOrg(ctx context.Context, id string) (*Org, error) {
	result, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(orgsTable), Key: orgKey(id)})
	if err != nil || result.Item == nil {
		return nil, err
	}
	var o Org
	err = attributevalue.UnmarshalMap(result.Item, &o)
	return &o, err
}

// PutOrg writes an organisation.
func PutOrg(ctx context.Context, o Org) error {
	item, err := attributevalue.MarshalMap(o)
	if err != nil {
		return err
	}
	_, err = client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(orgsTable), Item: item})
	return err
}

// RenameOrg sets the name of an organisation and nothing else.
func RenameOrg(ctx context.Context, id, name string) error {
	_, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(orgsTable),
		Key:                       orgKey(id),
		UpdateExpression:          aws.String("SET #n = :n"),
		ConditionExpression:       aws.String("attribute_exists(orgId)"),
		ExpressionAttributeNames:  map[string]string{"#n": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": &types.AttributeValueMemberS{Value: name}},
	})
	return err
}
