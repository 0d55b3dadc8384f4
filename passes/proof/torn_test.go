package proof

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/batchatomicity/edges"
	"github.com/ddbvet/ddbvet/testdata/tornsequence/moves"
	torders "github.com/ddbvet/ddbvet/testdata/tornsequence/orders"
)

// cut leaves one request of a batch undone and lets the client end before it has sent it again.
var cut = explore.Faults{Unprocessed: true, Crash: true, Max: 2}

// failing answers one call with 500 until the SDK gives up.
var failing = explore.Faults{Fail: true}

// crashing lets the client end between two calls.
var crashing = explore.Faults{Crash: true}

// tornWrites are the scenarios of writes that belong together and are carried out apart.
func tornWrites() []scenario {
	graph := func(t turn) *edges.Graph { return &edges.Graph{DB: t.db} }
	shop := func(t turn) *torders.Shop { return &torders.Shop{DB: t.db} }
	desk := func(t turn) *moves.Desk { return &moves.Desk{DB: t.db} }
	shops := append(append(given("orders id"), given("receipts order")...), append(given("customers id"), given("auditlog id")...)...)
	members := given("members id", row{"id": "a", "points": 5}, row{"id": "b", "points": 5})
	coupons := append(given("coupons id", row{"id": "c", "status": "open"}), given("credits id")...)
	return []scenario{
		{
			at: "batchatomicity/edges Follow", given: given("graph pk sk"), faults: cut, holds: even("graph"),
			bug:  one(func(t turn) error { return graph(t).Follow(t, "kim", "lee") }),
			safe: one(func(t turn) error { return graph(t).FollowSafe(t, "kim", "lee") }),
		},
		{
			at: "batchatomicity/edges Pair", twin: "FollowSafe", given: given("graph pk sk"), faults: cut, holds: even("graph"),
			bug:  one(func(t turn) error { return graph(t).Pair(t, "kim", "lee") }),
			safe: one(func(t turn) error { return graph(t).FollowSafe(t, "kim", "lee") }),
		},
		{
			at: "batchatomicity/edges Block", twin: "FollowSafe", given: given("graph pk sk"), faults: cut, holds: even("graph"),
			bug:  one(func(t turn) error { return graph(t).Block(t, "kim", "lee") }),
			safe: one(func(t turn) error { return graph(t).FollowSafe(t, "kim", "lee") }),
		},
		{
			at: "batchatomicity/edges Book", given: given("ledger id"), faults: cut, holds: even("ledger"),
			bug:  one(func(t turn) error { return graph(t).Book(t, "t", 5) }),
			safe: one(func(t turn) error { return graph(t).BookSafe(t, "t", 5) }),
		},
		{
			at: "batchatomicity/edges Transfer", given: given("graph pk sk"), faults: cut, holds: even("graph"),
			bug:  one(func(t turn) error { return graph(t).Transfer(t, "kim", "lee", "t", 5) }),
			safe: one(func(t turn) error { return graph(t).TransferSafe(t, "kim", "lee", "t", 5) }),
		},
		{
			at: "batchatomicity/edges Archive", faults: cut,
			given: append(given("notes folder id", row{"folder": "old", "id": "1", "text": "hello"}), given("archive folder id")...),
			bug:   one(func(t turn) error { return graph(t).Archive(t, "old", "1") }),
			safe:  one(func(t turn) error { return graph(t).ArchiveSafe(t, "old", "1") }),
			holds: func(a *after) error {
				if n := len(a.rows("notes", every)) + len(a.rows("archive", every)); n != 1 {
					return fmt.Errorf("the note is there %d times", n)
				}
				return nil
			},
		},
		{
			at: "batchatomicity/edges Open", given: append(given("threads id"), given("messages id")...), faults: cut,
			bug:  one(func(t turn) error { return graph(t).Open(t, "t", "m") }),
			safe: one(func(t turn) error { return graph(t).OpenSafe(t, "t", "m") }),
			holds: func(a *after) error {
				if n, m := len(a.rows("threads", every)), len(a.rows("messages", every)); n != m {
					return fmt.Errorf("%d threads, %d first messages", n, m)
				}
				return nil
			},
		},
		{
			at: "batchatomicity/edges Move", faults: cut,
			given: given("notes folder id", row{"folder": "old", "id": "1", "text": "hello"}),
			bug:   one(func(t turn) error { return graph(t).Move(t, "old", "new", "1") }),
			safe:  one(func(t turn) error { return graph(t).MoveSafe(t, "old", "new", "1") }),
			holds: all(atLeast(1, "notes", every), atMost(1, "notes", every)),
		},
		{
			at: "batchatomicity/edges LoadSafe", given: given("graph pk sk"), faults: throttled(1), holds: stored("graph", 2),
			safe: one(func(t turn) error { return graph(t).LoadSafe(t, "kim", []string{"lee", "max"}) }),
		},
		{
			at: "batchatomicity/edges SeedSafe", given: given("graph pk sk"), faults: throttled(1), holds: stored("graph", 2),
			safe: one(func(t turn) error { return graph(t).SeedSafe(t, []string{"kim"}, []string{"go"}) }),
		},
		{
			at: "batchatomicity/edges DropSafe", faults: cut,
			given: given("graph pk sk", row{"pk": "FOLLOWS#kim", "sk": "lee"}, row{"pk": "FOLLOWED#lee", "sk": "kim"}),
			safe:  one(func(t turn) error { return graph(t).DropSafe(t, "kim", "lee") }),
			holds: whenDone(atMost(0, "graph", every)),
		},
		{
			at: "tornsequence/orders Place", twin: "PlaceSafe UndoneSafe", given: shops, faults: failing, holds: receipted,
			bug: one(func(t turn) error { return shop(t).Place(t, "kim") }),
			safe: one(func(t turn) error {
				return errors.Join(shop(t).PlaceSafe(t, "kim"), shop(t).UndoneSafe(t, "kim"))
			}),
		},
		{
			at: "tornsequence/orders Serve", given: shops, faults: failing, holds: receipted,
			bug:  one(func(t turn) error { return served(t, shop(t).Serve) }),
			safe: one(func(t turn) error { return served(t, shop(t).ServeSafe) }),
		},
		{
			at: "tornsequence/orders Reply", given: shops, faults: failing, holds: receipted,
			bug:  one(func(t turn) error { return err(shop(t).Reply(t, "kim")) }),
			safe: one(func(t turn) error { return err(shop(t).ReplySafe(t, "kim")) }),
		},
		{
			at: "tornsequence/orders WorkSafe", given: shops, faults: failing, holds: atMost(1, "orders", every),
			safe: one(func(t turn) error { shop(t).WorkSafe(t, "kim"); return nil }),
		},
		{
			at: "tornsequence/orders AgainSafe", given: shops, faults: failing, holds: receipted,
			safe: one(func(t turn) error { return again(func() error { return shop(t).AgainSafe(t, "o", "kim") }) }),
		},
		{
			at: "tornsequence/orders AuditSafe", given: shops, faults: failing, holds: stored("orders", 1),
			safe: one(func(t turn) error { return shop(t).AuditSafe(t, "kim") }),
		},
		{
			at: "tornsequence/orders KindSafe", given: shops, faults: failing, holds: stored("orders", 1),
			safe: one(func(t turn) error { return shop(t).KindSafe(t, "kim") }),
		},
		{
			at: "tornsequence/orders Count", given: shops, faults: crashing, holds: ordersCounted,
			bug:  one(func(t turn) error { return shop(t).Count(t, "kim") }),
			safe: one(func(t turn) error { return shop(t).CountSafe(t, "kim") }),
		},
		{
			at: "tornsequence/moves Admit", faults: crashing,
			given: append(given("waiting id", row{"id": "g"}), given("seated id")...),
			bug:   one(func(t turn) error { return desk(t).Admit(t, "g") }),
			safe:  one(func(t turn) error { return desk(t).AdmitSafe(t, "g") }),
			holds: func(a *after) error {
				if n := len(a.rows("waiting", every)) + len(a.rows("seated", every)); n != 1 {
					return fmt.Errorf("the guest is at %d places", n)
				}
				return nil
			},
		},
		{
			at: "tornsequence/moves Transfer", twin: "TransferSafe BackSafe", given: members, faults: failing, holds: total(10),
			bug: one(func(t turn) error { return desk(t).Transfer(t, "a", "b", "3") }),
			safe: one(func(t turn) error {
				return errors.Join(desk(t).TransferSafe(t, "a", "b", "3"), desk(t).BackSafe(t, "b", "a", "2"))
			}),
		},
		{
			at: "tornsequence/moves Redeem", given: coupons, faults: failing, holds: credited,
			bug:  one(func(t turn) error { return desk(t).Redeem(t, "c", "kim") }),
			safe: one(func(t turn) error { return desk(t).RedeemSafe(t, "c", "kim") }),
		},
		{
			at: "tornsequence/moves CarriedOnSafe", given: coupons, faults: failing, holds: credited,
			safe: one(func(t turn) error { return again(func() error { return desk(t).CarriedOnSafe(t, "c", "kim") }) }),
		},
	}
}

