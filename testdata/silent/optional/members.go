// Package optional reads the members of a gym through a mapper that looks at attributes which need not be there.
//
// Silent: whether a member was seen before, and whether the contract rests, chooses what the model holds, not what is written;
// Enter and Renew do not look at either. Enter compares a PIN, which is who the caller is, and writes the time. Renew begins a
// contract anew: of what was read it stores the number and the day of joining, which never change.
//
// Invariant: a member keeps number and day of joining, and has the PIN of a renewal that succeeded.
package optional

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The answers of the door.
var (
	ErrStranger = errors.New("no such member")
	ErrPIN      = errors.New("wrong PIN")
)

// Member is somebody with a contract.
type Member struct {
	Number  string
	PIN     string
	Created time.Time
	Seen    *time.Time
	Rests   *time.Time
}

type record struct {
	Number  string `dynamodbav:"number"`
	PIN     string `dynamodbav:"pin"`
	Created string `dynamodbav:"createdAt"`
	Seen    string `dynamodbav:"seenAt,omitempty"`
	Rests   string `dynamodbav:"restsUntil,omitempty"`
}

func (r record) member() Member {
	created, _ := time.Parse(time.RFC3339, r.Created)
	m := Member{Number: r.Number, PIN: r.PIN, Created: created}
	if r.Seen != "" {
		if t, err := time.Parse(time.RFC3339, r.Seen); err == nil {
			m.Seen = &t
		}
	}
	if r.Rests != "" {
		if t, err := time.Parse(time.RFC3339, r.Rests); err == nil {
			m.Rests = &t
		}
	}
	return m
}

func (m Member) record() record {
	r := record{Number: m.Number, PIN: m.PIN, Created: m.Created.Format(time.RFC3339)}
	if m.Rests != nil {
		r.Rests = m.Rests.Format(time.RFC3339)
	}
	return r
}

// Gym stores members.
type Gym struct {
	DB    *dynamodb.Client
	Table string
}

func key(number string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"number": &types.AttributeValueMemberS{Value: number}}
}

func (g *Gym) member(ctx context.Context, number string) (*Member, error) {
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(g.Table), Key: key(number), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrStranger
	}
	var r record
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	m := r.member()
	return &m, nil
}

func (g *Gym) saw(ctx context.Context, number string, at time.Time) error {
	_, err := g.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(g.Table),
		Key:                      key(number),
		UpdateExpression:         aws.String("SET seenAt = :t"),
		ConditionExpression:      aws.String("attribute_exists(#n)"),
		ExpressionAttributeNames: map[string]string{"#n": "number"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":t": &types.AttributeValueMemberS{Value: at.Format(time.RFC3339)},
		},
	})
	return err
}

func (g *Gym) put(ctx context.Context, m Member) error {
	item, err := attributevalue.MarshalMap(m.record())
	if err != nil {
		return err
	}
	_, err = g.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(g.Table), Item: item, ConditionExpression: aws.String("attribute_exists(#n)"),
		ExpressionAttributeNames: map[string]string{"#n": "number"},
	})
	return err
}

// Enter opens the door to whoever knows the PIN, and notes when.
func (g *Gym) Enter(ctx context.Context, number, pin string) error {
	m, err := g.member(ctx, number)
	if err != nil {
		return err
	}
	if m.PIN == "" || m.PIN != pin {
		return ErrPIN
	}
	return g.saw(ctx, m.Number, time.Now())
}

// Renew begins a contract anew, with another PIN and nothing else of the old one.
func (g *Gym) Renew(ctx context.Context, number, pin string) error {
	old, err := g.member(ctx, number)
	if err != nil {
		return err
	}
	return g.put(ctx, Member{Number: old.Number, PIN: pin, Created: old.Created})
}
