// Package mutex locks a mutex around its read and its write. A mutex is for
// the goroutines of one process; the table is for all of them.
//
// Two instances of the service raise the jackpot at once, each under its own
// mutex: both put the old jackpot plus their own stake.
//
// Invariant: the jackpot is the sum of all stakes.
package mutex

import (
	"context"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Jackpots stores jackpots.
type Jackpots struct {
	mu    sync.Mutex
	db    *dynamodb.Client
	table *string
}

// New returns the jackpots of a table.
func New(db *dynamodb.Client, table string) *Jackpots { return &Jackpots{db: db, table: &table} }

type attrs = map[string]types.AttributeValue

func game(name string) attrs { return attrs{"game": &types.AttributeValueMemberS{Value: name}} }

func cents(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func (j *Jackpots) read(ctx context.Context, name string) (int64, error) {
	out, err := j.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: j.table, Key: game(name)})
	if err != nil {
		return 0, err
	}
	if n, ok := out.Item["jackpot"].(*types.AttributeValueMemberN); ok {
		return strconv.ParseInt(n.Value, 10, 64)
	}
	return 0, nil
}

// Raise adds a stake to a game's jackpot.
func (j *Jackpots) Raise(ctx context.Context, name string, stake int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	old, err := j.read(ctx, name)
	if err != nil {
		return err
	}
	item := game(name)
	item["jackpot"] = cents(old + stake)
	_, err = j.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: j.table, Item: item}) // want lostupdate
	return err
}

// RaiseSafe adds a stake; the mutex is left for the goroutines of this process.
func (j *Jackpots) RaiseSafe(ctx context.Context, name string, stake int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	old, err := j.read(ctx, name)
	if err != nil {
		return err
	}
	item := game(name)
	item["jackpot"] = cents(old + stake)
	_, err = j.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 j.table,
		Item:                      item,
		ConditionExpression:       aws.String("attribute_not_exists(jackpot) OR jackpot = :old"),
		ExpressionAttributeValues: attrs{":old": cents(old)},
	})
	return err
}
