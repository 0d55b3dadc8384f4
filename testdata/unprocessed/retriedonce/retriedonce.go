// Package retriedonce sends what a batch has left undone once more, and does not look what the second one has left.
//
// Invariant: when Copy has returned nil, every item is in the archive.
package retriedonce

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Archive takes items over.
type Archive struct{ DB *dynamodb.Client }

// Copy stores items, and what is left once more.
func (a *Archive) Copy(ctx context.Context, reqs []types.WriteRequest) error {
	out, err := a.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"archive": reqs}})
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems) > 0 {
		_, err = a.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: out.UnprocessedItems}) // want unprocessed
	}
	return err
}
