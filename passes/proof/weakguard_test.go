package proof

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ddbvet/ddbvet/testdata/weakguard/builtcondition"
	"github.com/ddbvet/ddbvet/testdata/weakguard/bypass"
	"github.com/ddbvet/ddbvet/testdata/weakguard/eachput"
	"github.com/ddbvet/ddbvet/testdata/weakguard/emptybuilder"
	"github.com/ddbvet/ddbvet/testdata/weakguard/freshkey"
	"github.com/ddbvet/ddbvet/testdata/weakguard/onepath"
	"github.com/ddbvet/ddbvet/testdata/weakguard/otherattribute"
	"github.com/ddbvet/ddbvet/testdata/weakguard/ownvalue"
	"github.com/ddbvet/ddbvet/testdata/weakguard/presence/service"
	"github.com/ddbvet/ddbvet/testdata/weakguard/presence/store"
	"github.com/ddbvet/ddbvet/testdata/weakguard/relabelled"
	"github.com/ddbvet/ddbvet/testdata/weakguard/retrydefeat"
	"github.com/ddbvet/ddbvet/testdata/weakguard/secondread"
	"github.com/ddbvet/ddbvet/testdata/weakguard/switchcond"
	"github.com/ddbvet/ddbvet/testdata/weakguard/timestamp"
	"github.com/ddbvet/ddbvet/testdata/weakguard/transaction"
	"github.com/ddbvet/ddbvet/testdata/weakguard/txbuilder"
	"github.com/ddbvet/ddbvet/testdata/weakguard/unarchived"
	"github.com/ddbvet/ddbvet/testdata/weakguard/unbumpedversion"
	"github.com/ddbvet/ddbvet/testdata/weakguard/watermark"
	"github.com/ddbvet/ddbvet/testdata/weakguard/wrapped"
	"github.com/ddbvet/ddbvet/testdata/weakguard/wrappercondition"
)

