// A Lambda function that declares its port beside its handler and converts the
// store in its own main: fault and conversion are in one package.
//
// Two ushers check in guests of one group: both add their guest to the old
// list, under a condition that only says that the group exists.
//
// Invariant: every guest that was checked in is on the group's list.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type group struct {
	ID    string   `dynamodbav:"id" json:"id"`
	Here  []string `dynamodbav:"here" json:"here"`
	Count int      `dynamodbav:"arrivals" json:"count"`
}

type groups interface {
	get(ctx context.Context, id string) (*group, error)
	put(ctx context.Context, g *group) error
	putIf(ctx context.Context, g *group, arrivals int) error
}

type app struct{ groups groups }

// CheckIn answers POST /groups/{id}/guests.
func (a *app) CheckIn(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	var guest string
	if err := json.Unmarshal([]byte(req.Body), &guest); err != nil {
		return events.APIGatewayProxyResponse{StatusCode: http.StatusBadRequest}, nil
	}
	g, err := a.groups.get(ctx, req.PathParameters["id"])
	if err != nil {
		return events.APIGatewayProxyResponse{}, err
	}
	g.Here = append(g.Here, guest)
	g.Count++
	if err := a.groups.put(ctx, g); err != nil { // want weakguard
		return events.APIGatewayProxyResponse{}, err
	}
	return events.APIGatewayProxyResponse{StatusCode: http.StatusOK}, nil
}

// CheckInSafe checks in a guest of a group whose arrivals are still as read.
func (a *app) CheckInSafe(ctx context.Context, id, guest string) error {
	g, err := a.groups.get(ctx, id)
	if err != nil {
		return err
	}
	before := g.Count
	g.Here = append(g.Here, guest)
	g.Count = before + 1
	return a.groups.putIf(ctx, g, before)
}

type table struct {
	db   *dynamodb.Client
	name string
}

func (t table) get(ctx context.Context, id string) (*group, error) {
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(t.name),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	g := &group{}
	return g, attributevalue.UnmarshalMap(out.Item, g)
}

func (t table) write(ctx context.Context, g *group, cond string, vals map[string]types.AttributeValue) error {
	item, err := attributevalue.MarshalMap(g)
	if err != nil {
		return err
	}
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(t.name),
		Item:                      item,
		ConditionExpression:       aws.String(cond),
		ExpressionAttributeValues: vals,
	})
	return err
}

func (t table) put(ctx context.Context, g *group) error {
	return t.write(ctx, g, "attribute_exists(id)", nil)
}

func (t table) putIf(ctx context.Context, g *group, arrivals int) error {
	v, err := attributevalue.Marshal(arrivals)
	if err != nil {
		return err
	}
	return t.write(ctx, g, "arrivals = :read", map[string]types.AttributeValue{":read": v})
}

func main() {
	db := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	a := &app{groups: table{db: db, name: os.Getenv("GROUPS")}}
	lambda.Start(a.CheckIn)
}
