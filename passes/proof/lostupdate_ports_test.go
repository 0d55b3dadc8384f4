package proof

import (
	"expvar"
	"fmt"
	"time"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/kv"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/loans"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/assertion/patients"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/miles"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/wrap"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/genericport/boards"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/mapper/turnstile"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/options/poll"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/billing"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/registry/rental"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/rehydrated/order"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/resent/shelf"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/structfield/basket"

	documents "github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/dynamo"
	counters "github.com/ddbvet/ddbvet/testdata/lostupdate/aggregate/desk"
	aggregates "github.com/ddbvet/ddbvet/testdata/lostupdate/aggregate/dynamo"
	plans "github.com/ddbvet/ddbvet/testdata/lostupdate/assertion/dynamo"
	flyers "github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/dynamo"
	teams "github.com/ddbvet/ddbvet/testdata/lostupdate/genericport/dynamo"
	tickets "github.com/ddbvet/ddbvet/testdata/lostupdate/mapper/dynamo"
	polls "github.com/ddbvet/ddbvet/testdata/lostupdate/options/dynamo"
	invoices "github.com/ddbvet/ddbvet/testdata/lostupdate/port/dynamo"
	bikes "github.com/ddbvet/ddbvet/testdata/lostupdate/registry/dynamo"
	restored "github.com/ddbvet/ddbvet/testdata/lostupdate/rehydrated/dynamo"
	shelves "github.com/ddbvet/ddbvet/testdata/lostupdate/resent/dynamo"
	baskets "github.com/ddbvet/ddbvet/testdata/lostupdate/structfield/dynamo"
)

// lostUpdatesBehindPorts are wired as the app of each fixture wires them.
func lostUpdatesBehindPorts() []scenario {
	reader := row{"pk": "reader/card", "books": []string{"ann", "bob"}, "max": 5, "version": 1}
	return []scenario{
		{
			at:    "lostupdate/adapter/loans Lend",
			given: given("library pk", row{"pk": "reader/card", "max": 5, "version": 1}),
			bug:   both(func(t turn) error { return library(t).Lend(t, "card", t.who) }),
			holds: keeps("books"),
		},
		{
			at:    "lostupdate/adapter/loans Return",
			given: given("library pk", reader),
			safe:  both(func(t turn) error { return library(t).Return(t, "card", t.who) }),
			holds: func(a *after) error {
				books, _ := a.it()["books"].([]any)
				if len(books)+len(a.done) != 2 {
					return fmt.Errorf("%v returned a book, left is %v", a.done, books)
				}
				return nil
			},
		},
		{
			at:    "lostupdate/aggregate/desk Add",
			given: given("orders pk", row{"pk": "ORDER#o", "lines": []string{"tea"}, "version": 1}),
			bug:   both(func(t turn) error { return counterDesk(t).Add(t, "o", t.who) }),
			safe:  both(func(t turn) error { return counterDesk(t).AddSafe(t, "o", t.who) }),
			holds: keeps("lines"),
		},
		{
			at:    "lostupdate/assertion/patients Prescribe",
			given: given("plans patient", patients.Plan{Patient: "p", Drugs: []string{"salt"}, Version: 1}),
			bug:   both(func(t turn) error { return patients.Prescribe(t, container(t), "p", t.who) }),
			safe:  both(func(t turn) error { return patients.PrescribeSafe(t, container(t), "p", t.who) }),
			holds: keeps("drugs"),
		},
		{
			at:    "lostupdate/decorator/miles Credit",
			given: given("flyers flyer", miles.Account{Flyer: "f", Miles: 1000, Version: 1}),
			bug:   both(func(t turn) error { return miles.Credit(t, accounts(t), "f", 500) }),
			safe:  both(func(t turn) error { return miles.CreditSafe(t, accounts(t), "f", 500) }),
			holds: adds("miles", 500),
		},
		{
			at:    "lostupdate/genericport/boards AddBoard",
			given: append(given("teams ID", boards.Team{ID: "t"}), given("tasks ID")...),
			bug:   both(func(t turn) error { return handler(t).AddBoard(t, "t", t.who) }),
			holds: keeps("Boards"),
		},
		{
			at:    "lostupdate/genericport/boards FinishSafe",
			given: append(given("tasks ID", boards.Task{ID: "k", Title: "prove", Version: 1}), given("teams ID")...),
			safe:  both(func(t turn) error { return handler(t).FinishSafe(t, "k") }),
			holds: all(adds("Version", 1), sets("ann", "Done", true), sets("bob", "Done", true)),
		},
		{
			at:    "lostupdate/mapper/turnstile Scan",
			given: given("tickets pk", row{"pk": "TICKET#t", "holder": "eve", "day": "2026-05-01", "scans": []string{"north"}}),
			bug:   both(func(t turn) error { return gates(t).Scan(t, "t", t.who, theDay) }),
			safe:  both(func(t turn) error { return gates(t).ScanSafe(t, "t", t.who, theDay) }),
			holds: keeps("scans"),
		},
		{
			at:    "lostupdate/options/poll Vote",
			given: given("polls id", row{"id": "p", "answers": map[string]int{"yes": 4, "no": 2}}),
			bug:   both(func(t turn) error { return booth(t).Vote(t, "p", "yes") }),
			safe:  both(func(t turn) error { return booth(t).VoteSafe(t, "p", "yes") }),
			holds: adds("answers.yes", 1),
		},
		{
			at:    "lostupdate/port/billing Pay",
			given: given("invoices pk", row{"pk": "INVOICE#7", "cents": 1000, "paid": 100, "version": 1}),
			bug:   both(func(t turn) error { return desk(t).Pay(t, "7", 300) }),
			safe:  both(func(t turn) error { return desk(t).PaySafe(t, "7", 300) }),
			holds: adds("paid", 300),
		},
		{
			at:    "lostupdate/registry/rental Ride",
			given: given("bikes frame", rental.Bike{Frame: "b", KM: 12, Version: 1}),
			bug:   both(func(t turn) error { return rental.New(bikes.NewBikes(t.db)).Ride(t, "b", 3) }),
			safe:  both(func(t turn) error { return rental.New(bikes.NewBikes(t.db)).RideSafe(t, "b", 3) }),
			holds: adds("km", 3),
		},
		{
			at:    "lostupdate/rehydrated/order Add",
			given: given("orders pk", row{"pk": "ORDER#o", "lines": []string{"tea"}, "version": 1}),
			bug:   both(func(t turn) error { return orderDesk(t).Add(t, "o", t.who) }),
			safe:  both(func(t turn) error { return orderDesk(t).AddSafe(t, "o", t.who) }),
			holds: keeps("lines"),
		},
		{
			at:    "lostupdate/resent/shelf Add",
			given: given("shelves pk", row{"pk": "SHELF#s", "things": []string{"box"}, "rev": 1}),
			bug:   both(func(t turn) error { return room(t).Add(t, "s", t.who) }),
			safe:  both(func(t turn) error { return room(t).AddSafe(t, "s", t.who) }),
			holds: keeps("things"),
		},
		{
			at:    "lostupdate/structfield/basket Add",
			given: given("baskets customer", basket.Basket{Customer: "c", Lines: map[string]int{"tea": 1}, Rev: 1}),
			bug:   both(func(t turn) error { return api(t).Add(t, "c", t.who, 2) }),
			safe:  both(func(t turn) error { return api(t).AddSafe(t, "c", t.who, 2) }),
			holds: keeps("lines"),
		},
	}
}

