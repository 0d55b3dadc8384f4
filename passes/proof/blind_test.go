package proof

import (
	"context"
	"errors"
	"fmt"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/blindbatch/noconditions"
	"github.com/ddbvet/ddbvet/testdata/blindbatch/reasons"
	"github.com/ddbvet/ddbvet/testdata/blindbatch/statements"
	"github.com/ddbvet/ddbvet/testdata/chunkedtransaction/chunks"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// conflicting lets another transaction be in the way of one.
var conflicting = explore.Faults{Conflict: true}

// blindAnswers are the scenarios of answers that nobody looks at, and of transactions that are cut in pieces.
func blindAnswers() []scenario {
	users := given("users id", row{"id": "1", "name": "kim"}, row{"id": "2", "name": "lee"})
	names := append(given("names name", row{"name": "old", "user": "lee"}), given("users id", row{"id": "kim", "held": 0})...)
	give := func(of func(*reasons.Names, turn) error) []action {
		return one(func(t turn) error { return of(&reasons.Names{DB: t.db}, t) })
	}
	closing := func(n int, of func(*chunks.Ledger, turn, []types.TransactWriteItem) error) []action {
		return one(func(t turn) error {
			t.note(n)
			return of(&chunks.Ledger{DB: t.db}, t, bookings(n))
		})
	}
	return []scenario{
		{
			at: "blindbatch/statements Retire", given: users, faults: throttled(1),
			bug:   one(func(t turn) error { return (&statements.Store{DB: t.db}).Retire(t, []string{"1", "2"}) }),
			safe:  one(func(t turn) error { return (&statements.Store{DB: t.db}).RetireSafe(t, []string{"1", "2"}) }),
			holds: stored2("retired"),
		},
		{
			at: "blindbatch/statements Names", given: users, faults: throttled(1), holds: namedAll,
			bug:  one(func(t turn) error { return tellNames(t, (&statements.Store{DB: t.db}).Names) }),
			safe: one(func(t turn) error { return tellNames(t, (&statements.Store{DB: t.db}).NamesSafe) }),
		},
		{
			at: "blindbatch/reasons Give", given: names, faults: conflicting, holds: toldTrue,
			bug:  give(func(n *reasons.Names, t turn) error { return toldTaken(t, n.Give(t, "new", "kim")) }),
			safe: give(func(n *reasons.Names, t turn) error { return toldTaken(t, n.GiveSafe(t, "new", "kim")) }),
		},
		{
			at: "blindbatch/noconditions Give", given: names, faults: conflicting, holds: toldTrue,
			bug:  one(func(t turn) error { return toldTaken(t, (&noconditions.Names{DB: t.db}).Give(t, "new", "kim")) }),
			safe: one(func(t turn) error { return toldTaken(t, (&noconditions.Names{DB: t.db}).GiveSafe(t, "new", "kim")) }),
		},
		{
			at: "blindbatch/reasons Ensure", given: names, faults: conflicting, holds: stored("names", 2),
			bug:  give(func(n *reasons.Names, t turn) error { return n.Ensure(t, "new", "kim") }),
			safe: give(func(n *reasons.Names, t turn) error { return n.EnsureSafe(t, "new", "kim") }),
		},
		{
			at: "blindbatch/reasons AgainSafe", given: names, faults: conflicting, holds: stored("names", 2),
			safe: give(func(n *reasons.Names, t turn) error { return n.AgainSafe(t, "new", "kim") }),
		},
		{
			at: "blindbatch/reasons SaidSafe", given: names, faults: conflicting, holds: stored("names", 2),
			safe: give(func(n *reasons.Names, t turn) error { return n.SaidSafe(t, "new", "kim") }),
		},
		{
			at: "chunkedtransaction/chunks Close", given: given("ledger id"), faults: failing, holds: allOrNone,
			bug:  closing(101, func(l *chunks.Ledger, t turn, b []types.TransactWriteItem) error { return l.Close(t, b) }),
			safe: closing(100, func(l *chunks.Ledger, t turn, b []types.TransactWriteItem) error { return l.CloseSafe(t, b) }),
		},
	}
}

// stored2 says that two users have an attribute.
func stored2(attr string) invariant {
	return whenDone(atLeast(2, "users", func(r row) bool { return r[attr] != nil }))
}

// tellNames notes the names that were found.
func tellNames(t turn, of func(ctx context.Context, ids []string) ([]string, error)) error {
	found, err := of(t, []string{"1", "2"})
	if err == nil {
		t.note(len(found))
	}
	return err
}

// namedAll says that who is told names is told all of them.
func namedAll(a *after) error {
	for _, n := range a.notes() {
		if n.v != 2 {
			return fmt.Errorf("%v of 2 names", n.v)
		}
	}
	return nil
}

// toldTaken notes an answer that a name is taken.
func toldTaken(t turn, err error) error {
	if errors.Is(err, reasons.ErrTaken) || errors.Is(err, noconditions.ErrTaken) {
		t.note("taken")
	}
	return err
}

// toldTrue says that a name of which somebody is told that it is taken is taken.
func toldTrue(a *after) error {
	if len(a.notes()) > 0 && a.item("names", row{"name": "new"}) == nil {
		return errors.New("who was told that the name is taken does not find it")
	}
	return nil
}

// bookings are n actions of one closing.
func bookings(n int) []types.TransactWriteItem {
	var out []types.TransactWriteItem
	for _, p := range puts(n) {
		out = append(out, types.TransactWriteItem{Put: &types.Put{TableName: aws.String("ledger"), Item: p.PutRequest.Item}})
	}
	return out
}

// allOrNone says that a closing is booked completely or not at all.
func allOrNone(a *after) error {
	if got := len(a.rows("ledger", every)); got != 0 && got != a.notes()[0].v {
		return fmt.Errorf("%d of %v are booked", got, a.notes()[0].v)
	}
	return nil
}
