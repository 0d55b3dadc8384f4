// Package embeds has records of a table of many kinds: one embeds the struct that the program works on, another one is made of it part
// by part.
//
// Two people change one board at once: both change the same old one, and one change is gone.
//
// Invariant: every card, and every step, that was accepted is there.
package embeds

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Board is a board of cards.
type Board struct {
	ID    string   `json:"id" dynamodbav:"-"`
	Cards []string `json:"cards" dynamodbav:"cards"`
}

type boardRow struct {
	PK string `dynamodbav:"pk"`
	Board
}

// Plan is a plan of steps.
type Plan struct {
	ID    string
	Steps []string
	Due   time.Time
}

type planRow struct {
	PK    string   `dynamodbav:"pk"`
	Steps []string `dynamodbav:"steps"`
	Due   string   `dynamodbav:"due"`
}

// Store stores boards and plans.
type Store struct {
	DB    *dynamodb.Client
	Table string
}

func (s *Store) get(ctx context.Context, pk string, row any) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table),
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}},
	})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, row)
}

func (s *Store) board(ctx context.Context, id string) (*Board, error) {
	var row boardRow
	if err := s.get(ctx, "BOARD#"+id, &row); err != nil {
		return nil, err
	}
	row.Board.ID = id
	return &row.Board, nil
}

func (s *Store) putBoard(ctx context.Context, b *Board) error {
	item, err := attributevalue.MarshalMap(boardRow{PK: "BOARD#" + b.ID, Board: *b})
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

// AddCard puts a card on a board.
func (s *Store) AddCard(ctx context.Context, id, card string) error {
	b, err := s.board(ctx, id)
	if err != nil {
		return err
	}
	b.Cards = append(b.Cards, card)
	return s.putBoard(ctx, b) // want lostupdate
}

// AddCardSafe leaves adding to the list to DynamoDB.
func (s *Store) AddCardSafe(ctx context.Context, id, card string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(s.Table),
		Key:              map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "BOARD#" + id}},
		UpdateExpression: aws.String("SET cards = list_append(cards, :card)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":card": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: card}}},
		},
	})
	return err
}

func planOf(row planRow) (Plan, error) {
	var p Plan
	var err error
	p.ID = row.PK
	p.Steps = row.Steps
	p.Due, err = time.Parse(time.DateOnly, row.Due)
	return p, err
}

func (p Plan) row() *planRow {
	return &planRow{PK: p.ID, Steps: p.Steps, Due: p.Due.Format(time.DateOnly)}
}

func (s *Store) plan(ctx context.Context, id string) (Plan, error) {
	var row planRow
	if err := s.get(ctx, id, &row); err != nil {
		return Plan{}, err
	}
	return planOf(row)
}

func (s *Store) putPlan(ctx context.Context, p Plan) error {
	item, err := attributevalue.MarshalMap(p.row())
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

// AddStep adds a step to a plan.
func (s *Store) AddStep(ctx context.Context, id, step string) error {
	p, err := s.plan(ctx, id)
	if err != nil {
		return err
	}
	p.Steps = append(p.Steps, step)
	return s.putPlan(ctx, p) // want lostupdate
}

// AddStepSafe leaves adding to the list to DynamoDB.
func (s *Store) AddStepSafe(ctx context.Context, id, step string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(s.Table),
		Key:              map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression: aws.String("SET steps = list_append(steps, :step)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":step": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: step}}},
		},
	})
	return err
}
