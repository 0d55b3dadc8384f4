package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/giftcard/internal/card"
)

// MaxIssue is how many cards fit beside their campaign into one batch.
const MaxIssue = 24

const attempts = 5

// SaveIssued stores a campaign and the cards it gives away in one batch.
func (s *Store) SaveIssued(ctx context.Context, c *card.Campaign, cards []card.Card) error {
	item, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	requests := map[string][]types.WriteRequest{
		s.tables.Campaigns: {{PutRequest: &types.PutRequest{Item: item}}},
	}
	for _, one := range cards {
		item, err := attributevalue.MarshalMap(one)
		if err != nil {
			return err
		}
		put := types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}
		requests[s.tables.Cards] = append(requests[s.tables.Cards], put)
	}
	return s.drain(ctx, requests)
}

// drain writes a batch and sends again what DynamoDB leaves unprocessed.
func (s *Store) drain(ctx context.Context, requests map[string][]types.WriteRequest) error {
	for attempt := range attempts {
		out, err := s.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests})
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) == 0 {
			return nil
		}
		requests = out.UnprocessedItems
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond << attempt):
		}
	}
	return fmt.Errorf("batch not finished after %d attempts", attempts)
}
