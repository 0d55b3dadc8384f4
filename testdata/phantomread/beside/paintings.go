// Package beside hangs paintings, of which an artist may show a few at once. One write gets two things wrong: it stores the
// painting as it was read, and it believes in a number of paintings that was read before.
//
// Two paintings of one artist are hung at once: both counts are one below the limit. And a painting is sold between being
// read and being hung: it has no buyer any more.
//
// Invariant: an artist shows no more paintings than allowed, and whoever has bought a painting stays its buyer.
package beside

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The answers of a gallery.
var (
	ErrNoPainting = errors.New("no such painting")
	ErrEnough     = errors.New("the artist shows as many paintings as allowed")
)

// Painting is one painting, on a wall or in the depot.
type Painting struct {
	ID     string `dynamodbav:"id"`
	Artist string `dynamodbav:"artist"`
	Place  string `dynamodbav:"place"`
	Buyer  string `dynamodbav:"buyer,omitempty"`
}

// Gallery stores paintings. In Artists is an item of each artist that counts the paintings shown.
type Gallery struct {
	DB                 *dynamodb.Client
	Paintings, Artists string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func n(v int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }

func (g *Gallery) find(ctx context.Context, id string) (*Painting, error) {
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(g.Paintings), Key: map[string]types.AttributeValue{"id": s(id)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNoPainting
	}
	var p Painting
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		return nil, err
	}
	return &p, nil
}

// shown says how many paintings of an artist hang on a wall.
func (g *Gallery) shown(ctx context.Context, artist string) (int, error) {
	out, err := g.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(g.Paintings),
		IndexName:                 aws.String("byArtist"),
		KeyConditionExpression:    aws.String("artist = :a"),
		FilterExpression:          aws.String("place = :wall"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":a": s(artist), ":wall": s("wall")},
		Select:                    types.SelectCount,
	})
	if err != nil {
		return 0, err
	}
	return int(out.Count), nil
}

func (g *Gallery) put(ctx context.Context, p *Painting) error {
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	_, err = g.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(g.Paintings), Item: item})
	return err
}

// Sell notes who has bought a painting.
func (g *Gallery) Sell(ctx context.Context, id, buyer string) error {
	_, err := g.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(g.Paintings),
		Key:                       map[string]types.AttributeValue{"id": s(id)},
		UpdateExpression:          aws.String("SET buyer = :b"),
		ConditionExpression:       aws.String("attribute_exists(id) AND attribute_not_exists(buyer)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":b": s(buyer)},
	})
	return err
}

// Hang hangs a painting on a wall, if its artist may show one more.
func (g *Gallery) Hang(ctx context.Context, id string, atMost int) error {
	p, err := g.find(ctx, id)
	if err != nil {
		return err
	}
	shown, err := g.shown(ctx, p.Artist)
	if err != nil {
		return err
	}
	if shown >= atMost {
		return ErrEnough
	}
	p.Place = "wall"
	return g.put(ctx, p) // want lostupdate // want phantomread
}

// HangSafe changes the place and nothing else, and counts the painting in the same transaction.
func (g *Gallery) HangSafe(ctx context.Context, id string, atMost int) error {
	p, err := g.find(ctx, id)
	if err != nil {
		return err
	}
	shown, err := g.shown(ctx, p.Artist)
	if err != nil {
		return err
	}
	if shown >= atMost {
		return ErrEnough
	}
	_, err = g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{
			TableName:                 aws.String(g.Paintings),
			Key:                       map[string]types.AttributeValue{"id": s(id)},
			UpdateExpression:          aws.String("SET place = :wall"),
			ConditionExpression:       aws.String("attribute_exists(id) AND place <> :wall"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":wall": s("wall")},
		}},
		{Update: &types.Update{
			TableName:                 aws.String(g.Artists),
			Key:                       map[string]types.AttributeValue{"artist": s(p.Artist)},
			UpdateExpression:          aws.String("ADD shown :one"),
			ConditionExpression:       aws.String("shown < :most"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": n(1), ":most": n(atMost)},
		}},
	}})
	return err
}