func weakGuards() []scenario {
	room := given("hotel pk", wrappercondition.Room{PK: "ROOM#1", Guest: "eve", Version: 1})
	account := given("accounts accountId", row{"accountId": "a", "address": "street", "version": 1})
	rename := func(call func(*wrapped.Channels, context.Context, string, string) error, value string) action {
		return func(t turn) error { return call(&wrapped.Channels{DB: t.db, Table: "channels"}, t, "c", value) }
	}
	return []scenario{
		{
			at:    "weakguard/watermark Read",
			given: given("readers name", watermark.Reader{Name: "r", Page: 1}),
			bug:   both(func(t turn) error { return (&watermark.Readers{DB: t.db, Table: "readers"}).Read(t, "r", 10) }),
			safe:  both(func(t turn) error { return (&watermark.Readers{DB: t.db, Table: "readers"}).ReadSafe(t, "r", 10) }),
			holds: adds("page", 10),
		},
		{
			at:    "weakguard/wrapped Rename",
			given: given("channels pk", row{"pk": "c", "id": "c", "name": "old", "topic": "none"}),
			bug:   []action{rename((*wrapped.Channels).Rename, "new"), rename((*wrapped.Channels).Discuss, "talk")},
			safe:  []action{rename((*wrapped.Channels).RenameSafe, "new"), rename((*wrapped.Channels).Discuss, "talk")},
			holds: all(sets("ann", "name", "new"), sets("bob", "topic", "talk")),
		},
		{
			at:    "weakguard/builtcondition Vote",
			given: given("polls poll", row{"poll": "p", "isOpen": true, "tally": 3}),
			bug:   both(func(t turn) error { return (&builtcondition.Polls{DB: t.db, Table: "polls"}).Vote(t, "p") }),
			safe:  both(func(t turn) error { return (&builtcondition.Polls{DB: t.db, Table: "polls"}).VoteSafe(t, "p") }),
			holds: adds("tally", 1),
		},
		{
			at: "weakguard/bypass Bill",
			given: append(given("orders id", bypass.Order{ID: "o", Lines: map[string]int{"tea": 1}, Version: 1}),
				given("invoices id")...),
			bug:   []action{func(t turn) error { return invoicing(t).Bill(t, "o") }, changeOrder},
			safe:  []action{func(t turn) error { return invoicing(t).BillSafe(t, "o") }, changeOrder},
			holds: sets("bob", "pieces.tea", 3.0),
		},
		{
			at: "weakguard/relabelled Relabel",
			given: append(given("boxes id", row{"id": "b", "label": "loft", "revision": 1, "things": []any{"vase"}}),
				given("logs id")...),
			bug:   []action{func(t turn) error { return moving(t).Relabel(t, "b", "cellar") }, pack},
			safe:  []action{func(t turn) error { return moving(t).RelabelSafe(t, "b", "cellar") }, pack},
			holds: packed,
		},
		{
			at:    "weakguard/eachput Redeem",
			given: given("club id", eachput.Points{ID: "p", Point: 100}),
			bug:   both(func(t turn) error { return club(t).Redeem(t, "p", t.who, 10) }),
			safe:  both(func(t turn) error { return club(t).RedeemSafe(t, "p", t.who, 10) }),
			holds: adds("point", -10),
		},
		{
			at:    "weakguard/emptybuilder AddSkill",
			given: given("profiles user", emptybuilder.Profile{User: "u", Skills: []string{"tea"}, Version: 1}),
			bug: both(func(t turn) error {
				return (&emptybuilder.Profiles{Dynamo: t.db, Table: "profiles"}).AddSkill(t, "u", t.who)
			}),
			safe: both(func(t turn) error {
				return (&emptybuilder.Profiles{Dynamo: t.db, Table: "profiles"}).AddSkillSafe(t, "u", t.who)
			}),
			holds: keeps("skills"),
		},
		{
			at:    "weakguard/freshkey Book",
			given: given("ledger account id"),
			bug:   both(func(t turn) error { return (&freshkey.Ledger{DB: t.db, Table: "ledger"}).Book(t, "a", 30) }),
			safe:  both(func(t turn) error { return (&freshkey.Ledger{DB: t.db, Table: "ledger"}).BookSafe(t, "a", 30) }),
			holds: lastBalanceIsSum,
		},
		{
			at:    "weakguard/onepath Append",
			given: given("wiki Slug", onepath.Page{Slug: "s", Rev: 1}),
			bug:   []action{appendTo(onepath.Options{}), appendTo(onepath.Options{Check: true})},
			safe:  both(func(t turn) error { return wiki(t).AppendSafe(t, "s", t.who) }),
			holds: keeps("Paragraphs"),
		},
		{
			at:    "weakguard/otherattribute Refund",
			given: given("subscriptions pk", otherattribute.Subscription{PK: "SUB#s", Status: "ACTIVE", Credit: 100}),
			bug:   both(func(t turn) error { return otherattribute.Refund(t, t.db, "s", 50) }),
			safe:  both(func(t turn) error { return otherattribute.RefundSafe(t, t.db, "s", 50) }),
			holds: adds("credit", 50),
		},
		{
			at:    "weakguard/ownvalue Turn",
			given: given("rooms room", row{"room": "r", "target": 20}),
			bug:   []action{turnBy((*ownvalue.Thermostats).Turn, 1), turnBy((*ownvalue.Thermostats).Turn, -2)},
			safe:  []action{turnBy((*ownvalue.Thermostats).TurnSafe, 1), turnBy((*ownvalue.Thermostats).TurnSafe, -2)},
			holds: adds("target", 1, -2),
		},
		{
			at:    "weakguard/presence/service Join",
			given: account,
			bug:   both(func(t turn) error { return cooperative(t).Join(t, "a", t.who) }),
			safe:  both(func(t turn) error { return cooperative(t).JoinSafe(t, "a", t.who) }),
			holds: keeps("members"),
		},
		{
			at:    "weakguard/presence/service Leave",
			given: account,
			bug: []action{
				func(t turn) error { return cooperative(t).JoinSafe(t, "a", t.who) },
				func(t turn) error { return cooperative(t).Leave(t, "a", "eve") },
			},
			holds: func(a *after) error {
				if it := a.it(); a.did("ann") && text(it["members"]) != "[ann]" {
					return fmt.Errorf("ann is no member: %v", it)
				}
				return nil
			},
		},
		{
			at:    "weakguard/retrydefeat Add",
			given: given("carts customer sku", row{"customer": "c", "sku": "tea", "qty": 3, "version": 7}),
			bug:   both(func(t turn) error { return cart(t).Add(t, "tea", 1) }),
			safe:  both(func(t turn) error { return cart(t).AddSafe(t, "tea", 1) }),
			holds: adds("qty", 1),
		},
		{
			at:    "weakguard/secondread Seat",
			given: given("plans wedding", secondread.Plan{Wedding: "w", Seats: map[string]string{"eve": "1"}, Version: 1}),
			bug:   both(func(t turn) error { return (&secondread.Plans{DB: t.db, Table: "plans"}).Seat(t, "w", t.who, "2") }),
			safe:  both(func(t turn) error { return (&secondread.Plans{DB: t.db, Table: "plans"}).SeatSafe(t, "w", t.who, "2") }),
			holds: keeps("seats"),
		},
		{
			at:    "weakguard/secondread Swap",
			given: given("plans wedding", secondread.Plan{Wedding: "w", Seats: map[string]string{"eve": "1", "tom": "2"}, Version: 1}),
			bug: []action{
				func(t turn) error { return (&secondread.Plans{DB: t.db, Table: "plans"}).Swap(t, "w", "eve", "tom") },
				func(t turn) error { return (&secondread.Plans{DB: t.db, Table: "plans"}).Seat(t, "w", "bob", "3") },
			},
			holds: all(sets("ann", "seats.eve", "2"), sets("bob", "seats.bob", "3")),
		},
		{
			at:    "weakguard/switchcond AddHop",
			given: given("routes route", switchcond.Route{Name: "r", Hops: []string{"eve"}, Rev: 1}),
			bug: both(func(t turn) error {
				return (&switchcond.Routes{DB: t.db, Table: "routes"}).AddHop(t, "r", t.who, switchcond.Lax)
			}),
			safe:  both(func(t turn) error { return (&switchcond.Routes{DB: t.db, Table: "routes"}).AddHopSafe(t, "r", t.who) }),
			holds: keeps("hops"),
		},
		{
			at:    "weakguard/timestamp Add",
			given: given("charts patient", timestamp.Chart{Patient: "p", Lines: []string{"eve"}, Updated: 1}),
			bug:   both(func(t turn) error { return (&timestamp.Charts{DB: t.db, Table: "charts"}).Add(t, "p", t.who) }),
			safe:  both(func(t turn) error { return (&timestamp.Charts{DB: t.db, Table: "charts"}).AddSafe(t, "p", t.who) }),
			holds: keeps("entries"),
		},
		{
			at:    "weakguard/transaction Amend",
			given: append(given("deeds uid", transaction.Deed{UID: "d", Version: 1}), given("log uid applied")...),
			bug:   both(func(t turn) error { return transaction.NewRegistry(t.db, "deeds", "log").Amend(t, "d", t.who, t.who) }),
			safe: both(func(t turn) error {
				return transaction.NewRegistry(t.db, "deeds", "log").AmendSafe(t, "d", t.who, t.who)
			}),
			holds: all(keeps("amendments"), logged),
		},
		{
			at:    "weakguard/txbuilder Rename",
			given: given("blog pk", txbuilder.Article{PK: "ARTICLE#1", Slug: "old", Likes: 9}, row{"pk": "SLUG#old"}),
			bug:   []action{func(t turn) error { return blog(t).Rename(t, "1", "New", "new") }, like},
			safe:  []action{func(t turn) error { return blog(t).RenameSafe(t, "1", "New", "new") }, like},
			holds: adds("likes", 0, 1),
		},
		{
			at:    "weakguard/unarchived Unarchive",
			given: given("habits PK", row{"PK": "ARCHIVED#h", "Title": "run", "Days": []string{}}),
			bug:   []action{func(t turn) error { return habits(t).Unarchive(t, "h") }, retitled},
			safe:  []action{func(t turn) error { return habits(t).UnarchiveSafe(t, "h") }, retitled},
			holds: func(a *after) error {
				if found := a.rows("habits", func(r row) bool { return r["Title"] == "swim" }); a.did("bob") && len(found) == 0 {
					return fmt.Errorf("the title of bob is gone after %v", a.done)
				}
				return nil
			},
		},
		{
			at:    "weakguard/unbumpedversion AddDish",
			given: given("menus day", unbumpedversion.Menu{Day: "d", Dishes: []string{"soup"}, Version: 1}),
			bug: both(func(t turn) error {
				return (&unbumpedversion.Kitchen{Client: t.db, Table: "menus"}).AddDish(t, "d", t.who)
			}),
			safe: both(func(t turn) error {
				return (&unbumpedversion.Kitchen{Client: t.db, Table: "menus"}).AddDishSafe(t, "d", t.who)
			}),
			holds: keeps("dishes"),
		},
		{
			at:    "weakguard/wrappercondition Note",
			given: room,
			bug:   []action{writeNote((*wrappercondition.Desk).Note), cancel((*wrappercondition.Desk).CancelSafe)},
			safe:  []action{writeNote((*wrappercondition.Desk).NoteSafe), cancel((*wrappercondition.Desk).CancelSafe)},
			holds: sets("bob", "guest", ""),
		},
		{
			at:    "weakguard/wrappercondition Cancel",
			given: room,
			bug:   []action{writeNote((*wrappercondition.Desk).NoteSafe), cancel((*wrappercondition.Desk).Cancel)},
			safe:  []action{writeNote((*wrappercondition.Desk).NoteSafe), cancel((*wrappercondition.Desk).CancelSafe)},
			holds: sets("bob", "guest", ""),
		},
	}
}

