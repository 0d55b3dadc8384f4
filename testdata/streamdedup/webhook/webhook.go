// Package webhook tells a partner of each new order.
//
// When a later record fails, Lambda delivers the batch again, and the partner hears of the first orders twice.
//
// Invariant: the partner is told of each order once.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Hook tells the partner.
type Hook struct {
	DB   *dynamodb.Client
	HTTP *http.Client
	URL  string
}

func (h *Hook) tell(ctx context.Context, method, key, order string) error {
	req, err := http.NewRequestWithContext(ctx, method, h.URL, bytes.NewBufferString(order))
	if err != nil {
		return err
	}
	res, err := h.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", key, res.Status)
	}
	return nil
}

// Handle posts each order.
func (h *Hook) Handle(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		order := record.Change.NewImage["order"].String()
		if err := h.tell(ctx, http.MethodPost, order, order); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// HandleID posts each order with the record's id in its text, which the partner does not know for a key.
func (h *Hook) HandleID(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		text := record.EventID + ": " + record.Change.NewImage["order"].String()
		if err := h.tell(ctx, http.MethodPost, record.EventID, text); err != nil { // want streamdedup
			return err
		}
	}
	return nil
}

// PutSafe puts each order at its own address: the second request changes nothing.
func (h *Hook) PutSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		order := record.Change.NewImage["order"].String()
		if err := h.tell(ctx, http.MethodPut, order, order); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hook) claim(ctx context.Context, id string) (bool, error) {
	_, err := h.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String("seen"),
		Item:                map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return false, nil
	}
	return err == nil, err
}

// ClaimSafe posts an order only when it could claim its record.
func (h *Hook) ClaimSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		mine, err := h.claim(ctx, record.EventID)
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		order := record.Change.NewImage["order"].String()
		if err := h.tell(ctx, http.MethodPost, order, order); err != nil {
			return err
		}
	}
	return nil
}

// KeyedSafe sends the record's id along, by which the partner knows it again.
func (h *Hook) KeyedSafe(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewBufferString(record.Change.NewImage["order"].String()))
		if err != nil {
			return err
		}
		req.Header.Set("Idempotency-Key", record.EventID)
		res, err := h.HTTP.Do(req)
		if err != nil {
			return err
		}
		if err := res.Body.Close(); err != nil {
			return err
		}
	}
	return nil
}
