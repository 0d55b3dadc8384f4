package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/builtupdate"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/bykey"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/callback"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/closure"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/constructor/nodes"
	pages "github.com/ddbvet/ddbvet/testdata/lostupdate/copied"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/crosspackage/service"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/crosspackage/stock"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/embeds"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/entity"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/errgroup"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/firstrev"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/fromrequest"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/generichelper"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/guregu"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/handwritten"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/jsonattr"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/jsonnotes"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/keyprefix"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/maps"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/merged"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/multiresult"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/mutex"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/nextrev"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/outany"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/outparam"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/packagefuncs/db"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/packagefuncs/orgs"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/partiql"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/patchall"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/projected"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/queued"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/readmodifyput"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/receiver"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/receiverfield"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/recursion"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/reissued"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/rejoined"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/relogin"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/remade"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/replaced"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/roundtrip"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/scanned"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/sdkv1"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/spelled"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/stages"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/units"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/updateset"
)

func lostUpdates() []scenario {
	onPage := func(call func(*pages.Pages, context.Context, string, string) error, value string) action {
		return func(t turn) error { return call(&pages.Pages{DB: t.db, Table: "pages"}, t, "p", value) }
	}
	retitle := func(call func(*fromrequest.Pages, context.Context, string, string) error) action {
		return func(t turn) error { return call(&fromrequest.Pages{DB: t.db, Table: "pages"}, t, "p", "new") }
	}
	replace := func(t turn) error {
		return (&fromrequest.Pages{DB: t.db, Table: "pages"}).Replace(t, []byte(`{"id": "p", "title": "sent", "text": "sent"}`))
	}
	films := func(call func(*stages.Films, context.Context, string, func() error) error) action {
		return func(t turn) error {
			return call(&stages.Films{DB: t.db, Table: "films"}, t, "f", func() error { return nil })
		}
	}
	rate := func(t turn) error { return (&stages.Films{DB: t.db, Table: "films"}).Rate(t, "f", "good") }
	revision := func(call func(*firstrev.Records, context.Context, string, string) (int64, error)) action {
		return func(t turn) error {
			rev, err := call(&firstrev.Records{DB: t.db, Table: "records"}, t, "r", t.who)
			if err == nil {
				t.note(rev)
			}
			return err
		}
	}
	return []scenario{
		{
			at:    "lostupdate/fromrequest Retitle",
			given: given("pages id", row{"id": "p", "title": "old", "text": "none", "version": 3}),
			bug:   []action{retitle((*fromrequest.Pages).Retitle), replace},
			safe:  []action{retitle((*fromrequest.Pages).RetitleSafe), replace},
			holds: sets("bob", "text", "sent"),
		},
		{
			at:    "lostupdate/spelled Set",
			given: given("people ID", row{"ID": "p", "Name": "old", "Note": "old"}),
			bug:   []action{func(t turn) error { return people(t).Set(t, "p", "new", "") }, func(t turn) error { return people(t).Set(t, "p", "", "new") }},
			safe:  []action{func(t turn) error { return people(t).NameSafe(t, "p", "new") }, func(t turn) error { return people(t).SetSafe(t, "p", "new") }},
			twin:  "NameSafe SetSafe",
			holds: all(sets("ann", "Name", "new"), sets("bob", "Note", "new")),
		},
		{
			at:    "lostupdate/stages Make",
			given: given("films id", row{"id": "f", "stage": "none", "rating": "none"}),
			bug:   []action{films((*stages.Films).Make), rate},
			safe:  []action{films((*stages.Films).MakeSafe), rate},
			holds: all(sets("ann", "stage", "done"), sets("bob", "rating", "good")),
		},
		{
			at:    "lostupdate/firstrev Store",
			given: given("records id", row{"id": "r", "text": "old", "rev": 1}),
			bug:   both(revision((*firstrev.Records).Store)),
			safe:  both(revision((*firstrev.Records).StoreSafe)),
			holds: func(a *after) error {
				if n := a.notes(); len(n) == 2 && n[0].v == n[1].v {
					return fmt.Errorf("both have stored revision %v", n[0].v)
				}
				return nil
			},
		},
		{
			at:    "lostupdate/copied Retitle",
			given: given("pages id", row{"id": "p", "title": "old", "text": "none"}),
			bug:   []action{onPage((*pages.Pages).Retitle, "new"), onPage((*pages.Pages).Write, "words")},
			safe:  []action{onPage((*pages.Pages).RetitleSafe, "new"), onPage((*pages.Pages).Write, "words")},
			holds: all(sets("ann", "title", "new"), sets("bob", "text", "words")),
		},
		{
			at:    "lostupdate/keyprefix Pay",
			given: given("orders pk", row{"pk": "ORDER#o", "paid": 1}),
			bug:   both(func(t turn) error { return (&keyprefix.Desk{DB: t.db, Table: "orders"}).Pay(t, "o", 2) }),
			safe:  both(func(t turn) error { return (&keyprefix.Desk{DB: t.db, Table: "orders"}).PaySafe(t, "o", 2) }),
			holds: adds("paid", 2, 2),
		},
		{
			at:    "lostupdate/scanned Book",
			given: given("tickets id", row{"id": "t", "hours": 1}),
			bug:   both(func(t turn) error { return (&scanned.Tickets{DB: t.db, Table: "tickets"}).Book(t, "t", 2) }),
			safe:  both(func(t turn) error { return (&scanned.Tickets{DB: t.db, Table: "tickets"}).BookSafe(t, "t", 2) }),
			holds: adds("hours", 2, 2),
		},
		{
			at:    "lostupdate/builtupdate Rename",
			given: given("jobs id", row{"id": "JOB#j", "title": "old", "state": "new"}),
			bug:   []action{func(t turn) error { return repairs(t).Rename(t, "j", "dig") }, finish},
			safe:  []action{func(t turn) error { return repairs(t).RenameSafe(t, "j", "dig") }, finish},
			holds: all(sets("ann", "title", "dig"), sets("bob", "state", "done"), atMost(0, "jobs", versioned("NOTE#j"))),
		},
		{
			at:    "lostupdate/bykey Count",
			given: given("scores player", bykey.Score{Player: "p", Rounds: 3}),
			bug:   both(func(t turn) error { return scores(t).Count(t, []string{"p"}, []string{"p"}) }),
			safe:  both(func(t turn) error { return scores(t).CountSafe(t, []string{"p"}) }),
			holds: adds("rounds", 1),
		},
		{
			at:    "lostupdate/callback CreditGame",
			given: given("players club name", row{"club": "C", "name": "Li", "games": 3}),
			bug:   both(func(t turn) error { return callback.NewPlayers(t.db, "players").CreditGame(t, "C", "Li") }),
			safe:  both(func(t turn) error { return callback.NewPlayers(t.db, "players").CreditGameSafe(t, "C", "Li") }),
			holds: adds("games", 1),
		},
		{
			at:    "lostupdate/closure Update",
			twin:  "UpdateSafe JoinSafe",
			given: given("courts sessionId courtNo:N", closure.Court{SessionID: "s", CourtNo: 1, Queue: []string{"eve"}, Version: 7}),
			bug:   both(func(t turn) error { return courts(t).Join(t, "s", 1, t.who) }),
			safe:  both(func(t turn) error { return courts(t).JoinSafe(t, "s", 1, t.who) }),
			holds: keeps("queue"),
		},
		{
			at:    "lostupdate/constructor/nodes Provisioned",
			given: given("nodes uuid", row{"uuid": "n", "status": "Creating", "cpus": 4, "version": 1}),
			bug:   []action{provision(nodes.Events.Provisioned), destroy(nodes.Events.DestroySafe)},
			safe:  []action{provision(nodes.Events.ProvisionedSafe), destroy(nodes.Events.DestroySafe)},
			holds: sets("bob", "status", "Destroying"),
		},
		{
			at:    "lostupdate/constructor/nodes Destroy",
			given: given("nodes uuid", row{"uuid": "n", "status": "Creating", "cpus": 4, "version": 1}),
			bug:   []action{provision(nodes.Events.ProvisionedSafe), destroy(nodes.Events.Destroy)},
			safe:  []action{provision(nodes.Events.ProvisionedSafe), destroy(nodes.Events.DestroySafe)},
			holds: sets("bob", "status", "Destroying"),
		},
		{
			at:    "lostupdate/crosspackage/service Reprice",
			given: given("products sku", stock.Product{SKU: "p", Cents: 100, Stock: 10, Version: 1}),
			bug: []action{
				func(t turn) error { return err(catalog(t).Reprice(t, "p", 120)) },
				func(t turn) error { return catalog(t).DeliverSafe(t, "p", 5) },
			},
			holds: adds("stock", 0, 5),
		},
		{
			at:    "lostupdate/crosspackage/service Deliver",
			given: given("products sku", stock.Product{SKU: "p", Cents: 100, Stock: 10, Version: 1}),
			bug:   both(func(t turn) error { return catalog(t).Deliver(t, "p", 5) }),
			safe:  both(func(t turn) error { return catalog(t).DeliverSafe(t, "p", 5) }),
			holds: adds("stock", 5),
		},
		{
			at:    "lostupdate/outany Sign",
			given: given("books hut", outany.Book{Hut: "h", Names: []string{"eve"}, Version: 1}),
			bug:   both(func(t turn) error { return (&outany.Store{DB: t.db, Table: "books"}).Sign(t, "h", t.who) }),
			safe:  both(func(t turn) error { return (&outany.Store{DB: t.db, Table: "books"}).SignSafe(t, "h", t.who) }),
			holds: keeps("names"),
		},
		{
			at:    "lostupdate/embeds AddCard",
			given: given("store pk", row{"pk": "BOARD#b", "cards": []string{"buy milk"}}),
			bug:   both(func(t turn) error { return (&embeds.Store{DB: t.db, Table: "store"}).AddCard(t, "b", t.who) }),
			safe:  both(func(t turn) error { return (&embeds.Store{DB: t.db, Table: "store"}).AddCardSafe(t, "b", t.who) }),
			holds: keeps("cards"),
		},
		{
			at:    "lostupdate/embeds AddStep",
			given: given("store pk", row{"pk": "p", "steps": []string{"dig"}, "due": "2026-06-01"}),
			bug:   both(func(t turn) error { return (&embeds.Store{DB: t.db, Table: "store"}).AddStep(t, "p", t.who) }),
			safe:  both(func(t turn) error { return (&embeds.Store{DB: t.db, Table: "store"}).AddStepSafe(t, "p", t.who) }),
			holds: keeps("steps"),
		},
		{
			at:    "lostupdate/entity Deposit",
			given: given("accounts pk", row{"pk": "ACCOUNT#1", "owner": "eve", "cents": 100, "version": 1}),
			bug:   both(func(t turn) error { return bank(t).Deposit(t, "1", entity.Cents(30)) }),
			safe:  both(func(t turn) error { return bank(t).DepositSafe(t, "1", entity.Cents(30)) }),
			holds: adds("cents", 30),
		},
		{
			at: "lostupdate/errgroup Add",
			given: append(given("carts id", errgroup.Cart{ID: "c", Lines: map[string]int64{"tea": 300}, Rev: 1}),
				given("products id", row{"id": "ann", "cents": 100}, row{"id": "bob", "cents": 200})...),
			bug: both(func(t turn) error {
				return (&errgroup.Shop{DB: t.db, Carts: "carts", Products: "products"}).Add(t, "c", t.who)
			}),
			safe: both(func(t turn) error {
				return (&errgroup.Shop{DB: t.db, Carts: "carts", Products: "products"}).AddSafe(t, "c", t.who)
			}),
			holds: keeps("prices"),
		},
		{
			at:    "lostupdate/generichelper Change",
			given: given("children familyId childId", generichelper.Child{FamilyID: "f", ChildID: "c", Name: "Mia"}),
			bug:   []action{func(t turn) error { return err(family(t).Change(t, "f", "c", named("Mio"))) }, archive},
			safe:  []action{func(t turn) error { return family(t).ChangeSafe(t, "f", "c", named("Mio")) }, archive},
			holds: sets("bob", "Archived", true),
		},
		{
			at:    "lostupdate/guregu Fill",
			given: given("tanks id", row{"id": "t", "litres": 40, "version": 1}),
			bug:   both(func(t turn) error { return guregu.NewDepot(t.db, "tanks").Fill(t, "t", 7) }),
			safe:  both(func(t turn) error { return guregu.NewDepot(t.db, "tanks").FillSafe(t, "t", 7) }),
			holds: adds("litres", 7),
		},
		{
			at:    "lostupdate/guregu Seal",
			given: given("tanks id", row{"id": "t", "litres": 40, "version": 1}),
			bug:   both(func(t turn) error { return guregu.NewDepot(t.db, "tanks").Seal(t, "t", t.who) }),
			safe:  both(func(t turn) error { return guregu.NewDepot(t.db, "tanks").SealSafe(t, "t", t.who) }),
			holds: once,
		},
		{
			at:    "lostupdate/handwritten Move",
			given: given("fleet serial", row{"serial": "d", "site": "north", "firmware": "1.0", "etag": 1}),
			bug:   []action{func(t turn) error { return fleet(t).Move(t, "d", "south") }, flash},
			safe:  []action{func(t turn) error { return fleet(t).MoveSafe(t, "d", "south") }, flash},
			holds: all(sets("ann", "site", "south"), sets("bob", "firmware", "2.0")),
		},
		{
			at:    "lostupdate/jsonattr Move",
			given: given("games game", row{"game": "g", "doc": `{"moves":["e4"],"clock":{}}`, "edition": 1}),
			bug:   both(func(t turn) error { return (&jsonattr.Games{DB: t.db, Table: "games"}).Move(t, "g", t.who) }),
			safe:  both(func(t turn) error { return (&jsonattr.Games{DB: t.db, Table: "games"}).MoveSafe(t, "g", t.who) }),
			holds: keeps("doc"),
		},
		{
			at:    "lostupdate/jsonnotes Note",
			given: given("games game", row{"game": "g", "notes": `{"eve":"hm"}`, "edition": 1}),
			bug:   both(func(t turn) error { return (&jsonnotes.Games{DB: t.db, Table: "games"}).Note(t, "g", t.who, "!") }),
			safe:  both(func(t turn) error { return (&jsonnotes.Games{DB: t.db, Table: "games"}).NoteSafe(t, "g", t.who, "!") }),
			holds: keeps("notes"),
		},
		{
			at:    "lostupdate/maps Set",
			given: given("users id", row{"id": "USER#u", "prefs": row{"lang": "en"}}),
			bug:   both(func(t turn) error { return (&maps.Users{Client: t.db, Table: "users"}).Set(t, "u", t.who, "on") }),
			safe:  both(func(t turn) error { return (&maps.Users{Client: t.db, Table: "users"}).SetSafe(t, "u", t.who, "on") }),
			holds: keeps("prefs"),
		},
		{
			at:    "lostupdate/merged Report",
			given: given("visitors id", row{"id": "v", "name": "Li", "visits": 3}),
			bug:   both(func(t turn) error { return site(t).Report(t, &merged.Visitor{ID: "v", Visits: 2}) }),
			safe:  both(func(t turn) error { return site(t).ReportSafe(t, &merged.Visitor{ID: "v", Visits: 2}) }),
			holds: adds("visits", 2),
		},
		{
			at:    "lostupdate/merged Rename",
			given: given("visitors id", row{"id": "v", "name": "Li", "visits": 3}),
			bug:   []action{func(t turn) error { return site(t).Rename(t, "v", "Lee") }, visit},
			safe:  []action{func(t turn) error { return site(t).RenameSafe(t, "v", "Lee") }, visit},
			holds: adds("visits", 0, 2),
		},
		{
			at:    "lostupdate/merged Write",
			given: given("pages id", merged.Page{ID: "p", Words: 100, Rev: 7}),
			bug:   both(func(t turn) error { return site(t).Write(t, "p", 10) }),
			safe:  both(func(t turn) error { return site(t).WriteSafe(t, "p", 10) }),
			holds: adds("words", 10),
		},
		{
			at:    "lostupdate/multiresult Report",
			given: given("meters meter", row{"meter": "m", "units": 100, "tariff": "night"}),
			bug:   both(func(t turn) error { return multiresult.New(t.db, "meters").Report(t, "m", 8) }),
			safe:  both(func(t turn) error { return multiresult.New(t.db, "meters").ReportSafe(t, "m", 8) }),
			holds: adds("units", 8),
		},
		{
			at:    "lostupdate/nextrev Store",
			given: given("records host", row{"host": "h", "owner": "li", "rev": 4}),
			bug:   both(storesRevision((*nextrev.Records).Store)),
			safe:  both(storesRevision((*nextrev.Records).StoreSafe)),
			holds: adds("rev", 1),
		},
		{
			at:    "lostupdate/mutex Raise",
			given: given("jackpots game", row{"game": "g", "jackpot": 100}),
			bug:   both(func(t turn) error { return mutex.New(t.db, "jackpots").Raise(t, "g", 5) }),
			safe:  both(func(t turn) error { return mutex.New(t.db, "jackpots").RaiseSafe(t, "g", 5) }),
			holds: adds("jackpot", 5),
		},
		{
			at:    "lostupdate/outparam Seat",
			given: given("dinners _pk _sk", outparam.Table{PK: "DINNER#d", SK: "TABLE#1", Guests: []string{"eve"}, Seq: 3}),
			bug:   both(func(t turn) error { return outparam.DB{Client: t.db, Name: "dinners"}.Seat(t, "d", "1", t.who) }),
			safe:  both(func(t turn) error { return outparam.DB{Client: t.db, Name: "dinners"}.SeatSafe(t, "d", "1", t.who) }),
			holds: keeps("guests"),
		},
		{
			at:    "lostupdate/packagefuncs/orgs Rename",
			given: given("orgs orgId", db.Org{OrgID: "o", Name: "old"}),
			bug:   []action{onPackageClient(rename(orgs.Rename)), onPackageClient(disable)},
			safe:  []action{onPackageClient(rename(orgs.RenameSafe)), onPackageClient(disable)},
			holds: sets("bob", "disabled", true),
		},
		{
			at:    "lostupdate/packagefuncs/orgs Disable",
			given: given("orgs orgId", db.Org{OrgID: "o", Name: "old"}),
			bug:   []action{onPackageClient(rename(orgs.RenameSafe)), onPackageClient(disable)},
			holds: sets("ann", "name", "new"),
		},
		{
			at:    "lostupdate/partiql Goal",
			given: given("matches id", row{"id": "m", "score": 2}),
			bug:   both(func(t turn) error { return (&partiql.Board{DB: t.db}).Goal(t, "m") }),
			safe:  both(func(t turn) error { return (&partiql.Board{DB: t.db}).GoalSafe(t, "m") }),
			holds: adds("score", 1),
		},
		{
			at:    "lostupdate/patchall Change",
			given: given("mailboxes id", patchall.Mailbox{ID: "m", Name: "In", Parent: "root", Order: 1}),
			bug:   both(func(t turn) error { return mailboxes(t).Change(t, "m", changes(t.who)) }),
			safe:  both(func(t turn) error { return mailboxes(t).ChangeSafe(t, "m", changes(t.who)) }),
			holds: all(sets("ann", "name", "Inbox"), sets("bob", "parent", "archive")),
		},
		{
			at:    "lostupdate/queued Tag",
			given: given("reports id", row{"id": "r", "state": "new", "tags": []string{}, "version": 5}),
			bug:   []action{func(t turn) error { return reported(t).Tag(t, "r", "urgent") }, process},
			safe:  []action{func(t turn) error { return reported(t).TagSafe(t, "r", "urgent") }, process},
			holds: sets("bob", "state", "done"),
		},
		{
			at:    "lostupdate/projected Add",
			given: given("days date", projected.Day{Date: "d", Tasks: []string{"tea"}}),
			bug:   both(func(t turn) error { return (&projected.Diary{DB: t.db, Table: "days"}).Add(t, "d", t.who) }),
			safe:  both(func(t turn) error { return (&projected.Diary{DB: t.db, Table: "days"}).AddSafe(t, "d", t.who) }),
			holds: func(a *after) error {
				tasks, _ := a.it()["tasks"].([]any)
				for _, who := range a.done {
					if !slices.Contains(tasks, any(who)) {
						return fmt.Errorf("what %s has added is not in %v", who, tasks)
					}
				}
				return nil
			},
		},
		{
			at:    "lostupdate/readmodifyput Redeem",
			given: given("points id", readmodifyput.Account{ID: "a", Points: 100, Version: 1}),
			bug:   both(func(t turn) error { return (&readmodifyput.Program{DB: t.db, Table: "points"}).Redeem(t, "a", 60) }),
			safe:  both(func(t turn) error { return (&readmodifyput.Program{DB: t.db, Table: "points"}).RedeemSafe(t, "a", 60) }),
			holds: adds("points", -60),
		},
		{
			at:    "lostupdate/receiver Add",
			given: given("carts PK SK", receiver.Cart{PK: "CUSTOMER#c", SK: "CART", Rev: 1}),
			bug:   both(func(t turn) error { return receiver.NewCarts(t.db, "carts").Add(t, "c", receiver.Line{SKU: t.who}) }),
			safe:  both(func(t turn) error { return receiver.NewCarts(t.db, "carts").AddSafe(t, "c", receiver.Line{SKU: t.who}) }),
			holds: keeps("lines"),
		},
		{
			at:    "lostupdate/receiverfield Set",
			twin:  "SetSafe SaveSafe",
			given: given("baskets customer", row{"customer": "c", "content": `{"tea":1}`, "rev": 1}),
			bug:   both(func(t turn) error { return receiverfield.Set(t, t.db, "c", t.who, 2) }),
			safe:  both(func(t turn) error { return receiverfield.SetSafe(t, t.db, "c", t.who, 2) }),
			holds: keeps("content"),
		},
		{
			at: "lostupdate/recursion EndGame",
			given: given("rows session player", recursion.Row{Session: "s", Player: "eve"},
				recursion.Row{Session: "s", Player: "zoe"}),
			pageSize: 1,
			bug:      []action{endGame((*recursion.Store).EndGame), markPaid},
			safe:     []action{endGame((*recursion.Store).EndGameSafe), markPaid},
			holds:    sets("bob", "paid", true),
		},
		{
			at:    "lostupdate/reissued Attach",
			given: given("grants id", reissued.Grant{ID: "g", Org: "none", Role: "reader"}),
			bug:   []action{func(t turn) error { return grants(t).Attach(t, "g", "acme") }, appoint},
			safe:  []action{func(t turn) error { return grants(t).AttachSafe(t, "g", "acme") }, appoint},
			holds: sets("bob", "role", "owner"),
		},
		{
			at:    "lostupdate/rejoined Rate",
			given: given("players id", row{"id": "p", "name": "old", "games": []string{}, "level": 1, "version": 5}),
			bug:   []action{func(t turn) error { return crew(t).Rate(t, "p", 3) }, rejoin},
			safe:  []action{func(t turn) error { return crew(t).RateSafe(t, "p", 3) }, func(t turn) error { return crew(t).JoinSafe(t, "p", "new") }},
			holds: sets("bob", "name", "new"),
		},
		{
			at:    "lostupdate/rejoined Join",
			given: given("players id", row{"id": "p", "name": "old", "games": []string{}, "level": 1}),
			bug:   []action{func(t turn) error { return crew(t).Join(t, "p", "ann") }, win},
			safe:  []action{func(t turn) error { return crew(t).JoinSafe(t, "p", "ann") }, win},
			holds: func(a *after) error {
				if got := text(at(a.it(), "games")); a.did("bob") && !strings.Contains(got, "bob") {
					return fmt.Errorf("games are %s, without that of bob", got)
				}
				return nil
			},
		},
		{
			at:    "lostupdate/relogin Rate",
			given: given("users PK", row{"PK": "USER#u", "name": "old", "level": 1, "version": 5}),
			bug:   []action{func(t turn) error { return logins(t).Rate(t, "u", 3) }, login},
			safe:  []action{func(t turn) error { return logins(t).RateSafe(t, "u", 3) }, login},
			holds: sets("bob", "name", "new"),
		},
		{
			at:    "lostupdate/remade Set",
			given: given("alarms id", row{"id": "a", "at": "07:00", "muted": false, "rings": 3}),
			bug:   []action{func(t turn) error { return alarms(t).Set("a", "08:00") }, ring},
			safe:  []action{func(t turn) error { return alarms(t).SetSafe("a", "08:00") }, ring},
			holds: all(adds("rings", 0, 1), sets("ann", "at", "08:00")),
		},
		{
			at:    "lostupdate/replaced Tag",
			given: given("notes id", row{"id": "n", "text": "buy milk", "tags": "{}"}),
			bug:   both(func(t turn) error { return remarks(t).Tag("n", t.who) }),
			safe:  both(func(t turn) error { return remarks(t).TagSafe("n", t.who) }),
			holds: keeps("tags"),
		},
		{
			at:    "lostupdate/roundtrip Move",
			given: given("members memberId", row{"memberId": "m", "address": "old"}),
			bug:   []action{func(t turn) error { return members(t).Move(t, "m", "new") }, grant},
			safe:  []action{func(t turn) error { return members(t).MoveSafe(t, "m", "new") }, grant},
			holds: adds("credits", 0, 5),
		},
		{
			at:    "lostupdate/sdkv1 Book",
			given: given("sheets worker", row{"worker": "w", "hours": 10, "version": 1}),
			bug:   both(func(t turn) error { return sheets(t).Book("w", 3) }),
			safe:  both(func(t turn) error { return sheets(t).BookSafe(t, "w", 3) }),
			holds: adds("hours", 3),
		},
		{
			at:    "lostupdate/sdkv1 BookContext",
			given: given("sheets worker", row{"worker": "w", "hours": 10, "version": 1}),
			bug:   both(func(t turn) error { return sheets(t).BookContext(t, "w", 3) }),
			holds: adds("hours", 3),
		},
		{
			at:    "lostupdate/sdkv1 BookRequest",
			given: given("sheets worker", row{"worker": "w", "hours": 10, "version": 1}),
			bug:   both(func(t turn) error { return sheets(t).BookRequest("w", 3) }),
			holds: adds("hours", 3),
		},
		{
			at:    "lostupdate/units Pay",
			given: given("purses id", row{"id": "p", "amount": 1000}),
			bug:   both(func(t turn) error { return euros(t).Pay(t, "p", 5) }),
			safe:  both(func(t turn) error { return euros(t).PaySafe(t, "p", 5) }),
			holds: adds("amount", 500),
		},
		{
			at:    "lostupdate/updateset Deposit",
			given: given("wallets owner", row{"owner": "o", "balance": 100}),
			bug:   both(func(t turn) error { return (&updateset.Wallets{DB: t.db, Table: "wallets"}).Deposit(t, "o", 20) }),
			safe:  both(func(t turn) error { return (&updateset.Wallets{DB: t.db, Table: "wallets"}).DepositSafe(t, "o", 20) }),
			holds: adds("balance", 20),
		},
		{
			at:    "lostupdate/updateset Stamp",
			given: given("wallets owner", row{"owner": "o", "balance": 100}),
			bug:   both(func(t turn) error { return (&updateset.Wallets{DB: t.db, Table: "wallets"}).Stamp(t, "o", t.who) }),
			safe:  both(func(t turn) error { return (&updateset.Wallets{DB: t.db, Table: "wallets"}).StampSafe(t, "o", t.who) }),
			holds: keeps("stamps"),
		},
	}
}

