// Package tables writes to two tables in one batch and looks at what is left of one.
//
// Invariant: when Save has returned nil, every order and every line is stored.
package tables

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Shop stores orders with their lines.
type Shop struct{ DB *dynamodb.Client }

// Save forgets the lines.
func (s *Shop) Save(ctx context.Context, orders, lines []types.WriteRequest) error {
	out, err := s.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{ // want unprocessed
		RequestItems: map[string][]types.WriteRequest{"orders": orders, "lines": lines},
	})
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems["orders"]) > 0 {
		return errors.New("not all orders are stored")
	}
	return nil
}

// SaveSafe looks at both.
func (s *Shop) SaveSafe(ctx context.Context, orders, lines []types.WriteRequest) error {
	out, err := s.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{"orders": orders, "lines": lines},
	})
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems["orders"])+len(out.UnprocessedItems["lines"]) > 0 {
		return errors.New("not everything is stored")
	}
	return nil
}