func invoicing(t turn) *bypass.Orders {
	return &bypass.Orders{DB: t.db, Orders: "orders", Invoices: "invoices"}
}

func changeOrder(t turn) error { return invoicing(t).Change(t, "o", "tea", 3) }

// lastBalanceIsSum says that the last entry of the ledger knows all others.
func lastBalanceIsSum(a *after) error {
	var sum float64
	last := row{}
	for _, r := range a.rows("ledger", every) {
		sum += number(r["amount"])
		if text(r["id"]) > text(last["id"]) || len(last) == 0 {
			last = r
		}
	}
	if number(last["balance"]) != sum {
		return fmt.Errorf("the last balance is %v, the sum %v", last["balance"], sum)
	}
	return nil
}

func wiki(t turn) *onepath.Wiki { return &onepath.Wiki{DB: t.db, Table: "wiki"} }

func appendTo(o onepath.Options) action {
	return func(t turn) error { return wiki(t).Append(t, "s", t.who, o) }
}

func turnBy(f func(*ownvalue.Thermostats, context.Context, string, int) error, by int) action {
	return func(t turn) error { return f(&ownvalue.Thermostats{DB: t.db, Table: "rooms"}, t, "r", by) }
}

func cooperative(t turn) *service.Members {
	return &service.Members{Accounts: store.NewAccounts(t.db, "accounts"), Now: time.Now}
}