func courts(t turn) *closure.Courts { return &closure.Courts{DB: t.db, Table: "courts"} }

func provision(f func(nodes.Events, context.Context, string, string) error) action {
	return func(t turn) error { return f(nodes.NewEvents(t.db, "nodes"), t, "n", "https://n") }
}

func destroy(f func(nodes.Events, context.Context, string) error) action {
	return func(t turn) error { return f(nodes.NewEvents(t.db, "nodes"), t, "n") }
}

func catalog(t turn) *service.Catalog { return service.NewCatalog(stock.NewRepo(t.db, "products")) }

func repairs(t turn) *builtupdate.Jobs { return &builtupdate.Jobs{DB: t.db, Table: "jobs"} }

func finish(t turn) error {
	if err := repairs(t).Note(t, "j", "quick"); err != nil {
		return err
	}
	return repairs(t).SetState(t, "j", "done", t.who)
}

func versioned(id string) func(row) bool {
	return func(r row) bool { return r["id"] == id && r["version"] != nil }
}

func euros(t turn) *units.Purses { return &units.Purses{DB: t.db, Table: "purses"} }

func reported(t turn) *queued.Reports { return &queued.Reports{DB: t.db, Table: "reports"} }

func process(t turn) error {
	report, err := reported(t).Get(t, "r")
	if err != nil {
		return err
	}
	message, err := json.Marshal(report)
	if err != nil {
		return err
	}
	reported(t).Work(t, [][]byte{message})
	return nil
}

