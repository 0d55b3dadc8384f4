// Package callback hands the value that was read to a callback, and the
// callback writes it: neither function has both the read and the write.
//
// Two games of one player end at the same time on two courts: both callbacks
// write the old number of games plus one.
//
// Invariant: Games is the number of calls of CreditGame that returned nil.
package callback

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Player is one player of one club.
type Player struct {
	Club, Name string
	Games      int
}

// Players stores players.
type Players struct {
	db    *dynamodb.Client
	table *string
}

// NewPlayers returns the players of a table.
func NewPlayers(db *dynamodb.Client, table string) *Players {
	return &Players{db: db, table: &table}
}

func (p *Players) key(club, name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"club": &types.AttributeValueMemberS{Value: club},
		"name": &types.AttributeValueMemberS{Value: name},
	}
}

func (p *Players) with(ctx context.Context, club, name string, do func(Player) error) error {
	out, err := p.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: p.table, Key: p.key(club, name)})
	if err != nil {
		return err
	}
	found := Player{Club: club, Name: name}
	if n, ok := out.Item["games"].(*types.AttributeValueMemberN); ok {
		if found.Games, err = strconv.Atoi(n.Value); err != nil {
			return err
		}
	}
	return do(found)
}

func (p *Players) put(ctx context.Context, pl Player) error {
	item := p.key(pl.Club, pl.Name)
	item["games"] = &types.AttributeValueMemberN{Value: strconv.Itoa(pl.Games)}
	_, err := p.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: p.table, Item: item})
	return err
}

// CreditGame counts one more game for a player.
func (p *Players) CreditGame(ctx context.Context, club, name string) error {
	return p.with(ctx, club, name, func(pl Player) error { // want lostupdate
		pl.Games++
		return p.put(ctx, pl)
	})
}

// CreditGameSafe counts one more game, if the count is still the one read.
func (p *Players) CreditGameSafe(ctx context.Context, club, name string) error {
	return p.with(ctx, club, name, func(pl Player) error {
		set, cond := "SET games = :new", "attribute_not_exists(games)"
		vals := map[string]types.AttributeValue{
			":new": &types.AttributeValueMemberN{Value: strconv.Itoa(pl.Games + 1)},
		}
		if pl.Games > 0 {
			cond = "games = :old"
			vals[":old"] = &types.AttributeValueMemberN{Value: strconv.Itoa(pl.Games)}
		}
		_, err := p.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 p.table,
			Key:                       p.key(club, name),
			UpdateExpression:          &set,
			ConditionExpression:       &cond,
			ExpressionAttributeValues: vals,
		})
		return err
	})
}
