// Package secondread takes the version for its condition from a second read,
// made just before the write: the condition guards the moment between the
// second read and the write, not the change itself.
//
// An organiser renames a table while another moves a guest: the rename was
// read before the move and passes with the version of after it.
//
// Invariant: every change that returned nil is in the plan.
package secondread

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Plan is the seating plan of a wedding.
type Plan struct {
	Wedding string            `dynamodbav:"wedding"`
	Seats   map[string]string `dynamodbav:"seats"`
	Version int               `dynamodbav:"version"`
}

// Plans stores seating plans.
type Plans struct {
	DB    *dynamodb.Client
	Table string
}

func (p *Plans) read(ctx context.Context, wedding string) (*Plan, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(p.Table),
		Key:       map[string]types.AttributeValue{"wedding": &types.AttributeValueMemberS{Value: wedding}},
	})
	if err != nil {
		return nil, err
	}
	plan := &Plan{Wedding: wedding, Seats: map[string]string{}}
	return plan, attributevalue.UnmarshalMap(out.Item, plan)
}

func (p *Plans) write(ctx context.Context, plan *Plan, version int) error {
	plan.Version = version + 1
	item, err := attributevalue.MarshalMap(plan)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(p.Table),
		Item:                item,
		ConditionExpression: aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberN{Value: strconv.Itoa(version)},
		},
	})
	return err
}

func (p *Plans) currentVersion(ctx context.Context, wedding string) (int, error) {
	now, err := p.read(ctx, wedding)
	if err != nil {
		return 0, err
	}
	return now.Version, nil
}

// Seat gives a guest a seat.
func (p *Plans) Seat(ctx context.Context, wedding, guest, seat string) error {
	plan, err := p.read(ctx, wedding)
	if err != nil {
		return err
	}
	plan.Seats[guest] = seat
	version, err := p.currentVersion(ctx, wedding)
	if err != nil {
		return err
	}
	return p.write(ctx, plan, version) // want weakguard
}

// SeatSafe gives a guest a seat in the plan of the version that was changed.
func (p *Plans) SeatSafe(ctx context.Context, wedding, guest, seat string) error {
	plan, err := p.read(ctx, wedding)
	if err != nil {
		return err
	}
	plan.Seats[guest] = seat
	return p.write(ctx, plan, plan.Version)
}

// Swap has two guests change seats. It reads again to be sure of the version.
func (p *Plans) Swap(ctx context.Context, wedding, one, other string) error {
	plan, err := p.read(ctx, wedding)
	if err != nil {
		return err
	}
	plan.Seats[one], plan.Seats[other] = plan.Seats[other], plan.Seats[one]
	now, err := p.read(ctx, wedding)
	if err != nil {
		return err
	}
	return p.write(ctx, plan, now.Version) // want weakguard
}
