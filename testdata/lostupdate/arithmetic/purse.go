// Package arithmetic adds in Go what DynamoDB could add itself: a number is
// read, something is added or taken away, and the sum is set.
//
// Two payments out of one purse read the same balance: both are covered by it,
// and only one of them is taken off.
//
// Invariant: each number is what it was and everything that was added since,
// and no balance is below zero.
package arithmetic

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Refused says that a purse cannot pay, or hold, what was asked.
var Refused = errors.New("not enough in the purse")

type purse struct {
	Owner   string  `dynamodbav:"owner"`
	Balance int64   `dynamodbav:"balance"`
	Visits  int     `dynamodbav:"visits"`
	Points  float64 `dynamodbav:"points"`
}

// Purses stores purses.
type Purses struct {
	DB    *dynamodb.Client
	Table string
}

func (p *Purses) key(owner string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"owner": &types.AttributeValueMemberS{Value: owner}}
}

func (p *Purses) get(ctx context.Context, owner string) (*purse, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: p.key(owner)})
	if err != nil {
		return nil, err
	}
	var found purse
	return &found, attributevalue.UnmarshalMap(out.Item, &found)
}

func (p *Purses) update(owner, set, condition string, by types.AttributeValue) *dynamodb.UpdateItemInput {
	in := &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       p.key(owner),
		UpdateExpression:          &set,
		ExpressionAttributeValues: map[string]types.AttributeValue{":by": by},
	}
	if condition != "" {
		in.ConditionExpression = &condition
	}
	return in
}

// Spend takes cents out of a purse that holds as much.
func (p *Purses) Spend(ctx context.Context, owner string, cents int64) error {
	found, err := p.get(ctx, owner)
	if err != nil {
		return err
	}
	left := found.Balance - cents
	if left < 0 {
		return fmt.Errorf("%w: %d", Refused, found.Balance)
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(p.Table),
		Key:                       p.key(owner),
		UpdateExpression:          aws.String("SET #b = :left"),
		ExpressionAttributeNames:  map[string]string{"#b": "balance"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":left": &types.AttributeValueMemberN{Value: strconv.FormatInt(left, 10)}},
	})
	return err
}

// SpendSafe lets DynamoDB look and take.
func (p *Purses) SpendSafe(ctx context.Context, owner string, cents int64) error {
	by := &types.AttributeValueMemberN{Value: strconv.FormatInt(cents, 10)}
	_, err := p.DB.UpdateItem(ctx, p.update(owner, "SET balance = balance - :by", "balance >= :by", by))
	return err
}

// Visit counts a visit.
func (p *Purses) Visit(ctx context.Context, owner, where string) error {
	found, err := p.get(ctx, owner)
	if err != nil {
		return err
	}
	found.Visits++
	visits, err := attributevalue.Marshal(found.Visits)
	if err != nil {
		return err
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:        aws.String(p.Table),
		Key:              p.key(owner),
		UpdateExpression: aws.String("SET visits = :visits, lastPlace = :where"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":visits": visits,
			":where":  &types.AttributeValueMemberS{Value: where},
		},
	})
	slog.InfoContext(ctx, "visited", "owner", found.Owner, "visits", found.Visits)
	return err
}

// VisitSafe lets DynamoDB count.
func (p *Purses) VisitSafe(ctx context.Context, owner, _ string) error {
	_, err := p.DB.UpdateItem(ctx, p.update(owner, "ADD visits :by", "", &types.AttributeValueMemberN{Value: "1"}))
	return err
}

// Earn adds points, up to a limit.
func (p *Purses) Earn(ctx context.Context, owner string, points, limit float64) error {
	found, err := p.get(ctx, owner)
	if err != nil {
		return err
	}
	if found.Points >= limit {
		return Refused
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("points"), expression.Value(found.Points+points))).
		Build()
	if err != nil {
		return err
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(p.Table),
		Key:                       p.key(owner),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// EarnSafe lets DynamoDB add.
func (p *Purses) EarnSafe(ctx context.Context, owner string, points, limit float64) error {
	values, err := attributevalue.MarshalMap(map[string]float64{":points": points, ":limit": limit})
	if err != nil {
		return err
	}
	in := p.update(owner, "ADD points :points", "attribute_not_exists(points) OR points < :limit", nil)
	in.ExpressionAttributeValues = values
	_, err = p.DB.UpdateItem(ctx, in)
	return err
}

// Number gives the next number of a purse: what is stored is also what is handed out, so that DynamoDB may count only when
// it says what it has counted to.
func (p *Purses) Number(ctx context.Context, owner string) (int, error) {
	found, err := p.get(ctx, owner)
	if err != nil {
		return 0, err
	}
	next := found.Visits + 1
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(p.Table),
		Key:                       p.key(owner),
		UpdateExpression:          aws.String("SET visits = :next"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":next": &types.AttributeValueMemberN{Value: strconv.Itoa(next)}},
	})
	return next, err
}

// NumberSafe gives the number that DynamoDB has counted to.
func (p *Purses) NumberSafe(ctx context.Context, owner string) (int, error) {
	in := p.update(owner, "ADD visits :by", "", &types.AttributeValueMemberN{Value: "1"})
	in.ReturnValues = types.ReturnValueUpdatedNew
	out, err := p.DB.UpdateItem(ctx, in)
	if err != nil {
		return 0, err
	}
	var now purse
	err = attributevalue.UnmarshalMap(out.Attributes, &now)
	return now.Visits, err
}
