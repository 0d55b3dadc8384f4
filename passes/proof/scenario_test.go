package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
)

// scenario says what two clients do with a fixture, and what must hold then.
type scenario struct {
	// at is the fixture's folder and the function that is proved: the one that
	// holds the "want", or one that must be silent, and then there is no bug.
	at string
	// twin is what safe calls, where that is not the function's name and "Safe".
	twin  string
	given []table
	// about is the key of the item that the invariant is about, in the first
	// table; the first row given where there is none.
	about row
	// bug and safe are what the two clients do, safe with the corrected twin.
	bug, safe []action
	holds     invariant
	pageSize  int
	// faults are what goes wrong besides: requests left undone, records that come again.
	faults explore.Faults
}

// name is "folder function".
func (s scenario) folder() string   { return strings.Fields(s.at)[0] }
func (s scenario) function() string { return strings.Fields(s.at)[1] }

func (s scenario) twins() []string {
	switch {
	case s.twin != "":
		return strings.Fields(s.twin)
	case s.bug == nil:
		return []string{s.function()}
	case s.safe == nil:
		return nil
	}
	return []string{s.function() + "Safe"}
}

// action is what one client does; an invariant asks what it returned.
type action func(turn) error

func both(a action) []action { return []action{a, a} }

// names are the clients, as actions and invariants know them.
var names = []string{"ann", "bob"}

// turn is a client's run: the context to call with, and what it calls.
type turn struct {
	context.Context
	db    *dynamodb.Client
	who   string
	diary *diary
}

// note keeps something for the invariant.
func (t turn) note(v any) {
	t.diary.mu.Lock()
	defer t.diary.mu.Unlock()
	t.diary.notes = append(t.diary.notes, note{t.who, v})
}

// diary is what one schedule leaves beside the tables.
type diary struct {
	mu    sync.Mutex
	notes []note
	ended []string // in this order
}

type note struct {
	who string
	v   any
}

// err drops what a function returns beside its error.
func err[T any](_ T, err error) error { return err }

// row is an item in plain Go values.
type row = map[string]any

// table is a table and what is in it at first.
type table struct {
	explore.Table
	rows []any
}

// given is a table, by its name, its partition and its sort key and, behind a
// "/" each, its indexes in the same way. Rows are maps or structs.
func given(spec string, rows ...any) []table {
	var t table
	for i, part := range strings.Split(spec, "/") {
		f := append(strings.Fields(part), "")
		if i == 0 {
			t.Name, t.Partition, t.Sort = f[0], f[1], f[2]
			continue
		}
		t.Indexes = append(t.Indexes, explore.Index{Name: f[0], Partition: f[1], Sort: f[2]})
	}
	t.rows = rows
	return []table{t}
}

// key is the names of a table's key attributes.
func (t table) key() []string {
	var names []string
	for _, spec := range []string{t.Partition, t.Sort} {
		if name, _, _ := strings.Cut(spec, ":"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (t table) keyOf(item row) row {
	key := row{}
	for _, name := range t.key() {
		key[name] = item[name]
	}
	return key
}

// plain gives a map or struct as the row that DynamoDB would give back.
func plain(v any) (row, error) {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return nil, err
	}
	out := row{}
	return out, attributevalue.UnmarshalMap(item, &out)
}

func put(ctx context.Context, db *dynamodb.Client, table string, v any) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: item})
	return err
}

// trial is one exploration of a scenario, of its bug or of its twin.
type trial struct {
	scenario
	actions []action
	diary   *diary
	// succeeded counts the schedules in which each client returned nil.
	succeeded map[string]int
	// fault is what makes the scenario prove nothing.
	fault error
}

func (s scenario) try(t *testing.T, actions []action) (explore.Result, error) {
	tr := &trial{scenario: s, actions: actions, succeeded: map[string]int{}}
	sc := explore.Scenario{Name: s.at, Setup: tr.setup, Invariant: tr.invariant, PageSize: s.pageSize, Spare: *spare, Faults: s.faults}
	for _, tab := range s.given {
		sc.Tables = append(sc.Tables, tab.Table)
	}
	for i, a := range actions {
		sc.Clients = append(sc.Clients, tr.client(names[i], a))
	}
	r := explore.Run(t, sc)
	for i := range actions {
		if tr.succeeded[names[i]] == 0 {
			tr.fault = errors.Join(tr.fault, fmt.Errorf("%s never succeeds", names[i]))
		}
	}
	if r.Truncated {
		tr.fault = errors.Join(tr.fault, errors.New("too many schedules"))
	}
	return r, errors.Join(r.Err, tr.fault)
}

func (tr *trial) setup(ctx context.Context, db *dynamodb.Client) error {
	tr.diary = &diary{}
	for _, tab := range tr.given {
		for _, v := range tab.rows {
			if err := put(ctx, db, tab.Name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tr *trial) client(who string, a action) explore.Client {
	return func(ctx context.Context, db *dynamodb.Client) error {
		d := tr.diary
		err := a(turn{ctx, db, who, d})
		d.mu.Lock()
		defer d.mu.Unlock()
		d.ended = append(d.ended, who)
		return err
	}
}

func (tr *trial) invariant(ctx context.Context, db *dynamodb.Client) error {
	after := &after{ctx: ctx, db: db, trial: tr}
	for i, o := range explore.Outcomes(ctx) {
		if o.Done && o.Err == nil {
			tr.succeeded[names[i]]++
			after.done = append(after.done, names[i])
		}
		if misused(o.Err) {
			after.fail(fmt.Errorf("%s: %w", names[i], o.Err))
		}
	}
	err := tr.holds(after)
	if tr.fault == nil {
		tr.fault = after.fault
	}
	return err
}

// misused reports an error that says that the scenario does not fit the
// fixture, such as the name of a table that is not there.
func misused(err error) bool {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
			return aws.ToString(r.Code) == "ValidationError"
		})
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err != nil && strings.Contains(err.Error(), "panic")
	}
	return slices.Contains([]string{"ValidationException", "ResourceNotFoundException"}, api.ErrorCode())
}
