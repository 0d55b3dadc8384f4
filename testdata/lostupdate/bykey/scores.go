// Package bykey reads scores, keeps them in a map, and counts on those that it finds there.
//
// Two clients count on a score: both read it, and the later update undoes the earlier one.
//
// Invariant: a score counts the rounds that clients were told are counted.
package bykey

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Score is that of one player.
type Score struct {
	Player string `dynamodbav:"player"`
	Rounds int    `dynamodbav:"rounds"`
}

// Scores are kept in a table.
type Scores struct {
	DB    *dynamodb.Client
	Table string
}

func key(player string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"player": &types.AttributeValueMemberS{Value: player}}
}

func (s *Scores) get(ctx context.Context, player string) (*Score, error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Table), Key: key(player)})
	if err != nil {
		return nil, err
	}
	var found Score
	return &found, attributevalue.UnmarshalMap(out.Item, &found)
}

// after is the number of rounds after one more; nobody counts beyond a thousand.
func after(rounds int) int {
	if rounds >= 1000 {
		return 1000
	}
	return rounds + 1
}

// Count counts a round for each of the players.
func (s *Scores) Count(ctx context.Context, all, played []string) error {
	scores := make(map[string]Score, len(all))
	for _, player := range all {
		found, err := s.get(ctx, player)
		if err != nil {
			return err
		}
		scores[player] = *found
	}
	for _, player := range played {
		if score, ok := scores[player]; ok {
			_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
				TableName:        aws.String(s.Table),
				Key:              key(score.Player),
				UpdateExpression: aws.String("SET rounds = :rounds"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":rounds": &types.AttributeValueMemberN{Value: strconv.Itoa(after(score.Rounds))},
				},
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// CountSafe has DynamoDB count.
func (s *Scores) CountSafe(ctx context.Context, played []string) error {
	for _, player := range played {
		_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 aws.String(s.Table),
			Key:                       key(player),
			UpdateExpression:          aws.String("ADD rounds :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
