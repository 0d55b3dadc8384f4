package proof

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/unprocessed/handed"
	"github.com/ddbvet/ddbvet/testdata/unprocessed/keys"
)

// leftovers are the scenarios of what is left of a batch and handed from one function to another.
func leftovers() []scenario {
	rows := func(t turn) *handed.Rows { return &handed.Rows{DB: t.db, Table: "rows", Copy: "copies"} }
	reqs := func() map[string][]types.WriteRequest { return map[string][]types.WriteRequest{"rows": puts(2)} }
	users := func(t turn) *keys.Users { return &keys.Users{DB: t.db} }
	ids := []string{"kim", "lee"}
	there := given("users id", row{"id": "kim", "points": 5}, row{"id": "lee", "points": 5})
	two := given("rows id")
	return []scenario{
		{
			at: "unprocessed/handed Log", faults: throttled(1), given: two, holds: stored("rows", 2),
			bug:  one(func(t turn) error { return rows(t).Log(t, puts(2)) }),
			safe: one(func(t turn) error { return rows(t).LogSafe(t, puts(2)) }),
		},
		{
			at: "unprocessed/handed Deep", faults: throttled(1), given: two, holds: stored("rows", 2),
			bug:  one(func(t turn) error { return rows(t).Deep(t, puts(2)) }),
			safe: one(func(t turn) error { return rows(t).DeepSafe(t, puts(2)) }),
		},
		{
			at: "unprocessed/handed Some", faults: throttled(2), given: two, holds: stored("rows", 2),
			bug:  one(func(t turn) error { return rows(t).Some(t, puts(2)) }),
			safe: one(func(t turn) error { return rows(t).SomeSafe(t, puts(2)) }),
		},
		{
			at: "unprocessed/handed Load", faults: throttled(1), given: two, holds: stored("rows", 2),
			bug:  one(func(t turn) error { return handed.NewLoader(t.db).Load(t, puts(2)) }),
			safe: one(func(t turn) error { return handed.NewLoader(t.db).LoadSafe(t, puts(2)) }),
		},
		{
			at: "unprocessed/handed Behind", faults: throttled(2), given: two, holds: stored("rows", 2),
			bug: one(func(t turn) error { return rows(t).Behind(t, puts(2)) }),
			safe: one(func(t turn) error {
				return rows(t).BehindSafe(t, puts(2), func(map[string][]types.WriteRequest) error { return errors.New("kept") })
			}),
		},
		{
			at: "unprocessed/handed Recurse", faults: throttled(2), given: two, holds: stored("rows", 2),
			bug:  one(func(t turn) error { return rows(t).Recurse(t, reqs(), 0) }),
			safe: one(func(t turn) error { return rows(t).RecurseSafe(t, reqs(), 0) }),
		},
		{
			at: "unprocessed/handed Both", faults: throttled(1), given: append(given("rows id"), given("copies id")...),
			bug:   one(func(t turn) error { return rows(t).Both(t, puts(1)) }),
			safe:  one(func(t turn) error { return rows(t).BothSafe(t, puts(1)) }),
			holds: all(stored("rows", 1), stored("copies", 1)),
		},
		{
			at: "unprocessed/keys Complete", twin: "CompleteSafe CountSafe", faults: throttled(1), given: there, holds: pointsKept,
			bug: one(func(t turn) error { return users(t).Complete(t, ids) }),
			safe: one(func(t turn) error {
				return errors.Join(users(t).CompleteSafe(t, ids), err(users(t).CountSafe(t, ids)))
			}),
		},
		{
			at: "unprocessed/keys Ensure", faults: throttled(1), given: there, holds: pointsKept,
			bug:  one(func(t turn) error { return users(t).Ensure(t, ids) }),
			safe: one(func(t turn) error { return users(t).EnsureSafe(t, ids) }),
		},
	}
}

// pointsKept says that nobody has lost points.
func pointsKept(a *after) error {
	return atLeast(2, "users", func(r row) bool { return number(r["points"]) == 5 })(a)
}
