package proof

import (
	"context"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/giveback"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/sought"
	"github.com/ddbvet/ddbvet/testdata/silent/handmapped"
)

// taken are items that are found in a state, and taken out of it.
func taken() []scenario {
	pending := func() []table {
		return append(given("jobs id / byState jobState", sought.Job{ID: "j", State: "pending", Customer: "c", Cents: 5}),
			given("wallets customer", row{"customer": "c", "cents": 0})...)
	}
	return []scenario{
		{
			at:    "checkthenact/sought Next",
			given: pending(),
			bug:   both(runsNext((*sought.Jobs).Next)),
			safe:  both(runsNext((*sought.Jobs).NextSafe)),
			holds: distinct,
		},
		{
			at:    "checkthenact/sought Assign",
			given: pending(),
			bug:   both(getsJob((*sought.Jobs).Assign)),
			safe:  both(getsJob((*sought.Jobs).AssignSafe)),
			holds: distinct,
		},
		{
			at:    "checkthenact/sought Refund",
			given: pending(),
			bug:   both(func(t turn) error { return pendingJobs(t).Refund(t) }),
			safe:  both(func(t turn) error { return pendingJobs(t).RefundSafe(t) }),
			holds: atMost(0, "wallets", func(r row) bool { return number(r["cents"]) > 5 }),
		},
		{
			at:    "checkthenact/sought Expire",
			given: pending(),
			safe:  both(func(t turn) error { _, err := pendingJobs(t).Expire(t); return err }),
			holds: func(a *after) error {
				if len(a.done) == 0 {
					return nil
				}
				return sets(a.done[0], "jobState", "expired")(a)
			},
		},
		{
			at:    "checkthenact/giveback Release",
			given: given("seats seat", giveback.Seat{ID: "s", State: "held", Reservation: "r"}),
			bug:   []action{func(t turn) error { return hall(t).Release(t, "r", "s") }, sellSeat},
			safe:  []action{func(t turn) error { return hall(t).ReleaseSafe(t, "r", "s") }, sellSeat},
			holds: sets("bob", "seatState", "sold"),
		},
		{
			at:    "silent/handmapped Confirm",
			given: given("payments id", row{"id": "p", "shop": "tea"}),
			safe: []action{
				func(t turn) error { _, err := payments(t).Confirm(t, "p"); return err },
				func(t turn) error { return payments(t).File(t, "p", "food") },
			},
			holds: all(sets("ann", "confirmed", true), sets("bob", "category", "food")),
		},
		{
			at:    "silent/handmapped File",
			given: given("payments id", row{"id": "p", "shop": "tea"}),
			safe: []action{
				func(t turn) error { return payments(t).File(t, "p", "food") },
				func(t turn) error { _, err := payments(t).Confirm(t, "p"); return err },
			},
			holds: all(sets("ann", "category", "food"), sets("bob", "confirmed", true)),
		},
	}
}

func pendingJobs(t turn) *sought.Jobs {
	return &sought.Jobs{DB: t.db, Table: "jobs", Wallets: "wallets"}
}

func runsNext(next func(*sought.Jobs, context.Context) (*sought.Job, error)) action {
	return func(t turn) error {
		job, err := next(pendingJobs(t), t)
		if err != nil || job == nil {
			return err
		}
		t.note(job.ID)
		return nil
	}
}

func getsJob(assign func(*sought.Jobs, context.Context, string) (int, error)) action {
	return func(t turn) error {
		n, err := assign(pendingJobs(t), t, t.who)
		if n > 0 {
			t.note("j")
		}
		return err
	}
}

func hall(t turn) *giveback.Hall { return &giveback.Hall{DB: t.db, Table: "seats"} }

func sellSeat(t turn) error { return hall(t).Sell(t, "s") }

func payments(t turn) *handmapped.Payments {
	return &handmapped.Payments{DB: t.db, Table: "payments"}
}
