package proof

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/batchatomicity/quota"
	"github.com/ddbvet/ddbvet/testdata/batchoverwrite/copies"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/bounded"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/dropped"
	probes "github.com/ddbvet/ddbvet/testdata/unprocessed/logged"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/retriedonce"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/shapes"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/tables"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/wrapper"
)

// throttled leaves requests of batches undone, up to n times.
func throttled(n int) explore.Faults { return explore.Faults{Unprocessed: true, Max: n} }

// batches are the scenarios of batches that are carried out in part, or over what another client has written.
func batches() []scenario {
	return []scenario{
		{
			at: "unprocessed/dropped Send", twin: "SendSafe DrainSafe RecurseSafe", faults: throttled(1),
			given: given("inbox user id"),
			bug:   one(func(t turn) error { return err(inbox(t).Send(t, notices)) }),
			safe: one(func(t turn) error {
				return errors.Join(inbox(t).SendSafe(t, notices), inbox(t).DrainSafe(t, notices), inbox(t).RecurseSafe(t, inboxPuts()))
			}),
			holds: stored("inbox", 2),
		},
		{
			at: "unprocessed/dropped Prune", faults: throttled(1),
			given: given("inbox user id", row{"user": "u", "id": "1"}, row{"user": "u", "id": "2"}),
			bug:   one(func(t turn) error { return err(inbox(t).Prune(t, "u", []string{"1", "2"})) }),
			holds: whenDone(atMost(0, "inbox", every)),
		},
		{
			at: "unprocessed/logged Store", faults: throttled(1),
			given: given("probes id"),
			bug:   one(func(t turn) error { return (&probes.Probe{DB: t.db}).Store(t, [][]types.WriteRequest{puts(2)}) }),
			safe: one(func(t turn) error {
				lost, err := (&probes.Probe{DB: t.db}).StoreSafe(t, [][]types.WriteRequest{puts(2)})
				return errors.Join(err, tell(lost))
			}),
			holds: stored("probes", 2),
		},
		{
			at: "unprocessed/retriedonce Copy", faults: throttled(2),
			given: given("archive id"),
			bug:   one(func(t turn) error { return (&retriedonce.Archive{DB: t.db}).Copy(t, puts(2)) }),
			holds: stored("archive", 2),
		},
		{
			at: "unprocessed/wrapper Import", faults: throttled(1),
			given: given("items id"),
			bug:   one(func(t turn) error { return (&wrapper.Store{DB: t.db}).Import(t, puts(2)) }),
			safe:  one(func(t turn) error { return (&wrapper.Store{DB: t.db}).ImportSafe(t, puts(2)) }),
			holds: stored("items", 2),
		},
		{
			at: "unprocessed/bounded Save", faults: throttled(3), given: given("rows id"), holds: stored("rows", 1),
			bug:  one(func(t turn) error { return (&bounded.Rows{DB: t.db}).Save(t, puts(1)) }),
			safe: one(func(t turn) error { return (&bounded.Rows{DB: t.db}).SaveSafe(t, puts(1)) }),
		},
		{
			at: "unprocessed/bounded Table", faults: throttled(3), given: given("rows id"), holds: stored("rows", 1),
			bug:  one(func(t turn) error { return (&bounded.Rows{DB: t.db}).Table(t, puts(1)) }),
			safe: one(func(t turn) error { return (&bounded.Rows{DB: t.db}).TableSafe(t, puts(1)) }),
		},
		{
			at: "unprocessed/bounded Break", faults: throttled(3), given: given("rows id"), holds: stored("rows", 1),
			bug:  one(func(t turn) error { return (&bounded.Rows{DB: t.db}).Break(t, puts(1)) }),
			safe: one(func(t turn) error { return (&bounded.Rows{DB: t.db}).BreakSafe(t, puts(1)) }),
		},
		{
			at: "unprocessed/bounded Input", twin: "InputSafe PiecesSafe ChunksSafe ErrorSafe ReturnSafe", faults: throttled(3),
			given: given("rows id"), holds: stored("rows", 1),
			bug: one(func(t turn) error { return (&bounded.Rows{DB: t.db}).Input(t, puts(1)) }),
			safe: one(func(t turn) error {
				r := &bounded.Rows{DB: t.db}
				left, err := r.ReturnSafe(t, puts(1))
				return errors.Join(r.InputSafe(t, puts(1)), r.PiecesSafe(t, [][]types.WriteRequest{puts(1)}), r.ChunksSafe(t, puts(1)), r.ErrorSafe(t, puts(1)), err, tell(len(left)))
			}),
		},
		{
			at: "unprocessed/bounded LastSafe", faults: throttled(3), given: given("rows id"), holds: stored("rows", 1),
			safe: one(func(t turn) error { return (&bounded.Rows{DB: t.db}).LastSafe(t, puts(1)) }),
		},
		{
			at: "unprocessed/shapes Struct", twin: "StructSafe ChannelSafe", faults: throttled(1), given: given("rows id"), holds: stored("rows", 2),
			bug: one(func(t turn) error { return err((&shapes.Rows{DB: t.db}).Struct(t, puts(2))) }),
			safe: one(func(t turn) error {
				r := &shapes.Rows{DB: t.db}
				return errors.Join(r.StructSafe(t, puts(2)), r.ChannelSafe(t, [][]types.WriteRequest{puts(2)}))
			}),
		},
		{
			at: "unprocessed/shapes Workers", faults: throttled(1), given: given("rows id"), holds: stored("rows", 2),
			bug:  one(func(t turn) error { return (&shapes.Rows{DB: t.db}).Workers(t, [][]types.WriteRequest{puts(2)}) }),
			safe: one(func(t turn) error { return (&shapes.Rows{DB: t.db}).WorkersSafe(t, [][]types.WriteRequest{puts(2)}) }),
		},
		{
			at: "unprocessed/shapes first", twin: "GenericSafe", faults: throttled(1), given: given("rows id"), holds: stored("rows", 2),
			bug:  one(func(t turn) error { return (&shapes.Rows{DB: t.db}).Generic(t, puts(2)) }),
			safe: one(func(t turn) error { return (&shapes.Rows{DB: t.db}).GenericSafe(t, puts(2)) }),
		},
		{
			at: "unprocessed/tables Save", faults: throttled(1), given: append(given("orders id"), given("lines id")...),
			bug:   one(func(t turn) error { return (&tables.Shop{DB: t.db}).Save(t, puts(1), puts(1)) }),
			safe:  one(func(t turn) error { return (&tables.Shop{DB: t.db}).SaveSafe(t, puts(1), puts(1)) }),
			holds: all(stored("orders", 1), stored("lines", 1)),
		},
		{
			at: "batchoverwrite/copies Raise", given: given("products shop id", copies.Product{Shop: "s", ID: "p", Cents: 100, Stock: 9}),
			bug:   []action{func(t turn) error { return (&copies.Store{DB: t.db}).Raise(t, "s", 5) }, sell},
			safe:  []action{func(t turn) error { return (&copies.Store{DB: t.db}).RaiseSafe(t, "s", "5") }, sell},
			holds: adds("stock", 0, -1),
		},
		{
			at:    "batchatomicity/quota Take",
			given: append(given("events id", quota.Event{ID: "e", Seats: 3}), given("seats id")...),
			bug:   both(func(t turn) error { return (&quota.Store{DB: t.db}).Take(t, "e", t.who) }),
			safe:  both(func(t turn) error { return (&quota.Store{DB: t.db}).TakeSafe(t, "e", t.who) }),
			holds: seatsTaken,
		},
	}
}

