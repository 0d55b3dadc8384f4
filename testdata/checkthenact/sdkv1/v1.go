// Package sdkv1 takes parking spots with aws-sdk-go, version 1.
//
// Two cars ask for the last spot: both read that it is free, both drive in.
//
// Invariant: a spot goes to one car only until it is free again.
package sdkv1

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/aws/aws-sdk-go/service/dynamodb/expression"
)

var errTaken = errors.New("spot is taken")

// Garage knows which car stands where.
type Garage struct {
	DB    dynamodbiface.DynamoDBAPI
	Table string
}

func (g *Garage) key(spot string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"spot": {S: aws.String(spot)}}
}

func (g *Garage) car(ctx context.Context, spot string) (string, error) {
	out, err := g.DB.GetItemWithContext(ctx, &dynamodb.GetItemInput{TableName: aws.String(g.Table), Key: g.key(spot)})
	if err != nil {
		return "", err
	}
	car, ok := out.Item["car"]
	if !ok {
		return "", nil
	}
	return aws.StringValue(car.S), nil
}

// Park gives a free spot to a car.
func (g *Garage) Park(ctx context.Context, spot, car string) error {
	parked, err := g.car(ctx, spot)
	if err != nil {
		return err
	}
	if parked != "" {
		return errTaken
	}
	in := new(dynamodb.UpdateItemInput).
		SetTableName(g.Table).
		SetKey(g.key(spot)).
		SetUpdateExpression("SET car = :car").
		SetExpressionAttributeValues(map[string]*dynamodb.AttributeValue{":car": {S: aws.String(car)}})
	_, err = g.DB.UpdateItemWithContext(ctx, in) // want checkthenact
	return err
}

// ParkSafe gives a spot to a car if it is free when the write arrives.
func (g *Garage) ParkSafe(ctx context.Context, spot, car string) error {
	parked, err := g.car(ctx, spot)
	if err != nil {
		return err
	}
	if parked != "" {
		return errTaken
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("car"), expression.Value(car))).
		WithCondition(expression.AttributeNotExists(expression.Name("car"))).
		Build()
	if err != nil {
		return err
	}
	_, err = g.DB.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(g.Table),
		Key:                       g.key(spot),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