func cart(t turn) *retrydefeat.Cart {
	return &retrydefeat.Cart{DB: t.db, Table: "carts", Customer: "c"}
}

// logged says that the log tells of every amendment that was accepted.
func logged(a *after) error {
	if log := a.rows("log", every); len(log) != len(a.done) {
		return fmt.Errorf("%v amended, the log has %v", a.done, log)
	}
	return nil
}

func blog(t turn) *txbuilder.Blog { return &txbuilder.Blog{DB: t.db, Table: "blog"} }

func like(t turn) error { return blog(t).Like(t, "1") }

func writeNote(f func(*wrappercondition.Desk, context.Context, string, string) error) action {
	return func(t turn) error { return f(wrappercondition.NewDesk(t.db, "hotel"), t, "1", "late") }
}

func cancel(f func(*wrappercondition.Desk, context.Context, string) error) action {
	return func(t turn) error { return f(wrappercondition.NewDesk(t.db, "hotel"), t, "1") }
}

func moving(t turn) *relabelled.Move {
	return &relabelled.Move{DB: t.db, Boxes: "boxes", Logs: "logs"}
}

func pack(t turn) error { return moving(t).Pack(t, "b", "lamp") }

// packed holds when what was packed is in the box.
func packed(a *after) error {
	things, _ := a.item("boxes", row{"id": "b"})["things"].([]any)
	if a.did("bob") && !slices.Contains(things, any("lamp")) {
		return fmt.Errorf("bob has packed a lamp, in the box are %v", things)
	}
	return nil
}

func habits(t turn) *unarchived.Habits { return &unarchived.Habits{DB: t.db, Table: "habits"} }

func retitled(t turn) error { return habits(t).Retitle(t, "h", "swim") }

func club(t turn) *eachput.Club { return &eachput.Club{DB: t.db, Table: "club"} }