func grants(t turn) *reissued.Grants { return &reissued.Grants{DB: t.db, Table: "grants"} }

func appoint(t turn) error { return grants(t).Appoint(t, "g", "owner") }

func crew(t turn) *rejoined.Players { return &rejoined.Players{DB: t.db, Table: "players"} }

// rejoin is for somebody who is not told that he may not.
func rejoin(t turn) error {
	if err := crew(t).Join(t, "p", "new"); err != nil {
		t.note(err)
	}
	return nil
}

func win(t turn) error { return crew(t).Won(t, "p", t.who) }

func people(t turn) *spelled.People { return &spelled.People{DB: t.db, Table: "people"} }

func logins(t turn) *relogin.Users { return &relogin.Users{DB: t.db, Table: "users"} }

// login is for somebody who is not told that he may not.
func login(t turn) error {
	if err := logins(t).Callback(t, "u", "new"); err != nil {
		t.note(err)
	}
	return nil
}

func bank(t turn) entity.Bank {
	return entity.Bank{Accounts: entity.NewRepository(t.db, "accounts")}
}

func family(t turn) *generichelper.Family { return &generichelper.Family{DB: t.db, Table: "children"} }

func named(name string) generichelper.Patch { return generichelper.Patch{Name: &name} }

func archive(t turn) error { return family(t).Archive(t, "f", "c") }

