// Package builtlist starts a repair of a lift when the list of its repairs, which
// is built item by item, is empty.
//
// Two janitors report the same lift: the Query shows neither repair yet, both are
// put under an id of their own, and two mechanics drive out.
//
// Invariant: a lift has at most one repair.
package builtlist

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrUnderWay says that a lift is being repaired already.
var ErrUnderWay = errors.New("a repair is under way")

var errNoID = errors.New("a repair without an id")

// Repair is one visit of a mechanic.
type Repair struct{ ID string }

// Lifts stores the repairs of lifts.
type Lifts struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func parse(item map[string]types.AttributeValue) (*Repair, error) {
	id, ok := item["id"].(*types.AttributeValueMemberS)
	if !ok {
		return nil, errNoID
	}
	return &Repair{ID: id.Value}, nil
}

func (l *Lifts) repairs(ctx context.Context, lift string) ([]*Repair, error) {
	out, err := l.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(l.Table),
		ConsistentRead:            aws.Bool(true),
		KeyConditionExpression:    aws.String("lift = :l AND begins_with(id, :r)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":l": text(lift), ":r": text("REPAIR#")},
	})
	if err != nil {
		return nil, err
	}
	var list []*Repair
	for _, item := range out.Items {
		r, err := parse(item)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func repair(lift string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"lift": text(lift), "id": text("REPAIR#" + uuid.NewString())}
}

// Start sends a mechanic to a lift.
func (l *Lifts) Start(ctx context.Context, lift string) error {
	list, err := l.repairs(ctx, lift)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return ErrUnderWay
	}
	_, err = l.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(l.Table), Item: repair(lift)}) // want phantomread
	return err
}

// StartSafe sends a mechanic to a lift, with a sentinel of the lift in the same
// transaction that only one repair can put.
func (l *Lifts) StartSafe(ctx context.Context, lift string) error {
	list, err := l.repairs(ctx, lift)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return ErrUnderWay
	}
	sentinel := &types.Put{
		TableName:           aws.String(l.Table),
		Item:                map[string]types.AttributeValue{"lift": text(lift), "id": text("UNDERWAY")},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	}
	_, err = l.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: sentinel},
			{Put: &types.Put{TableName: aws.String(l.Table), Item: repair(lift)}},
		},
	})
	return err
}
