// Package wrapper has a helper that hands what is left to its callers, of which one does not take it.
//
// Invariant: when Import has returned nil, every item is stored.
package wrapper

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Store writes to one table.
type Store struct{ DB *dynamodb.Client }

func (s *Store) batch(ctx context.Context, reqs []types.WriteRequest) ([]types.WriteRequest, error) {
	out, err := s.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"items": reqs}})
	if err != nil {
		return nil, err
	}
	return out.UnprocessedItems["items"], nil
}

// Import does not take what is left.
func (s *Store) Import(ctx context.Context, reqs []types.WriteRequest) error {
	_, err := s.batch(ctx, reqs) // want unprocessed
	return err
}

// ImportSafe fails while anything is left.
func (s *Store) ImportSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left, err := s.batch(ctx, reqs)
	if err == nil && len(left) > 0 {
		err = errors.New("not all items are stored")
	}
	return err
}