func fleet(t turn) *handwritten.Fleet { return handwritten.NewFleet(t.db, "fleet") }

func flash(t turn) error { return fleet(t).Flash(t, "d", "2.0") }

func rename(f func(context.Context, string, string) error) action {
	return func(t turn) error { return f(t, "o", "new") }
}

func disable(t turn) error { return orgs.Disable(t, "o") }

// contextual is the transport of a client that several clients share: each
// request goes where its context says.
type contextual struct{}

func (contextual) RoundTrip(req *http.Request) (*http.Response, error) {
	return explore.Transport(req.Context()).RoundTrip(req)
}

// onPackageClient runs an action on a fixture whose client is a variable of
// the package.
func onPackageClient(a action) action {
	return func(t turn) error {
		db.Use(explore.NewClient(contextual{}))
		return a(t)
	}
}

func mailboxes(t turn) *patchall.Mailboxes { return &patchall.Mailboxes{DB: t.db, Table: "mailboxes"} }

func changes(who string) patchall.Changes {
	name, parent := "Inbox", "archive"
	if who == "ann" {
		return patchall.Changes{Name: &name}
	}
	return patchall.Changes{Parent: &parent}
}

func endGame(f func(*recursion.Store, context.Context, string, map[string]bool) error) action {
	return func(t turn) error {
		return f(&recursion.Store{Client: t.db, Table: "rows"}, t, "s", map[string]bool{"eve": true})
	}
}

