// Package shapes drains batches in the ways that programs have found: by a struct that a helper returns, by workers, by a
// method value, by a generic helper.
//
// Invariant: when a function has returned nil, all rows are stored.
package shapes

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// Rows is the program's DynamoDB.
type Rows struct{ DB *dynamodb.Client }

type requests = map[string][]types.WriteRequest

// Outcome is what a helper says of a batch.
type Outcome struct {
	Sent int
	Left requests
}

func (r *Rows) send(ctx context.Context, reqs requests) (Outcome, error) {
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: reqs})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Sent: len(reqs["rows"]), Left: out.UnprocessedItems}, nil
}

// Struct looks only at how many were sent.
func (r *Rows) Struct(ctx context.Context, reqs []types.WriteRequest) (int, error) {
	o, err := r.send(ctx, requests{"rows": reqs}) // want unprocessed
	if err != nil {
		return 0, err
	}
	return o.Sent, nil
}

// StructSafe looks at what is left.
func (r *Rows) StructSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left := requests{"rows": reqs}
	for range 8 {
		o, err := r.send(ctx, left)
		if err != nil {
			return err
		}
		if left = o.Left; len(left) == 0 {
			return nil
		}
	}
	return errors.New("not all rows are stored")
}

// Workers sends pieces at once and forgets what is left of them.
func (r *Rows) Workers(ctx context.Context, pieces [][]types.WriteRequest) error {
	var g errgroup.Group
	for _, p := range pieces {
		g.Go(func() error {
			_, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests{"rows": p}}) // want unprocessed
			return err
		})
	}
	return g.Wait()
}

// WorkersSafe sends each piece to its end.
func (r *Rows) WorkersSafe(ctx context.Context, pieces [][]types.WriteRequest) error {
	var g errgroup.Group
	for _, p := range pieces {
		g.Go(func() error { return r.StructSafe(ctx, p) })
	}
	return g.Wait()
}

// ChannelSafe lets workers put what is left back into the channel that they take from.
func (r *Rows) ChannelSafe(ctx context.Context, pieces [][]types.WriteRequest) error {
	work := make(chan []types.WriteRequest, len(pieces))
	var open sync.WaitGroup
	for _, p := range pieces {
		open.Add(1)
		work <- p
	}
	var g errgroup.Group
	g.Go(func() error {
		var failed error
		for p := range work {
			out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests{"rows": p}})
			if err != nil {
				failed = errors.Join(failed, err)
				open.Done()
				continue
			}
			if left := out.UnprocessedItems["rows"]; len(left) > 0 {
				work <- left
				continue
			}
			open.Done()
		}
		return failed
	})
	open.Wait()
	close(work)
	return g.Wait()
}

// until calls a function until nothing is left.
func until[T any](ctx context.Context, left map[string][]T, send func(context.Context, map[string][]T) (map[string][]T, error)) error {
	for range 8 {
		rest, err := send(ctx, left)
		if err != nil {
			return err
		}
		if left = rest; len(left) == 0 {
			return nil
		}
	}
	return errors.New("not all rows are stored")
}

func (r *Rows) left(ctx context.Context, reqs requests) (requests, error) {
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: reqs})
	if err != nil {
		return nil, err
	}
	return out.UnprocessedItems, nil
}

// GenericSafe hands a method value to a generic helper that drains it.
func (r *Rows) GenericSafe(ctx context.Context, reqs []types.WriteRequest) error {
	return until(ctx, requests{"rows": reqs}, r.left)
}

// first calls a function once, and does not look at what it hands back.
func first[T any](ctx context.Context, all map[string][]T, send func(context.Context, map[string][]T) (map[string][]T, error)) error {
	_, err := send(ctx, all) // want unprocessed
	return err
}

// Generic hands a method value to a generic helper that does not.
func (r *Rows) Generic(ctx context.Context, reqs []types.WriteRequest) error {
	return first(ctx, requests{"rows": reqs}, r.left)
}
