// Package roundtrip puts a struct that holds fewer attributes than the table:
// the login and the credits, which others write, are not in it.
//
// A member changes the address: nobody else need be there for the credits to
// be gone; and a second change at the same time is gone as well.
//
// Invariant: credits are what was granted, whoever changes the address.
package roundtrip

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Contact is how a member is reached.
type Contact struct {
	Member  string   `dynamodbav:"memberId"`
	Address string   `dynamodbav:"address"`
	Phones  []string `dynamodbav:"phones"`
}

// Members stores members.
type Members struct {
	DB    *dynamodb.Client
	Table string
}

func (m *Members) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"memberId": &types.AttributeValueMemberS{Value: id}}
}

func (m *Members) update(ctx context.Context, id, expr string, v types.AttributeValue) error {
	_, err := m.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(m.Table),
		Key:                       m.key(id),
		UpdateExpression:          aws.String(expr),
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": v},
	})
	return err
}

// Grant grants credits to a member.
func (m *Members) Grant(ctx context.Context, id string, credits int) error {
	return m.update(ctx, id, "ADD credits :v", &types.AttributeValueMemberN{Value: strconv.Itoa(credits)})
}

// SawLogin remembers when a member logged in.
func (m *Members) SawLogin(ctx context.Context, id string, at time.Time) error {
	return m.update(ctx, id, "SET lastLogin = :v", &types.AttributeValueMemberS{Value: at.Format(time.RFC3339)})
}

func (m *Members) contact(ctx context.Context, id string) (c Contact, err error) {
	out, err := m.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(m.Table), Key: m.key(id)})
	if err != nil {
		return c, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &c)
	return c, err
}

// Move changes a member's address.
func (m *Members) Move(ctx context.Context, id, address string) error {
	c, err := m.contact(ctx, id)
	if err != nil {
		return err
	}
	c.Address = address
	item, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	_, err = m.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(m.Table), Item: item}) // want lostupdate
	return err
}

// MoveSafe changes a member's address and nothing else.
func (m *Members) MoveSafe(ctx context.Context, id, address string) error {
	c, err := m.contact(ctx, id)
	if err != nil {
		return err
	}
	if c.Address == address {
		return nil
	}
	return m.update(ctx, id, "SET address = :v", &types.AttributeValueMemberS{Value: address})
}