func library(t turn) loans.Library {
	return loans.Library{Readers: kv.NewReaders(&documents.Store{DB: t.db, Table: "library"})}
}

var theDay = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func gates(t turn) turnstile.Gates {
	return turnstile.Gates{Tickets: &tickets.Tickets{DB: t.db, Table: "tickets"}}
}

func counterDesk(t turn) counters.Desk {
	return counters.New(&aggregates.Orders{DB: t.db, Table: "orders"})
}

func orderDesk(t turn) order.Desk {
	return order.Desk{Orders: &restored.Orders{DB: t.db, Table: "orders"}}
}

func room(t turn) shelf.Room {
	return shelf.Room{Shelves: &shelves.Shelves{DB: t.db, Table: "shelves"}}
}

func container(t turn) patients.Container {
	return patients.Container{"plans": &plans.Plans{DB: t.db, Table: "plans"}}
}

func accounts(t turn) miles.Accounts {
	return wrap.Metered{
		Accounts: wrap.NewCached(flyers.Accounts{Client: t.db, Table: "flyers"}),
		Reads:    new(expvar.Int),
		Writes:   new(expvar.Int),
		Spent:    new(expvar.Float),
	}
}

func handler(t turn) boards.Handler {
	return boards.NewHandler(
		teams.Retriever[boards.Team]{Client: t.db, Table: "teams"},
		teams.TeamUpdater{Client: t.db, Table: "teams"},
		teams.Retriever[boards.Task]{Client: t.db, Table: "tasks"},
		teams.TaskUpdater{Client: t.db, Table: "tasks"},
	)
}

func booth(t turn) *poll.Booth {
	return poll.NewBooth(poll.WithPolls(&polls.Polls{DB: t.db, Table: "polls"}))
}

func desk(t turn) *billing.Desk { return billing.NewDesk(invoices.New(t.db, "invoices")) }

func api(t turn) *basket.API {
	saver := baskets.Saver{DB: t.db}
	return basket.NewAPI(basket.Deps{Load: baskets.Loader(t.db), Save: saver.Save, Swap: saver.Swap})
}