// again tries once more what has failed.
func again(do func() error) error {
	if do() == nil {
		return nil
	}
	return do()
}

// even says that a table's rows come in pairs.
func even(table string) invariant {
	return func(a *after) error {
		if n := len(a.rows(table, every)); n%2 != 0 {
			return fmt.Errorf("%d rows in %s", n, table)
		}
		return nil
	}
}

// receipted says that there are as many receipts as orders.
func receipted(a *after) error {
	if o, r := len(a.rows("orders", every)), len(a.rows("receipts", every)); o != r {
		return fmt.Errorf("%d orders, %d receipts", o, r)
	}
	return nil
}

// ordersCounted says that a customer has as many orders as are counted.
func ordersCounted(a *after) error {
	if o, n := len(a.rows("orders", every)), number(a.item("customers", row{"id": "kim"})["orders"]); float64(o) != n {
		return fmt.Errorf("%d orders, counted %v", o, n)
	}
	return nil
}

// total says what the members' points add up to.
func total(want float64) invariant {
	return func(a *after) error {
		got := 0.0
		for _, r := range a.rows("members", every) {
			got += number(r["points"])
		}
		if got != want {
			return fmt.Errorf("%v points, want %v", got, want)
		}
		return nil
	}
}

// credited says that a coupon that is used up was credited.
func credited(a *after) error {
	if used, n := a.it()["status"] == "used", len(a.rows("credits", every)); used != (n == 1) {
		return fmt.Errorf("used: %v, %d credits", used, n)
	}
	return nil
}

// served is what a client makes of an answer.
func served(t turn, handle http.HandlerFunc) error {
	w := httptest.NewRecorder()
	handle(w, httptest.NewRequest(http.MethodPost, "/?customer=kim", nil).WithContext(t))
	if w.Code != http.StatusCreated {
		return errors.New(w.Body.String())
	}
	return nil
}
