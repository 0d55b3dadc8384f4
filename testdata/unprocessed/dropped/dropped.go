// Package dropped writes notices in batches and never looks at what a batch has left undone.
//
// A throttled BatchWriteItem carries out some of the puts, returns the others in UnprocessedItems, and no error.
//
// Invariant: when Send has returned nil, every notice is stored.
package dropped

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Notice is a row of the inbox.
type Notice struct {
	User string `dynamodbav:"user"`
	ID   string `dynamodbav:"id"`
	Text string `dynamodbav:"text"`
}

// Inbox stores notices.
type Inbox struct{ DB *dynamodb.Client }

func requests(notices []Notice) ([]types.WriteRequest, error) {
	var out []types.WriteRequest
	for _, n := range notices {
		item, err := attributevalue.MarshalMap(n)
		if err != nil {
			return nil, err
		}
		out = append(out, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	return out, nil
}

// Send stores notices and says how many.
func (b *Inbox) Send(ctx context.Context, notices []Notice) (int, error) {
	reqs, err := requests(notices)
	if err != nil {
		return 0, err
	}
	_, err = b.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"inbox": reqs}}) // want unprocessed
	if err != nil {
		return 0, fmt.Errorf("send: %w", err)
	}
	return len(notices), nil
}

// Prune looks at the capacity that a batch took, and at nothing else of its output.
func (b *Inbox) Prune(ctx context.Context, user string, ids []string) (float64, error) {
	var reqs []types.WriteRequest
	for _, id := range ids {
		reqs = append(reqs, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: map[string]types.AttributeValue{
			"user": &types.AttributeValueMemberS{Value: user}, "id": &types.AttributeValueMemberS{Value: id},
		}}})
	}
	out, err := b.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{ // want unprocessed
		RequestItems:           map[string][]types.WriteRequest{"inbox": reqs},
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return 0, err
	}
	total := 0.0
	for _, c := range out.ConsumedCapacity {
		total += *c.CapacityUnits
	}
	return total, nil
}

// SendSafe fails while anything is left.
func (b *Inbox) SendSafe(ctx context.Context, notices []Notice) error {
	reqs, err := requests(notices)
	if err != nil {
		return err
	}
	out, err := b.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"inbox": reqs}})
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems) > 0 {
		return fmt.Errorf("%d tables with notices that were not stored", len(out.UnprocessedItems))
	}
	return nil
}

// DrainSafe sends again what is left, and fails when that does not end.
func (b *Inbox) DrainSafe(ctx context.Context, notices []Notice) error {
	reqs, err := requests(notices)
	if err != nil {
		return err
	}
	left := map[string][]types.WriteRequest{"inbox": reqs}
	for attempt := 0; len(left) > 0; attempt++ {
		if attempt == 8 {
			return fmt.Errorf("batch not finished after %d attempts", attempt)
		}
		out, err := b.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
		time.Sleep(50 * time.Millisecond << attempt)
	}
	return nil
}

// RecurseSafe hands what is left to itself.
func (b *Inbox) RecurseSafe(ctx context.Context, reqs []types.WriteRequest) error {
	out, err := b.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"inbox": reqs}})
	if err != nil {
		return err
	}
	if left := out.UnprocessedItems["inbox"]; len(left) > 0 {
		return b.RecurseSafe(ctx, left)
	}
	return nil
}
