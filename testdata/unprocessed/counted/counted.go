// Package counted takes the number of tables with unprocessed items for the number of the items.
//
// UnprocessedItems has one entry for each table, however many items of it are left.
//
// Invariant: Import returns how many items are stored.
package counted

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Items stores items.
type Items struct{ DB *dynamodb.Client }

// Import counts the map.
func (i *Items) Import(ctx context.Context, reqs []types.WriteRequest) (int, error) {
	out, err := i.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"items": reqs}}) // want unprocessed
	if err != nil {
		return 0, err
	}
	return len(reqs) - len(out.UnprocessedItems), nil
}

// ImportSafe counts the items.
func (i *Items) ImportSafe(ctx context.Context, reqs []types.WriteRequest) (int, error) {
	out, err := i.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"items": reqs}})
	if err != nil {
		return 0, err
	}
	return len(reqs) - len(out.UnprocessedItems["items"]), nil
}
