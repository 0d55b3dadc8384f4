package proof

import (
	"fmt"

	"github.com/ddbvet/ddbvet/testdata/readback/receipts"
)

// readBacks are the fixtures in which a counter is read after it was raised.
func readBacks() []scenario {
	tables := append(given("counters counter_id", row{"counter_id": "receipts", "issued": 7, "series": "A"}), given("receipts id")...)
	shop := func(t turn) *receipts.Receipts {
		return &receipts.Receipts{DB: t.db, Counters: "counters", Receipts: "receipts"}
	}
	distinct := func(a *after) error {
		seen := map[float64]bool{}
		for _, r := range a.rows("receipts", every) {
			n := number(r["receiptNumber"])
			if seen[n] {
				return fmt.Errorf("two receipts %v", n)
			}
			seen[n] = true
		}
		return nil
	}
	ticketed := func(a *after) error { return atLeast(len(a.done), "receipts", every)(a) }
	return []scenario{
		{
			at:    "readback/receipts next",
			twin:  "IssueSafe",
			given: tables,
			bug:   both(func(t turn) error { return err(shop(t).Issue(t, t.who)) }),
			safe:  both(func(t turn) error { return err(shop(t).IssueSafe(t, t.who)) }),
			holds: distinct,
		},
		{
			at:    "readback/receipts Ticket",
			given: tables,
			bug:   both(func(t turn) error { return shop(t).Ticket(t, t.who) }),
			safe:  both(func(t turn) error { return shop(t).TicketSafe(t, t.who) }),
			holds: ticketed,
		},
		{
			at:    "readback/receipts Stub",
			given: tables,
			bug:   both(func(t turn) error { return shop(t).Stub(t, t.who) }),
			holds: ticketed,
		},
		{
			at:    "readback/receipts StampSafe",
			given: tables,
			safe:  both(func(t turn) error { return shop(t).StampSafe(t, t.who) }),
			holds: ticketed,
		},
		{
			at:    "readback/receipts ReserveSafe",
			given: tables,
			safe:  both(func(t turn) error { return shop(t).ReserveSafe(t, t.who) }),
			holds: ticketed,
		},
		{
			at:    "readback/receipts CountSafe",
			given: tables,
			safe:  both(func(t turn) error { return err(shop(t).CountSafe(t)) }),
			holds: adds("issued", 1),
		},
	}
}
