// Package jsonnotes keeps notes as one JSON object in one attribute, and counts how often it was stored; the update is written out
// where it is made.
//
// Two players note something at once: each stores the notes that it has read, and its own.
//
// Invariant: every note that was accepted is there.
package jsonnotes

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Games stores what players note on games.
type Games struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"game": &types.AttributeValueMemberS{Value: id}}
}

// load returns the notes and how many times they were stored.
func (g *Games) load(ctx context.Context, id string) (notes map[string]string, edition int, err error) {
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(g.Table), Key: key(id)})
	if err != nil {
		return nil, 0, err
	}
	if n, ok := out.Item["edition"].(*types.AttributeValueMemberN); ok {
		if edition, err = strconv.Atoi(n.Value); err != nil {
			return nil, 0, err
		}
	}
	if doc, ok := out.Item["notes"].(*types.AttributeValueMemberS); ok {
		err = json.Unmarshal([]byte(doc.Value), &notes)
	}
	return notes, edition, err
}

// Note keeps what a player notes on a game.
func (g *Games) Note(ctx context.Context, id, player, text string) error {
	old, stored, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	notes := maps.Clone(old)
	if stored == 0 || notes == nil {
		notes = map[string]string{}
	}
	notes[player] = text
	doc, err := json.Marshal(notes)
	if err != nil {
		return err
	}
	_, err = g.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(g.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET notes = :notes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":notes": &types.AttributeValueMemberS{Value: string(doc)}},
	})
	return err
}

// NoteSafe keeps a note on a game of the edition that was loaded.
func (g *Games) NoteSafe(ctx context.Context, id, player, text string) error {
	old, stored, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	notes := maps.Clone(old)
	if stored == 0 || notes == nil {
		notes = map[string]string{}
	}
	notes[player] = text
	doc, err := json.Marshal(notes)
	if err != nil {
		return err
	}
	_, err = g.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(g.Table),
		Key:                 key(id),
		UpdateExpression:    aws.String("SET notes = :notes ADD edition :one"),
		ConditionExpression: aws.String("attribute_not_exists(edition) OR edition = :stored"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":notes":  &types.AttributeValueMemberS{Value: string(doc)},
			":one":    &types.AttributeValueMemberN{Value: "1"},
			":stored": &types.AttributeValueMemberN{Value: strconv.Itoa(stored)},
		},
	})
	return err
}
