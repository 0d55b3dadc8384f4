// Package refund listens to the stream of the shop's orders table and gives
// the money of cancelled orders back to the cards that paid for them.
package refund

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/uuid"

	"example.com/giftcard/internal/card"
	"example.com/giftcard/internal/store"
)

const cancelled = "CANCELLED"

// Handler handles the stream.
type Handler struct {
	store *store.Store
}

// New returns a handler over a store.
func New(s *store.Store) *Handler { return &Handler{store: s} }

// Handle refunds the cancelled orders of a batch of records. A record that
// fails is named, so that Lambda starts again from there.
func (h *Handler) Handle(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var res events.DynamoDBEventResponse
	for _, record := range event.Records {
		if err := h.record(ctx, record); err != nil {
			slog.ErrorContext(ctx, "refund", "event", record.EventID, "error", err)
			res.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: record.Change.SequenceNumber}}
			return res, nil
		}
	}
	return res, nil
}

func (h *Handler) record(ctx context.Context, record events.DynamoDBEventRecord) error {
	before, after := record.Change.OldImage, record.Change.NewImage
	if text(after, "status") != cancelled || text(before, "status") == cancelled {
		return nil
	}
	cents, err := after["cents"].Integer()
	if err != nil {
		return fmt.Errorf("order %s: %w", text(after, "id"), err)
	}
	return h.store.Credit(ctx, card.Entry{ // want streamdedup
		ID:    uuid.NewString(),
		Card:  text(after, "card"),
		Cents: cents,
		Why:   "order " + text(after, "id") + " was cancelled",
		At:    time.Now(),
	})
}

func text(image map[string]events.DynamoDBAttributeValue, name string) string {
	if v, ok := image[name]; ok && v.DataType() == events.DataTypeString {
		return v.String()
	}
	return ""
}
