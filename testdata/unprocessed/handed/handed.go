// Package handed lets helpers hand back what a batch has left, to callers that only log it, or give up too early.
//
// Invariant: when a function has returned nil, all rows are stored.
package handed

import (
	"context"
	"errors"
	"log"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Rows is the program's DynamoDB.
type Rows struct {
	DB          *dynamodb.Client
	Table, Copy string
}

type requests = map[string][]types.WriteRequest

func (r *Rows) send(ctx context.Context, reqs requests) (requests, error) {
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: reqs})
	if err != nil {
		return nil, err
	}
	return out.UnprocessedItems, nil
}

// Log only logs what its helper hands back.
func (r *Rows) Log(ctx context.Context, reqs []types.WriteRequest) error {
	left, err := r.send(ctx, requests{r.Table: reqs}) // want unprocessed
	if err != nil {
		return err
	}
	if len(left) > 0 {
		log.Printf("%d left", len(left[r.Table]))
	}
	return nil
}

// LogSafe logs and fails.
func (r *Rows) LogSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left, err := r.send(ctx, requests{r.Table: reqs})
	if err != nil {
		return err
	}
	if len(left) > 0 {
		log.Printf("%d left", len(left[r.Table]))
		return errors.New("not all rows are stored")
	}
	return nil
}

func (r *Rows) deeper(ctx context.Context, reqs requests) (requests, error) { return r.send(ctx, reqs) }

// Deep drops what comes back through two helpers.
func (r *Rows) Deep(ctx context.Context, reqs []types.WriteRequest) error {
	_, err := r.deeper(ctx, requests{r.Table: reqs}) // want unprocessed
	return err
}

// DeepSafe sends it again until nothing is left.
func (r *Rows) DeepSafe(ctx context.Context, reqs []types.WriteRequest) error {
	for left := (requests{r.Table: reqs}); len(left) > 0; {
		var err error
		if left, err = r.deeper(ctx, left); err != nil {
			return err
		}
	}
	return nil
}

// Some gives a helper three attempts and says nothing of what is left then.
func (r *Rows) Some(ctx context.Context, reqs []types.WriteRequest) error {
	left := requests{r.Table: reqs}
	for range 2 {
		var err error
		if left, err = r.send(ctx, left); err != nil { // want unprocessed
			return err
		}
		if len(left) == 0 {
			break
		}
	}
	return nil
}

// SomeSafe says so.
func (r *Rows) SomeSafe(ctx context.Context, reqs []types.WriteRequest) error {
	left := requests{r.Table: reqs}
	for range 2 {
		var err error
		if left, err = r.send(ctx, left); err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
	}
	return errors.New("not all rows are stored")
}

// Sender is implemented by Rows.
type Sender interface {
	Send(context.Context, requests) (requests, error)
}

// Send implements Sender.
func (r *Rows) Send(ctx context.Context, reqs requests) (requests, error) { return r.send(ctx, reqs) }

// Loader stores rows through an interface.
type Loader struct{ To Sender }

// NewLoader wires a Loader.
func NewLoader(db *dynamodb.Client) *Loader { return &Loader{To: &Rows{DB: db}} }

// Load drops what the interface hands back.
func (l *Loader) Load(ctx context.Context, reqs []types.WriteRequest) error {
	_, err := l.To.Send(ctx, requests{"rows": reqs}) // want unprocessed
	return err
}

// LoadSafe sends it again.
func (l *Loader) LoadSafe(ctx context.Context, reqs []types.WriteRequest) error {
	for left := (requests{"rows": reqs}); len(left) > 0; {
		var err error
		if left, err = l.To.Send(ctx, left); err != nil {
			return err
		}
	}
	return nil
}

// Behind logs behind the loop what was left after the last attempt, and returns success.
func (r *Rows) Behind(ctx context.Context, reqs []types.WriteRequest) error {
	left := requests{r.Table: reqs}
	for i := 0; i < 2 && len(left) > 0; i++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left}) // want unprocessed
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
	}
	if len(left) > 0 {
		log.Printf("%d left", len(left[r.Table]))
	}
	return nil
}

// BehindSafe keeps it for another time.
func (r *Rows) BehindSafe(ctx context.Context, reqs []types.WriteRequest, keep func(requests) error) error {
	left := requests{r.Table: reqs}
	for i := 0; i < 2 && len(left) > 0; i++ {
		out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
	}
	if len(left) > 0 {
		return keep(left)
	}
	return nil
}

// Recurse calls itself a number of times, and then says that all went well.
func (r *Rows) Recurse(ctx context.Context, reqs requests, attempt int) error {
	if attempt > 1 {
		return nil
	}
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: reqs}) // want unprocessed
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems) > 0 {
		return r.Recurse(ctx, out.UnprocessedItems, attempt+1)
	}
	return nil
}

// RecurseSafe says that it did not.
func (r *Rows) RecurseSafe(ctx context.Context, reqs requests, attempt int) error {
	if len(reqs) == 0 {
		return nil
	}
	if attempt > 1 {
		return errors.New("not all rows are stored")
	}
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: reqs})
	if err != nil {
		return err
	}
	return r.RecurseSafe(ctx, out.UnprocessedItems, attempt+1)
}

// Both looks at one of two tables, which are no constants.
func (r *Rows) Both(ctx context.Context, reqs []types.WriteRequest) error {
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests{r.Table: reqs, r.Copy: reqs}}) // want unprocessed
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems[r.Table]) > 0 {
		return errors.New("not all rows are stored")
	}
	return nil
}

// BothSafe looks at both.
func (r *Rows) BothSafe(ctx context.Context, reqs []types.WriteRequest) error {
	out, err := r.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests{r.Table: reqs, r.Copy: reqs}})
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems[r.Table]) > 0 || len(out.UnprocessedItems[r.Copy]) > 0 {
		return errors.New("not all rows are stored")
	}
	return nil
}
