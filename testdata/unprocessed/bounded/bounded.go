// Package bounded sends again what a batch has left undone, though not until nothing is left.
//
// After the last attempt the function ends as if everything were stored.
//
// Invariant: when a function has returned nil, every row is stored.
package bounded

import (
	"context"
	"errors"
	"log"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const attempts = 3

// Rows stores rows.
type Rows struct{ DB *dynamodb.Client }

// Save gives up after some attempts, and does not tell.
func (r *Rows) Save(ctx context.Context, reqs []types.WriteRequest) error {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for attempt := 0; attempt < attempts && len(left) > 0; attempt++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left}) // want unprocessed
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
		time.Sleep(time.Millisecond << attempt)
	}
	return nil
}

// SaveSafe tells.
func (r *Rows) SaveSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for attempt := 0; attempt < attempts && len(left) > 0; attempt++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
	}
	if len(left) > 0 {
		return errors.New("not all rows are stored")
	}
	return nil
}

// Break leaves the loop when nothing is left, and keeps in the variable what was left before that.
func (r *Rows) Break(ctx context.Context, reqs []types.WriteRequest) error {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for range attempts {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left}) // want unprocessed
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) == 0 {
			break
		}
		left = out.UnprocessedItems
	}
	return nil
}

// BreakSafe returns when nothing is left.
func (r *Rows) BreakSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for range attempts {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) == 0 {
			return nil
		}
		left = out.UnprocessedItems
	}
	return errors.New("not all rows are stored")
}

// Table sends again what is left of its table, also in a variable of its own.
func (r *Rows) Table(ctx context.Context, reqs []types.WriteRequest) error {
	for attempt := 0; attempt < attempts && len(reqs) > 0; attempt++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"rows": reqs}}) // want unprocessed
		if err != nil {
			return err
		}
		left := out.UnprocessedItems
		reqs = left["rows"]
	}
	return nil
}

// TableSafe fails after the last attempt.
func (r *Rows) TableSafe(ctx context.Context, reqs []types.WriteRequest) error {
	for attempt := 0; attempt < attempts && len(reqs) > 0; attempt++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"rows": reqs}})
		if err != nil {
			return err
		}
		reqs = out.UnprocessedItems["rows"]
	}
	if len(reqs) > 0 {
		return errors.New("not all rows are stored")
	}
	return nil
}

// Input changes the input in place, and leaves the loop with the last error, which is nil.
func (r *Rows) Input(ctx context.Context, reqs []types.WriteRequest) error {
	in := &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"rows": reqs}}
	var err error
	for range attempts {
		var out *dynamodb.BatchWriteItemOutput
		out, err = r.DB.BatchWriteItem(ctx, in) // want unprocessed
		if err != nil {
			log.Printf("batch: %v", err)
			continue
		}
		if len(out.UnprocessedItems) == 0 {
			break
		}
		in.RequestItems = out.UnprocessedItems
	}
	return err
}

// InputSafe fails after the last attempt.
func (r *Rows) InputSafe(ctx context.Context, reqs []types.WriteRequest) error {
	in := &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"rows": reqs}}
	for range attempts {
		out, err := r.DB.BatchWriteItem(ctx, in)
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) == 0 {
			return nil
		}
		in.RequestItems = out.UnprocessedItems
	}
	return errors.New("not all rows are stored")
}

// PiecesSafe sends pieces, and what is left of each by another call until nothing is.
func (r *Rows) PiecesSafe(ctx context.Context, pieces [][]types.WriteRequest) error {
	for _, p := range pieces {
		in := &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"rows": p}}
		out, err := r.DB.BatchWriteItem(ctx, in)
		if err != nil {
			return err
		}
		for len(out.UnprocessedItems) > 0 {
			in.RequestItems = out.UnprocessedItems
			if out, err = r.DB.BatchWriteItem(ctx, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// ChunksSafe puts what is left behind what is still to be sent: the loop ends when nothing is left.
func (r *Rows) ChunksSafe(ctx context.Context, reqs []types.WriteRequest) error {
	for len(reqs) > 0 {
		n := min(25, len(reqs))
		chunk := reqs[:n]
		reqs = reqs[n:]
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"rows": chunk}})
		if err != nil {
			return err
		}
		reqs = append(reqs, out.UnprocessedItems["rows"]...)
	}
	return nil
}

// ErrorSafe remembers in an error that something is left.
func (r *Rows) ErrorSafe(ctx context.Context, reqs []types.WriteRequest) (err error) {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for range attempts {
		out, e := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if e != nil {
			return e
		}
		left, err = out.UnprocessedItems, nil
		if len(left) == 0 {
			break
		}
		err = errors.New("not all rows are stored")
	}
	return err
}

// ReturnSafe hands what is left to its caller.
func (r *Rows) ReturnSafe(ctx context.Context, reqs []types.WriteRequest) ([]types.WriteRequest, error) {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for attempt := 0; attempt < attempts && len(left) > 0; attempt++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return nil, err
		}
		left = out.UnprocessedItems
	}
	return left["rows"], nil
}

// LastSafe fails in its last attempt; the return behind the loop is never reached.
func (r *Rows) LastSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left := map[string][]types.WriteRequest{"rows": reqs}
	for attempt := 1; attempt <= attempts; attempt++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) == 0 {
			return nil
		}
		if attempt == attempts {
			return errors.New("not all rows are stored")
		}
		left = out.UnprocessedItems
	}
	return nil
}