func storesRevision(f func(*nextrev.Records, context.Context, *nextrev.Record) (int64, error)) action {
	return func(t turn) error {
		_, err := f(&nextrev.Records{DB: t.db, Table: "records"}, t, &nextrev.Record{Host: "h", Owner: t.who})
		return err
	}
}

func markPaid(t turn) error {
	return (&recursion.Store{Client: t.db, Table: "rows"}).MarkPaid(t, "s", "eve")
}

func members(t turn) *roundtrip.Members { return &roundtrip.Members{DB: t.db, Table: "members"} }

func grant(t turn) error { return members(t).Grant(t, "m", 5) }

func sheets(t turn) *sdkv1.Sheets {
	return sdkv1.New(explore.NewClientV1(explore.Transport(t)), "sheets")
}

func site(t turn) *merged.Site { return &merged.Site{DB: t.db, Visitors: "visitors", Pages: "pages"} }

func visit(t turn) error { return site(t).ReportSafe(t, &merged.Visitor{ID: "v", Visits: 2}) }

func alarms(t turn) *remade.Alarms {
	return &remade.Alarms{DB: explore.NewClientV1(explore.Transport(t)), Table: "alarms"}
}

func ring(t turn) error { return alarms(t).Ring("a") }

func remarks(t turn) *replaced.Notes {
	return &replaced.Notes{DB: explore.NewClientV1(explore.Transport(t)), Table: "notes"}
}

func scores(t turn) *bykey.Scores { return &bykey.Scores{DB: t.db, Table: "scores"} }
