// Package recursion collects the pages of a query by recursion and writes the
// collected rows back.
//
// A player's game is counted by two umpires at once, or the player pays
// between the query and the write: the row is written back as it was read,
// plus one game.
//
// Invariant: once MarkPaid returned nil, Paid is true.
package recursion

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Row is one player's row in a session.
type Row struct {
	Session string `dynamodbav:"session"`
	Player  string `dynamodbav:"player"`
	Games   int    `dynamodbav:"games"`
	Paid    bool   `dynamodbav:"paid"`
}

// Store holds the rows of all sessions.
type Store struct {
	Client *dynamodb.Client
	Table  string
}

// rows reads the rows of a session from one key on.
func (s *Store) rows(ctx context.Context, session string, from map[string]types.AttributeValue) ([]Row, error) {
	out, err := s.Client.Query(ctx, &dynamodb.QueryInput{
		TableName:              aws.String(s.Table),
		KeyConditionExpression: aws.String("#s = :s"),
		ExpressionAttributeNames: map[string]string{
			"#s": "session",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":s": &types.AttributeValueMemberS{Value: session},
		},
		ExclusiveStartKey: from,
	})
	if err != nil {
		return nil, fmt.Errorf("rows of session %s: %w", session, err)
	}
	var page []Row
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &page); err != nil {
		return nil, err
	}
	if len(out.LastEvaluatedKey) == 0 {
		return page, nil
	}
	rest, err := s.rows(ctx, session, out.LastEvaluatedKey)
	return append(page, rest...), err
}

func (s *Store) put(ctx context.Context, r Row) error {
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = s.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

func (s *Store) update(ctx context.Context, r Row, expr string, vals map[string]types.AttributeValue) error {
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(s.Table),
		Key: map[string]types.AttributeValue{
			"session": &types.AttributeValueMemberS{Value: r.Session},
			"player":  &types.AttributeValueMemberS{Value: r.Player},
		},
		UpdateExpression:          aws.String(expr),
		ExpressionAttributeValues: vals,
	})
	return err
}

// EndGame counts a game for each of the players.
func (s *Store) EndGame(ctx context.Context, session string, players map[string]bool) error {
	rows, err := s.rows(ctx, session, nil)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if !players[r.Player] {
			continue
		}
		r.Games++
		if err := s.put(ctx, r); err != nil { // want lostupdate
			return err
		}
	}
	return nil
}

// EndGameSafe counts a game for each of the players on the server.
func (s *Store) EndGameSafe(ctx context.Context, session string, players map[string]bool) error {
	rows, err := s.rows(ctx, session, nil)
	if err != nil {
		return err
	}
	one := map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}}
	for _, r := range rows {
		if !players[r.Player] {
			continue
		}
		if err := s.update(ctx, r, "ADD games :one", one); err != nil {
			return err
		}
	}
	return nil
}

// MarkPaid remembers that a player paid.
func (s *Store) MarkPaid(ctx context.Context, session, player string) error {
	yes := map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}}
	return s.update(ctx, Row{Session: session, Player: player}, "SET paid = :yes", yes)
}