func one(a action) []action { return []action{a} }

var notices = []dropped.Notice{{User: "u", ID: "1"}, {User: "u", ID: "2"}}

func inbox(t turn) *dropped.Inbox { return &dropped.Inbox{DB: t.db} }

// puts are n requests for items with an id.
func puts(n int) []types.WriteRequest {
	var out []types.WriteRequest
	for i := range n {
		out = append(out, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{
			"id": &types.AttributeValueMemberS{Value: fmt.Sprint(i + 1)},
		}}})
	}
	return out
}

// inboxPuts are the requests for the notices.
func inboxPuts() []types.WriteRequest {
	out := puts(2)
	for _, r := range out {
		r.PutRequest.Item["user"] = &types.AttributeValueMemberS{Value: "u"}
	}
	return out
}

// tell is an error while something is left.
func tell(left int) error {
	if left > 0 {
		return fmt.Errorf("%d are left", left)
	}
	return nil
}

// whenDone says what holds once every client returned nil.
func whenDone(is invariant) invariant {
	return func(a *after) error {
		if len(a.done) < len(a.trial.actions) {
			return nil
		}
		return is(a)
	}
}

// stored says that n rows are there once every client returned nil.
func stored(table string, n int) invariant { return whenDone(atLeast(n, table, every)) }

// sell takes one off the stock.
func sell(t turn) error {
	return err(t.db.UpdateItem(t, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("products"),
		Key:                       map[string]types.AttributeValue{"shop": &types.AttributeValueMemberS{Value: "s"}, "id": &types.AttributeValueMemberS{Value: "p"}},
		UpdateExpression:          aws.String("SET stock = stock - :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	}))
}

// seatsTaken says that the counter counts the seats, and that whoever was given one has one.
func seatsTaken(a *after) error {
	if taken, got := number(a.it()["taken"]), len(a.rows("seats", every)); float64(got) != taken || got != len(a.done) {
		return fmt.Errorf("%v are counted, %d seats given, to %v", taken, got, a.done)
	}
	return nil
}
