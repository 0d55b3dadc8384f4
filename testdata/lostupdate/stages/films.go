// Package stages puts one film twice: while it is made, and when it is done. Save is given the film by value, so that a version which
// Save itself counts on would be that of the first put when the second one is made, which would always be refused.
//
// Somebody rates a film while it is made: the second put stores the film without the rating.
//
// Invariant: what a client was told is done is there.
package stages

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Film is one film.
type Film struct {
	ID     string `dynamodbav:"id"`
	Stage  string `dynamodbav:"stage"`
	Rating string `dynamodbav:"rating"`
}

// Films are kept in a table.
type Films struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (f *Films) film(ctx context.Context, id string) (Film, error) {
	var film Film
	out, err := f.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(f.Table), Key: key(id)})
	if err != nil {
		return film, err
	}
	return film, attributevalue.UnmarshalMap(out.Item, &film)
}

// Save stores a film.
func (f *Films) Save(ctx context.Context, film Film) error {
	item, err := attributevalue.MarshalMap(film)
	if err != nil {
		return err
	}
	_, err = f.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(f.Table), Item: item})
	return err
}

// Make makes a film.
func (f *Films) Make(ctx context.Context, id string, work func() error) error {
	film, err := f.film(ctx, id)
	if err != nil {
		return err
	}
	film.Stage = "making"
	if err := f.Save(ctx, film); err != nil { // want lostupdate
		return err
	}
	film.Stage = "done"
	if err := work(); err != nil {
		film.Stage = "given up"
	}
	return f.Save(ctx, film) // want lostupdate
}

// MakeSafe touches nothing but the stage.
func (f *Films) MakeSafe(ctx context.Context, id string, work func() error) error {
	if err := f.set(ctx, id, "stage", "making"); err != nil {
		return err
	}
	stage := "done"
	if err := work(); err != nil {
		stage = "given up"
	}
	return f.set(ctx, id, "stage", stage)
}

// Rate gives a film a rating, and touches nothing else.
func (f *Films) Rate(ctx context.Context, id, rating string) error {
	return f.set(ctx, id, "rating", rating)
}

func (f *Films) set(ctx context.Context, id, attr, value string) error {
	_, err := f.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(f.Table),
		Key:                      key(id),
		UpdateExpression:         aws.String("SET #a = :v"),
		ExpressionAttributeNames: map[string]string{"#a": attr},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberS{Value: value},
		},
	})
	return err
}
