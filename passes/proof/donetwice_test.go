package proof

import (
	"context"
	"fmt"
	"time"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/onetime"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/twicecounted"
)

// doneTwice are requests after which an item is as after one of them, and what goes with them is not.
func doneTwice() []scenario {
	return []scenario{
		{
			at:    "checkthenact/onetime Accept",
			given: given("codes code", onetime.Code{Code: "c", Until: 1 << 40}),
			bug:   both(accept((*onetime.Terminal).Accept)),
			safe:  both(accept((*onetime.Terminal).AcceptSafe)),
			holds: func(a *after) error {
				if len(a.notes()) > 1 {
					return fmt.Errorf("the code has opened the locker for all of %v", a.notes())
				}
				return nil
			},
		},
		{
			at:    "checkthenact/onetime Print",
			given: given("codes code", onetime.Code{Code: "c", Until: 1 << 40}),
			safe: []action{
				func(t turn) error { return terminal(t).Print(t, "c") },
				accept((*onetime.Terminal).AcceptSafe),
			},
			holds: all(sets("ann", "printed", true), sets("bob", "used", true)),
		},
		{
			at:    "checkthenact/twicecounted Cancel",
			given: holdsOnBook(),
			bug:   both(cancels((*twicecounted.Library).Cancel)),
			safe:  both(cancels((*twicecounted.Library).CancelSafe)),
			holds: waitingAreCounted,
		},
		{
			at:    "checkthenact/twicecounted CancelToldSafe",
			given: holdsOnBook(),
			safe:  both(cancels((*twicecounted.Library).CancelToldSafe)),
			holds: waitingAreCounted,
		},
		{
			at: "checkthenact/twicecounted CancelFound",
			given: given("holds book reader / byReader reader book", row{"book": "b", "reader": "WAITING", "waiting": 2},
				row{"book": "b", "reader": "eve"}, row{"book": "b", "reader": "zoe"}),
			bug:   both(cancels((*twicecounted.Library).CancelFound)),
			safe:  both(cancels((*twicecounted.Library).CancelSafe)),
			holds: waitingAreCounted,
		},
		{
			at:    "checkthenact/twicecounted CancelTx",
			given: holdsOnBook(),
			bug:   both(cancels((*twicecounted.Library).CancelTx)),
			safe:  both(cancels((*twicecounted.Library).CancelTxSafe)),
			holds: waitingAreCounted,
		},
	}
}

// holdsOnBook are the holds of two readers on one book, and the number of them.
func holdsOnBook() []table {
	return given("holds book reader", row{"book": "b", "reader": "WAITING", "waiting": 2},
		row{"book": "b", "reader": "eve"}, row{"book": "b", "reader": "zoe"})
}

// cancels cancels eve's hold.
func cancels(f func(*twicecounted.Library, context.Context, string, string) error) action {
	return func(t turn) error { return f(&twicecounted.Library{DB: t.db, Table: "holds"}, t, "b", "eve") }
}

// waitingAreCounted says that the book's number of holds is right.
func waitingAreCounted(a *after) error {
	left := a.rows("holds", func(r row) bool { return r["waiting"] == nil })
	if it := a.it(); number(it["waiting"]) != float64(len(left)) {
		return fmt.Errorf("%v wait, there are %v", it["waiting"], left)
	}
	return nil
}

func terminal(t turn) *onetime.Terminal {
	return &onetime.Terminal{DB: t.db, Table: "codes", Now: time.Now}
}

// accept types the code, and notes if the locker opens.
func accept(f func(*onetime.Terminal, context.Context, string) (bool, error)) action {
	return func(t turn) error {
		opens, err := f(terminal(t), t, "c")
		if opens {
			t.note("open")
		}
		return err
	}
}
