// Package partiql reads and writes with PartiQL statements.
//
// Two goals in the same second: both statements set the old score plus one,
// and the board shows one goal.
//
// Invariant: the score of a match is the number of calls of Goal that returned nil.
package partiql

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNoMatch = errors.New("no such match")

// Board shows the scores of matches.
type Board struct {
	DB *dynamodb.Client
}

func params(vs ...any) ([]types.AttributeValue, error) {
	var list []types.AttributeValue
	for _, v := range vs {
		av, err := attributevalue.Marshal(v)
		if err != nil {
			return nil, err
		}
		list = append(list, av)
	}
	return list, nil
}

func (b *Board) score(ctx context.Context, match string) (int, error) {
	ps, err := params(match)
	if err != nil {
		return 0, err
	}
	out, err := b.DB.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{
		Statement:  aws.String(`SELECT score FROM "matches" WHERE id = ?`),
		Parameters: ps,
	})
	if err != nil {
		return 0, err
	}
	if len(out.Items) == 0 {
		return 0, errNoMatch
	}
	var row struct {
		Score int `dynamodbav:"score"`
	}
	err = attributevalue.UnmarshalMap(out.Items[0], &row)
	return row.Score, err
}

// Goal counts a goal.
func (b *Board) Goal(ctx context.Context, match string) error {
	score, err := b.score(ctx, match)
	if err != nil {
		return err
	}
	ps, err := params(score+1, match)
	if err != nil {
		return err
	}
	_, err = b.DB.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{ // want lostupdate
		Statement:  aws.String(`UPDATE "matches" SET score = ? WHERE id = ?`),
		Parameters: ps,
	})
	return err
}

// GoalSafe counts a goal if the score is still the one that was read: beside
// the key, WHERE is a condition.
func (b *Board) GoalSafe(ctx context.Context, match string) error {
	score, err := b.score(ctx, match)
	if err != nil {
		return err
	}
	ps, err := params(score+1, match, score)
	if err != nil {
		return err
	}
	_, err = b.DB.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{
		Statement:  aws.String(`UPDATE "matches" SET score = ? WHERE id = ? AND score = ?`),
		Parameters: ps,
	})
	return err
}
