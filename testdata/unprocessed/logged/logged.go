// Package logged stores measurements and only logs what a batch has left undone.
//
// The log line is written, the measurements are lost, and the caller hears of success.
//
// Invariant: when Store has returned nil, every measurement is stored.
package logged

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Probe stores measurements.
type Probe struct{ DB *dynamodb.Client }

// Store writes chunks of measurements.
func (p *Probe) Store(ctx context.Context, chunks [][]types.WriteRequest) error {
	for _, chunk := range chunks {
		out, err := p.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"probes": chunk}}) // want unprocessed
		if err != nil {
			return err
		}
		if n := len(out.UnprocessedItems["probes"]); n > 0 {
			log.Printf("%d measurements were not stored", n)
		}
	}
	return nil
}

// StoreSafe counts what is left and tells.
func (p *Probe) StoreSafe(ctx context.Context, chunks [][]types.WriteRequest) (lost int, err error) {
	for _, chunk := range chunks {
		out, err := p.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"probes": chunk}})
		if err != nil {
			return lost, err
		}
		lost += len(out.UnprocessedItems["probes"])
	}
	return lost, nil
}
