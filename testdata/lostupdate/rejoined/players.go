// Package rejoined has players join a game, and join it again: what they have won is kept, and the rest made anew.
//
// A referee counts a win while another one does: either puts what both have read, and one is gone. A version, which who joins again
// does not know, would have him refused for ever.
//
// Invariant: who joins is there, by the name that he gives, with what he has won.
package rejoined

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Player takes part in a game.
type Player struct {
	ID    string   `dynamodbav:"id"`
	Name  string   `dynamodbav:"name"`
	Games []string `dynamodbav:"games"`
	Level int      `dynamodbav:"level"`
}

// Players stores players.
type Players struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// All reads the players.
func (p *Players) All(ctx context.Context) (all []Player, err error) {
	out, err := p.DB.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(p.Table)})
	if err != nil {
		return nil, err
	}
	err = attributevalue.UnmarshalListOfMaps(out.Items, &all)
	return all, err
}

// Put stores a player.
func (p *Players) Put(ctx context.Context, player Player) error {
	item, err := attributevalue.MarshalMap(player)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(p.Table), Item: item})
	return err
}

// Rate sets the level of a player.
func (p *Players) Rate(ctx context.Context, id string, level int) error {
	all, err := p.All(ctx)
	if err != nil {
		return err
	}
	for _, player := range all {
		if player.ID == id {
			player.Level = level
			return p.Put(ctx, player) // want lostupdate
		}
	}
	return nil
}

// RateSafe sets the level, and leaves the rest.
func (p *Players) RateSafe(ctx context.Context, id string, level int) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #level = :level"),
		ExpressionAttributeNames:  map[string]string{"#level": "level"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":level": &types.AttributeValueMemberN{Value: strconv.Itoa(level)}},
	})
	return err
}

// Join has a player take part, or take part again.
func (p *Players) Join(ctx context.Context, id, name string) error {
	all, err := p.All(ctx)
	if err != nil {
		return err
	}
	var games []string
	for _, known := range all {
		if known.ID == id {
			games = known.Games
		}
	}
	return p.Put(ctx, Player{ID: id, Name: name, Games: games}) // want lostupdate
}

// JoinSafe sets the name, and leaves the rest.
func (p *Players) JoinSafe(ctx context.Context, id, name string) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #name = :name"),
		ExpressionAttributeNames:  map[string]string{"#name": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":name": &types.AttributeValueMemberS{Value: name}},
	})
	return err
}

// Won adds a game that a player has won.
func (p *Players) Won(ctx context.Context, id, game string) error {
	added, err := attributevalue.Marshal([]string{game})
	if err != nil {
		return err
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET games = list_append(games, :game)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":game": added},
	})
	return err
}
