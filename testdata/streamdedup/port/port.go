// Package port moves points between members, behind a port and in goroutines.
//
// A record that is delivered twice gives the points twice; that the balance suffices holds again.
//
// Invariant: a member's points are the sum of what its transfers say.
package port

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// Points gives and takes.
type Points interface {
	Take(ctx context.Context, member, points string) error
	Grade(ctx context.Context, member, grade string) error
}

type table struct{ db *dynamodb.Client }

func key(member string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"member": &types.AttributeValueMemberS{Value: member}}
}

func (t table) Take(ctx context.Context, member, points string) error {
	_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("points"),
		Key:                       key(member),
		UpdateExpression:          aws.String("SET points = points - :p"),
		ConditionExpression:       aws.String("points >= :p"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberN{Value: points}},
	})
	return err
}

func (t table) Grade(ctx context.Context, member, grade string) error {
	_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("points"),
		Key:                       key(member),
		UpdateExpression:          aws.String("SET grade = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":g": &types.AttributeValueMemberS{Value: grade}},
	})
	return err
}

type handler struct{ points Points }

func (h handler) handle(ctx context.Context, event events.DynamoDBEvent) error {
	var g errgroup.Group
	for _, record := range event.Records {
		g.Go(func() error {
			image := record.Change.NewImage
			return h.points.Take(ctx, image["member"].String(), image["points"].Number()) // want streamdedup
		})
	}
	return g.Wait()
}

// gradeSafe sets a value off the record.
func (h handler) gradeSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		image := record.Change.NewImage
		if err := h.points.Grade(ctx, image["member"].String(), image["grade"].String()); err != nil {
			return err
		}
	}
	return nil
}

// Start runs one of the handlers.
func Start(db *dynamodb.Client, grade bool) {
	h := handler{points: table{db}}
	if grade {
		lambda.Start(h.gradeSafe)
	}
	lambda.Start(h.handle)
}
