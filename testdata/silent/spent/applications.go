// Package spent takes applications for a library card in two steps: the first one leaves them in a session, the second one
// makes the card, and deletes the session.
//
// Silent: that a session must have an applicant to be of use is no state that another client could change in between; it is
// put once, and deleted. Making the card again makes the same card, and deleting what is gone deletes nothing.
//
// Invariant: when the second step has succeeded, the card is made and the session is gone.
package spent

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The answers of the desk.
var (
	ErrOver = errors.New("no such session")
	ErrBad  = errors.New("nobody has applied in this session")
)

// Session is what the first step leaves.
type Session struct {
	PK   string `dynamodbav:"pk"`
	Form string `dynamodbav:"form"`
}

type applicant struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

type form struct {
	Step      string     `json:"step"`
	Applicant *applicant `json:"applicant"`
}

// Desk stores sessions.
type Desk struct {
	DB    *dynamodb.Client
	Table string
	// Card makes the card of a number. However often, it is the same card.
	Card func(ctx context.Context, number, name string) error
}

func key(session string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "SESSION#" + session}}
}

func (d *Desk) form(ctx context.Context, session string) ([]byte, error) {
	out, err := d.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.Table), Key: key(session), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrOver
	}
	var x Session
	if err := attributevalue.UnmarshalMap(out.Item, &x); err != nil {
		return nil, err
	}
	return []byte(x.Form), nil
}

func (d *Desk) end(ctx context.Context, session string) error {
	_, err := d.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(d.Table), Key: key(session)})
	return err
}

// Issue makes the card that was applied for in a session.
func (d *Desk) Issue(ctx context.Context, session string) error {
	text, err := d.form(ctx, session)
	if err != nil {
		return err
	}
	var f form
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	if f.Applicant == nil {
		return ErrBad
	}
	if err := d.Card(ctx, f.Applicant.Number, f.Applicant.Name); err != nil {
		return err
	}
	return d.end(ctx, session)
}
