// Package dynamo keeps tickets in DynamoDB. Mappers that may fail make a record of a ticket, and a ticket of a record.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/mapper/turnstile"
)

const prefix = "TICKET#"

var errNoID = errors.New("ticket without an id")

type record struct {
	PK     string   `dynamodbav:"pk"`
	Holder string   `dynamodbav:"holder"`
	Day    string   `dynamodbav:"day"`
	Scans  []string `dynamodbav:"scans"`
}

func toRecord(t turnstile.Ticket) (record, error) {
	if t.ID == "" {
		return record{}, errNoID
	}
	made := record{
		PK:     prefix + t.ID,
		Holder: t.Holder,
		Day:    t.Day.Format(time.DateOnly),
		Scans:  t.Scans, // oldest first
	}
	return made, nil
}

func (r record) ticket() (turnstile.Ticket, error) {
	day, err := time.Parse(time.DateOnly, r.Day)
	if err != nil {
		return turnstile.Ticket{}, fmt.Errorf("ticket %s: %w", r.PK, err)
	}
	return turnstile.Ticket{ID: strings.TrimPrefix(r.PK, prefix), Holder: r.Holder, Day: day, Scans: r.Scans}, nil
}

// Tickets is the table of tickets.
type Tickets struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: prefix + id}}
}

// Get reads a ticket.
func (s *Tickets) Get(ctx context.Context, id string) (turnstile.Ticket, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Table), Key: key(id)})
	if err != nil {
		return turnstile.Ticket{}, err
	}
	var found record
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return turnstile.Ticket{}, err
	}
	return found.ticket()
}

// Save stores a ticket.
func (s *Tickets) Save(ctx context.Context, t turnstile.Ticket) error {
	made, err := toRecord(t)
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(made)
	if err != nil {
		return fmt.Errorf("ticket %s: %w", t.ID, err)
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

// AddScan adds to a ticket's scans.
func (s *Tickets) AddScan(ctx context.Context, id, gate string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(s.Table),
		Key:              key(id),
		UpdateExpression: aws.String("SET scans = list_append(if_not_exists(scans, :none), :gate)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":none": &types.AttributeValueMemberL{},
			":gate": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: gate}}},
		},
	})
	return err
}
