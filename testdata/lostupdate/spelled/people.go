// Package spelled stores attributes in another letter case than its struct says. The SDK's decoder finds them all the same; a
// condition would not.
//
// One client sets the name while another one sets the note: either puts what both have read of the rest.
//
// Invariant: a name that was set stays, and so does a note.
package spelled

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Person is somebody.
type Person struct {
	ID   string `dynamodbav:"id"`
	Name string `dynamodbav:"name"`
	Note string `dynamodbav:"note"`
}

// People stores people.
type People struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"ID": &types.AttributeValueMemberS{Value: id}}
}

// Set sets the name and the note, where they are given.
func (p *People) Set(ctx context.Context, id, name, note string) error {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: key(id)})
	if err != nil {
		return err
	}
	var person Person
	if err := attributevalue.UnmarshalMap(out.Item, &person); err != nil {
		return err
	}
	if name != "" {
		person.Name = name
	}
	if note != "" {
		person.Note = note
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want lostupdate
		TableName: aws.String(p.Table),
		Item: map[string]types.AttributeValue{
			"ID":   &types.AttributeValueMemberS{Value: person.ID},
			"Name": &types.AttributeValueMemberS{Value: person.Name},
			"Note": &types.AttributeValueMemberS{Value: person.Note},
		},
	})
	return err
}

// NameSafe sets the name, and leaves the rest.
func (p *People) NameSafe(ctx context.Context, id, name string) error {
	return p.set(ctx, id, "Name", name)
}

// SetSafe sets the note, and leaves the rest.
func (p *People) SetSafe(ctx context.Context, id, note string) error {
	return p.set(ctx, id, "Note", note)
}

func (p *People) set(ctx context.Context, id, attr, value string) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #attr = :value"),
		ExpressionAttributeNames:  map[string]string{"#attr": attr},
		ExpressionAttributeValues: map[string]types.AttributeValue{":value": &types.AttributeValueMemberS{Value: value}},
	})
	return err
}
