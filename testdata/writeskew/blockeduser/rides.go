// Package blockeduser starts rides for users who are not blocked, with the user
// in one table and the ride in another, behind two helpers.
//
// A user is blocked for not paying while a ride starts: the check saw a good
// user, the ride starts, and nobody pays for it.
//
// Invariant: no ride starts after Block returned nil.
package blockeduser

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrBlocked says that a user may not ride.
var ErrBlocked = errors.New("user is blocked")

type user struct {
	ID      string `dynamodbav:"userId"`
	Blocked bool   `dynamodbav:"blocked"`
}

// Rides starts rides.
type Rides struct {
	db           *dynamodb.Client
	users, rides string
}

// New returns rides over two tables.
func New(db *dynamodb.Client, users, rides string) *Rides { return &Rides{db, users, rides} }

func (r *Rides) userKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: id}}
}

func (r *Rides) mayRide(ctx context.Context, id string) error {
	out, err := r.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.users), Key: r.userKey(id)})
	if err != nil {
		return fmt.Errorf("read user: %w", err)
	}
	u := user{}
	if err := attributevalue.UnmarshalMap(out.Item, &u); err != nil {
		return err
	}
	if u.Blocked {
		return ErrBlocked
	}
	return nil
}

func (r *Rides) ride(id, bike string) (*types.Put, error) {
	expr, err := expression.NewBuilder().
		WithCondition(expression.Name("bike").AttributeNotExists()).
		Build()
	if err != nil {
		return nil, err
	}
	return &types.Put{
		TableName: aws.String(r.rides),
		Item: map[string]types.AttributeValue{
			"bike":   &types.AttributeValueMemberS{Value: bike},
			"userId": &types.AttributeValueMemberS{Value: id},
		},
		ConditionExpression:      expr.Condition(),
		ExpressionAttributeNames: expr.Names(),
	}, nil
}

func (r *Rides) start(ctx context.Context, items ...types.TransactWriteItem) error {
	_, err := r.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}

// Start starts a ride on a bicycle that nobody rides.
func (r *Rides) Start(ctx context.Context, id, bike string) error {
	if err := r.mayRide(ctx, id); err != nil {
		return err
	}
	put, err := r.ride(id, bike)
	if err != nil {
		return err
	}
	return r.start(ctx, types.TransactWriteItem{Put: put}) // want writeskew
}

// StartSafe starts a ride for a user who is not blocked at that moment.
func (r *Rides) StartSafe(ctx context.Context, id, bike string) error {
	if err := r.mayRide(ctx, id); err != nil {
		return err
	}
	put, err := r.ride(id, bike)
	if err != nil {
		return err
	}
	notBlocked := &types.ConditionCheck{
		TableName:                 aws.String(r.users),
		Key:                       r.userKey(id),
		ConditionExpression:       aws.String("attribute_not_exists(blocked) OR blocked <> :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	}
	return r.start(ctx, types.TransactWriteItem{Put: put}, types.TransactWriteItem{ConditionCheck: notBlocked})
}

// Block keeps a user from riding.
func (r *Rides) Block(ctx context.Context, id string) error {
	_, err := r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(r.users),
		Key:                       r.userKey(id),
		UpdateExpression:          aws.String("SET blocked = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}
