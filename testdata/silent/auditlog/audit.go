// Package auditlog is silent because what was read goes only into a new row of
// the audit log, under a fresh id: a name that changes a moment later makes the
// log no less true.
package auditlog

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Event is one row of the audit log.
type Event struct {
	Org   string    `dynamodbav:"org"`
	ID    string    `dynamodbav:"id"`
	Actor string    `dynamodbav:"actor"`
	Text  string    `dynamodbav:"text"`
	At    time.Time `dynamodbav:"at"`
}

type member struct {
	Org  string `dynamodbav:"org"`
	ID   string `dynamodbav:"id"`
	Name string `dynamodbav:"name"`
	Role string `dynamodbav:"role"`
}

// Directory stores the members of organisations.
type Directory struct {
	DB             *dynamodb.Client
	Members, Audit string
}

func (d *Directory) key(org, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"org": &types.AttributeValueMemberS{Value: org},
		"id":  &types.AttributeValueMemberS{Value: id},
	}
}

func (d *Directory) member(ctx context.Context, org, id string) (member, error) {
	out, err := d.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.Members), Key: d.key(org, id)})
	if err != nil {
		return member{}, err
	}
	var m member
	return m, attributevalue.UnmarshalMap(out.Item, &m)
}

func (d *Directory) log(ctx context.Context, org, actor, text string) error {
	item, err := attributevalue.MarshalMap(Event{Org: org, ID: uuid.NewString(), Actor: actor, Text: text, At: time.Now()})
	if err != nil {
		return err
	}
	_, err = d.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.Audit), Item: item})
	return err
}

// Remove removes a member and writes down who that was.
func (d *Directory) Remove(ctx context.Context, actor, org, id string) error {
	m, err := d.member(ctx, org, id)
	if err != nil {
		return err
	}
	_, err = d.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(d.Members), Key: d.key(org, id)})
	if err != nil {
		return err
	}
	return d.log(ctx, org, actor, fmt.Sprintf("removed %s (%s)", m.Name, m.Role))
}

// Welcome writes down that a member came, by the name that it has now.
func (d *Directory) Welcome(ctx context.Context, org, id string) error {
	m, err := d.member(ctx, org, id)
	if err != nil {
		return err
	}
	return d.log(ctx, org, m.Name, "joined")
}
