// Package jsonattr keeps a whole document as JSON in one attribute. UpdateItem
// on that attribute is as good or bad as a Put.
//
// Two players move at once (or one player twice): both moves are appended to
// the same old list, and one of them never happened.
//
// Invariant: every move that was accepted is in the game.
package jsonattr

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Game is one game.
type Game struct {
	Moves []string          `json:"moves"`
	Clock map[string]int    `json:"clock"`
	Notes map[string]string `json:"notes,omitempty"`
}

// Games stores games.
type Games struct {
	DB    *dynamodb.Client
	Table string
}

func (g *Games) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"game": &types.AttributeValueMemberS{Value: id}}
}

// load returns the game and how many times it was stored.
func (g *Games) load(ctx context.Context, id string) (game Game, edition int, err error) {
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(g.Table), Key: g.key(id)})
	if err != nil {
		return game, 0, err
	}
	if n, ok := out.Item["edition"].(*types.AttributeValueMemberN); ok {
		if edition, err = strconv.Atoi(n.Value); err != nil {
			return game, 0, err
		}
	}
	if doc, ok := out.Item["doc"].(*types.AttributeValueMemberS); ok {
		err = json.NewDecoder(bytes.NewBufferString(doc.Value)).Decode(&game)
	}
	return game, edition, err
}

func (g *Games) update(id string, game Game) (*dynamodb.UpdateItemInput, error) {
	doc, err := json.Marshal(game)
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String(g.Table),
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET doc = :doc"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":doc": &types.AttributeValueMemberS{Value: string(doc)}},
	}, err
}

// Move adds a move to a game.
func (g *Games) Move(ctx context.Context, id, move string) error {
	game, _, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	game.Moves = append(game.Moves, move)
	in, err := g.update(id, game)
	if err != nil {
		return err
	}
	_, err = g.DB.UpdateItem(ctx, in) // want lostupdate
	return err
}

// MoveSafe adds a move to a game of the edition that was loaded.
func (g *Games) MoveSafe(ctx context.Context, id, move string) error {
	game, edition, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	game.Moves = append(game.Moves, move)
	in, err := g.update(id, game)
	if err != nil {
		return err
	}
	in.UpdateExpression = aws.String("SET doc = :doc ADD edition :one")
	in.ExpressionAttributeValues[":one"] = &types.AttributeValueMemberN{Value: "1"}
	in.ConditionExpression = aws.String("attribute_not_exists(edition)")
	if edition > 0 {
		in.ConditionExpression = aws.String("edition = :read")
		in.ExpressionAttributeValues[":read"] = &types.AttributeValueMemberN{Value: strconv.Itoa(edition)}
	}
	_, err = g.DB.UpdateItem(ctx, in)
	return err
}
