package proof

import (
	"slices"

	"github.com/ddbvet/ddbvet/testdata/racydedup/marker"
	"github.com/ddbvet/ddbvet/testdata/racydedup/memory"
	"github.com/ddbvet/ddbvet/testdata/racydedup/twoearly"
	"github.com/ddbvet/ddbvet/testdata/racydedup/twofold"
)

// racyDedups are the scenarios of handlers that remember what they have done, in a table or in memory.
func racyDedups() []scenario {
	visits := func(of func(*marker.Counter) streamHandler) []action {
		return one(func(t turn) error {
			return of(&marker.Counter{DB: t.db})(t, batch(record(1, map[string]string{"page": "p"})))
		})
	}
	remembers := func(of func(*memory.Counter) streamHandler) []action {
		return one(func(t turn) error {
			c := &memory.Counter{DB: t.db, Done: map[string]bool{}} // a new process remembers nothing
			return of(c)(t, batch(record(1, map[string]string{"page": "p"})))
		})
	}
	pages := append(given("pages id", row{"id": "p", "visits": 0}), given("seen id")...)
	counts := append(given("pages id", row{"id": "p", "visits": 0}, row{"id": "all", "visits": 0}), given("seen id")...)
	visit := batch(record(1, map[string]string{"page": "p"}))
	return []scenario{
		{
			at: "racydedup/twofold Handle", given: counts, faults: redelivered, holds: total1("visits"),
			bug:  one(func(t turn) error { return (&twofold.Counter{DB: t.db}).Handle(t, visit) }),
			safe: one(func(t turn) error { return (&twofold.Counter{DB: t.db}).HandleSafe(t, visit) }),
		},
		{
			at: "racydedup/twoearly Handle", given: counts, holds: total1("visits"),
			bug:  both(func(t turn) error { return (&twoearly.Counter{DB: t.db}).Handle(t, visit) }),
			safe: both(func(t turn) error { return (&twoearly.Counter{DB: t.db}).HandleSafe(t, visit) }),
		},
		{
			at: "racydedup/marker Handle", twin: "HandleSafe", given: pages, faults: redelivered, holds: total1("visits"),
			bug: visits(func(c *marker.Counter) streamHandler { return c.Handle }),
			safe: one(func(t turn) error {
				return (&marker.Counter{DB: t.db}).HandleSafe(t, batch(record(1, map[string]string{"page": "p"})))
			}),
		},
		{
			at: "racydedup/marker HandleEarly", twin: "HandleSafe", given: pages, holds: total1("visits"),
			bug:  slices.Repeat(visits(func(c *marker.Counter) streamHandler { return c.HandleEarly }), 2),
			safe: slices.Repeat(visits(func(c *marker.Counter) streamHandler { return c.HandleSafe }), 2),
		},
		{
			at: "racydedup/memory HandleField", twin: "HandleSafe", given: pages, faults: redelivered, holds: total1("visits"),
			bug:  remembers(func(c *memory.Counter) streamHandler { return c.HandleField }),
			safe: remembers(func(c *memory.Counter) streamHandler { return c.HandleSafe }),
		},
		{
			at: "racydedup/memory HandleBatch", twin: "BatchSafe", given: pages, faults: redelivered, holds: total1("visits"),
			bug:  remembers(func(c *memory.Counter) streamHandler { return c.HandleBatch }),
			safe: remembers(func(c *memory.Counter) streamHandler { return c.BatchSafe }),
		},
		{
			at: "racydedup/memory HandleKnown", twin: "HandleSafe", given: pages, faults: redelivered, holds: total1("visits"),
			bug:  remembers(func(c *memory.Counter) streamHandler { return c.HandleKnown }),
			safe: remembers(func(c *memory.Counter) streamHandler { return c.HandleSafe }),
		},
	}
}
