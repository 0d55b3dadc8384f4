package proof

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/burncode"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/claim"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/consumeonce"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/createonce"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/deletestate"
	lockertable "github.com/ddbvet/ddbvet/testdata/checkthenact/embeddediface/dynamo"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/embeddediface/lockers"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/emptynull"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/existshelper"
	reservations "github.com/ddbvet/ddbvet/testdata/checkthenact/funcport/dynamo"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/funcport/tables"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/idempotency"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/inprogram"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/lazydefault"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/lockrelease"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/migrated"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/notfounderr"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/plaincondition"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/quotaerr"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/refcount"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/rentals"
	parking "github.com/ddbvet/ddbvet/testdata/checkthenact/sdkv1"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/seatmap"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/serverdecrement"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/statemachine"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/twolookups"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/unbind"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/wallets"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/winner"
)

func checksThenActs() []scenario {
	coupon := consumeonce.Coupon{Code: "c", Discount: 10, Expires: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	order := given("orders pk sk", row{"pk": "ORDER#o", "sk": "#META", "status": string(statemachine.Open)})
	return []scenario{
		{
			at:    "checkthenact/seatmap Sit",
			given: emptyRoom(),
			bug:   both(func(t turn) error { return seatRooms(t).Sit(t, "1", "3b", t.who) }),
			safe:  both(func(t turn) error { return seatRooms(t).SitSafe(t, "1", "3b", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/seatmap SitEmpty",
			given: emptyRoom(),
			bug:   both(func(t turn) error { return seatRooms(t).SitEmpty(t, "1", "3b", t.who) }),
			safe:  both(func(t turn) error { return seatRooms(t).SitEmptySafe(t, "1", "3b", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/seatmap Enter",
			given: emptyRoom(),
			bug:   both(func(t turn) error { return seatRooms(t).Enter(t, "1", "eve") }),
			safe:  both(func(t turn) error { return seatRooms(t).EnterSafe(t, "1", "eve") }),
			holds: once,
		},
		{
			at:    "checkthenact/inprogram Edit",
			given: someForm(),
			bug:   both(func(t turn) error { return formOffice(t).Edit(t, inprogram.Form{ID: "1", Text: t.who, Version: 1}) }),
			safe:  both(func(t turn) error { return formOffice(t).EditSafe(t, inprogram.Form{ID: "1", Text: t.who, Version: 1}) }),
			holds: once,
		},
		{
			at:    "checkthenact/inprogram Close",
			given: someForm(),
			bug:   both(func(t turn) error { return formOffice(t).Close(t, "1", "closed", t.who) }),
			safe:  both(func(t turn) error { return formOffice(t).CloseSafe(t, "1", "closed", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/inprogram Redeem",
			given: someForm(),
			bug:   both(func(t turn) error { return formOffice(t).Redeem(t, "1") }),
			safe:  both(func(t turn) error { return formOffice(t).RedeemSafe(t, "1") }),
			holds: once,
		},
		{
			at:    "checkthenact/refcount Drop",
			given: given("blobs id", row{"id": "b", "refs": 1}),
			bug:   []action{func(t turn) error { return blobs(t).Drop(t, "b") }, take},
			safe:  []action{func(t turn) error { return blobs(t).DropSafe(t, "b") }, take},
			holds: func(a *after) error {
				if a.did("bob") && a.item("blobs", row{"id": "b"}) == nil {
					return fmt.Errorf("bob has a reference to a blob that is gone")
				}
				return nil
			},
		},
		{
			at:    "checkthenact/refcount Take",
			given: given("blobs id", row{"id": "b", "refs": 1}),
			safe:  both(take),
			holds: func(a *after) error {
				if it := a.item("blobs", row{"id": "b"}); it["refs"] != float64(1+len(a.done)) {
					return fmt.Errorf("%v have a reference, counted are %v", a.done, it["refs"])
				}
				return nil
			},
		},
		{
			at:    "checkthenact/twolookups Open",
			given: given("files pk"),
			bug:   both(opens((*twolookups.Files).Open)),
			safe:  both(opens((*twolookups.Files).OpenSafe)),
			holds: func(a *after) error {
				entry := a.item("files", row{"pk": "PATIENT#p"})
				for _, n := range a.notes() {
					if entry["file"] != n.v {
						return fmt.Errorf("%s opened %v, the patient has %v", n.who, n.v, entry["file"])
					}
				}
				return nil
			},
		},
		{
			at:    "checkthenact/unbind Unbind",
			given: given("channels channel", row{"channel": "c", "aliases": row{"a": "old"}}),
			bug:   []action{func(t turn) error { return aliases(t).Unbind(t, "c", "a", "old") }, bind},
			safe:  []action{func(t turn) error { return aliases(t).UnbindSafe(t, "c", "a", "old") }, bind},
			holds: stillBound,
		},
		{
			at:    "checkthenact/unbind Bind",
			given: given("channels channel", row{"channel": "c", "aliases": row{"a": "old"}}),
			safe:  both(bind),
			holds: stillBound,
		},
		{
			at:    "checkthenact/winner Archive",
			given: given("jobs id", row{"id": "j", "state": "done"}),
			bug:   []action{func(t turn) error { return jobs(t).Archive(t, "j", t.who) }, reopen},
			safe:  []action{func(t turn) error { return jobs(t).ArchiveSafe(t, "j", t.who) }, reopen},
			holds: func(a *after) error {
				if a.did("bob") && a.item("jobs", row{"id": "j"}) == nil {
					return errors.New("bob's job is gone")
				}
				return nil
			},
		},
		{
			at:    "checkthenact/claim Next",
			given: given("jobs queue id", claim.Job{Queue: "q", ID: "1"}, claim.Job{Queue: "q", ID: "2"}),
			bug:   both(next((*claim.Queue).Next)),
			safe:  both(next((*claim.Queue).NextSafe)),
			holds: distinct,
		},
		{
			at:    "checkthenact/consumeonce Redeem",
			given: given("coupons code", coupon),
			bug:   both(func(t turn) error { return err(shop(t).Redeem(t, "c", t.who)) }),
			safe:  both(func(t turn) error { return err(shop(t).RedeemSafe(t, "c", t.who)) }),
			holds: once,
		},
		{
			at:    "checkthenact/createonce Claim",
			given: given("handles handle"),
			about: row{"handle": "h"},
			bug:   both(func(t turn) error { return createonce.Handles{Client: t.db, Table: "handles"}.Claim(t, "h", t.who) }),
			safe:  both(func(t turn) error { return createonce.Handles{Client: t.db, Table: "handles"}.ClaimSafe(t, "h", t.who) }),
			holds: keeps("owner"),
		},
		{
			at:    "checkthenact/deletestate Delete",
			given: given("board id", deletestate.Job{ID: "j", State: "draft"}),
			bug:   []action{func(t turn) error { return board(t).Delete(t, "j") }, publish},
			safe:  []action{func(t turn) error { return board(t).DeleteSafe(t, "j") }, publish},
			holds: sets("bob", "state", "public"),
		},
		{
			at:    "checkthenact/embeddediface/lockers Take",
			given: given("lockers locker", row{"locker": "12"}),
			bug:   both(func(t turn) error { return pool(t).Take(t, "12", t.who) }),
			safe:  both(func(t turn) error { return pool(t).TakeSafe(t, "12", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/existshelper Create",
			given: given("lists name"),
			bug:   both(func(t turn) error { return existshelper.NewRegistry(t.db, "lists").Create(t, offers(t)) }),
			safe:  both(func(t turn) error { return existshelper.NewRegistry(t.db, "lists").CreateSafe(t, offers(t)) }),
			holds: func(a *after) error {
				if len(a.done) != 1 {
					return fmt.Errorf("%v made the list", a.done)
				}
				return nil
			},
		},
		{
			at:    "checkthenact/funcport/tables Reserve",
			given: given("book tableNo slot"),
			bug:   both(reserve(func(b reservations.Book) tables.SaveFunc { return tables.Reserve(b.Find, b.Save) })),
			safe:  both(reserve(func(b reservations.Book) tables.SaveFunc { return tables.ReserveSafe(b.Find, b.SaveNew) })),
			holds: once,
		},
		{
			at:    "checkthenact/idempotency Once",
			given: given("answers id"),
			bug:   both(pay((*idempotency.Answers).Once)),
			safe:  both(pay((*idempotency.Answers).OnceSafe)),
			holds: func(a *after) error {
				if len(a.notes()) > 1 {
					return fmt.Errorf("the handler ran %d times", len(a.notes()))
				}
				return nil
			},
		},
		{
			at:    "checkthenact/lazydefault Get",
			given: given("prefs userId"),
			about: row{"userId": "u"},
			bug:   []action{func(t turn) error { return err(settings(t).Get(t, "u")) }, saveSettings},
			safe:  []action{func(t turn) error { return err(settings(t).GetSafe(t, "u")) }, saveSettings},
			holds: sets("bob", "digest", "never"),
		},
		{
			at:    "checkthenact/lazydefault GetUnstored",
			given: given("prefs userId"),
			about: row{"userId": "u"},
			safe:  []action{func(t turn) error { return err(settings(t).GetUnstored(t, "u")) }, saveSettings},
			holds: sets("bob", "digest", "never"),
		},
		{
			at:    "checkthenact/lockrelease Release",
			given: given("locks lockName", lockrelease.Lock{Name: "l", Holder: "ann", Expires: 1}),
			bug:   []action{func(t turn) error { return locker(t).Release(t, "l") }, acquire},
			safe:  []action{func(t turn) error { return locker(t).ReleaseSafe(t, "l") }, acquire},
			holds: sets("bob", "holder", "bob"),
		},
		{
			at:    "checkthenact/notfounderr Ensure",
			given: given("rooms name"),
			about: row{"name": "r"},
			bug:   []action{func(t turn) error { return err(rooms(t).Ensure(t, "r", "tea")) }, ensureAndJoin},
			safe:  []action{func(t turn) error { return err(rooms(t).EnsureSafe(t, "r", "tea")) }, ensureAndJoin},
			holds: joined,
		},
		{
			at:    "checkthenact/notfounderr Open",
			given: given("rooms name"),
			about: row{"name": "r"},
			bug:   []action{func(t turn) error { return rooms(t).Open(t, "r", "tea") }, ensureAndJoin},
			holds: joined,
		},
		{
			at:    "checkthenact/migrated Run",
			given: given("steps id", row{"id": "steps", "step": 0}),
			bug:   both(func(t turn) error { return steps(t).Run(t, func(n int) { t.note(n) }, 1) }),
			safe:  both(func(t turn) error { return steps(t).RunSafe(t, func(n int) { t.note(n) }, 1) }),
			holds: func(a *after) error {
				if n := len(a.notes()); n > 1 {
					return fmt.Errorf("the step was taken %d times", n)
				}
				return nil
			},
		},
		{
			at:    "checkthenact/plaincondition Confirm",
			given: given("uploads id", plaincondition.Upload{ID: "u", Status: "pending"}),
			bug:   both(func(t turn) error { return uploads(t).Confirm(t, "u", t.who) }),
			safe:  both(func(t turn) error { return uploads(t).ConfirmSafe(t, "u", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/quotaerr StartProject",
			given: given("tenants tenant", row{"tenant": "t", "used": 4, "limit": 5}),
			bug:   both(func(t turn) error { return (&quotaerr.Service{Client: t.db, Table: "tenants"}).StartProject(t, "t") }),
			safe: both(func(t turn) error {
				return (&quotaerr.Service{Client: t.db, Table: "tenants"}).StartProjectSafe(t, "t")
			}),
			holds: func(a *after) error {
				if it := a.it(); number(it["used"]) > number(it["limit"]) {
					return fmt.Errorf("used %v of %v", it["used"], it["limit"])
				}
				return nil
			},
		},
		{
			at:    "checkthenact/rentals Take",
			given: given("boats id", rentals.Boat{ID: "b", State: rentals.Returned}),
			bug:   both(func(t turn) error { return harbour(t).Take(t, "b") }),
			safe:  both(func(t turn) error { return harbour(t).TakeSafe(t, "b") }),
			holds: once,
		},
		{
			at:    "checkthenact/rentals Pay",
			given: given("purses owner", row{"owner": "o", "cents": 50}),
			bug:   both(func(t turn) error { return harbour(t).Pay(t, "o", "", 30) }),
			safe:  both(func(t turn) error { return harbour(t).PaySafe(t, "o", "", 30) }),
			holds: once,
		},
		{
			at:    "checkthenact/rentals Christen",
			given: given("names name"),
			about: row{"name": "n"},
			bug:   both(func(t turn) error { return harbour(t).Christen(t, t.who, "n") }),
			safe:  both(func(t turn) error { return harbour(t).ChristenSafe(t, t.who, "n") }),
			holds: keeps("boat"),
		},
		{
			at:    "checkthenact/sdkv1 Park",
			given: given("garage spot", row{"spot": "1"}),
			bug:   both(func(t turn) error { return garage(t).Park(t, "1", t.who) }),
			safe:  both(func(t turn) error { return garage(t).ParkSafe(t, "1", t.who) }),
			holds: once,
		},
		{
			at: "checkthenact/serverdecrement Transfer",
			given: given("bank number", serverdecrement.Account{Number: "from", Cents: 100},
				serverdecrement.Account{Number: "to", Cents: 0}),
			bug:   both(func(t turn) error { return serverdecrement.NewBank(t.db, "bank").Transfer(t, "from", "to", 80) }),
			safe:  both(func(t turn) error { return serverdecrement.NewBank(t.db, "bank").TransferSafe(t, "from", "to", 80) }),
			holds: atMost(0, "bank", func(r row) bool { return number(r["cents"]) < 0 }),
		},
		{
			at:    "checkthenact/burncode Redeem",
			given: given("codes code", burncode.Code{Code: "c"}),
			bug:   both(func(t turn) error { return err((&burncode.Codes{DB: t.db, Table: "codes"}).Redeem(t, "c", t.who)) }),
			safe:  both(func(t turn) error { return err((&burncode.Codes{DB: t.db, Table: "codes"}).RedeemSafe(t, "c", t.who)) }),
			holds: once,
		},
		{
			at:    "checkthenact/emptynull Take",
			given: given("desks id", row{"id": "d", "holder": nil}),
			bug:   both(func(t turn) error { return office(t).Take(t, "d", t.who) }),
			safe:  both(func(t turn) error { return office(t).TakeSafe(t, "d", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/wallets Pay",
			given: given("wallets id", row{"id": "w", "owner_name": "o", "Funds": 100}),
			bug:   both(func(t turn) error { return (&wallets.Wallets{DB: t.db, Table: "wallets"}).Pay(t, "w", 80) }),
			safe:  both(func(t turn) error { return (&wallets.Wallets{DB: t.db, Table: "wallets"}).PaySafe(t, "w", 80) }),
			holds: atMost(0, "wallets", func(r row) bool { return number(r["Funds"]) < 0 }),
		},
		{
			at:    "checkthenact/statemachine Ship",
			given: order,
			bug:   []action{orders((*statemachine.Orders).Ship), orders((*statemachine.Orders).CancelSafe)},
			safe:  []action{orders((*statemachine.Orders).ShipSafe), orders((*statemachine.Orders).CancelSafe)},
			holds: once,
		},
		{
			at:    "checkthenact/statemachine Cancel",
			given: order,
			bug:   []action{orders((*statemachine.Orders).ShipSafe), orders((*statemachine.Orders).Cancel)},
			safe:  both(orders((*statemachine.Orders).CancelSafe)),
			holds: once,
		},
	}
}

func next(f func(*claim.Queue, context.Context, string) (claim.Job, error)) action {
	return func(t turn) error {
		job, err := f(&claim.Queue{DB: t.db, Table: "jobs", Name: "q"}, t, t.who)
		if err == nil {
			t.note(job.ID)
		}
		return err
	}
}

// distinct says that no two clients noted the same.
func distinct(a *after) error {
	seen := map[any]string{}
	for _, n := range a.notes() {
		if other, ok := seen[n.v]; ok {
			return fmt.Errorf("%s and %s both have %v", other, n.who, n.v)
		}
		seen[n.v] = n.who
	}
	return nil
}

func shop(t turn) *consumeonce.Shop {
	return &consumeonce.Shop{DB: t.db, Coupons: "coupons", Clock: time.Now}
}

func steps(t turn) *migrated.Steps { return &migrated.Steps{DB: t.db, Table: "steps"} }

func uploads(t turn) *plaincondition.Uploads {
	return &plaincondition.Uploads{DB: t.db, Table: "uploads"}
}

func board(t turn) *deletestate.Board { return &deletestate.Board{DB: t.db, Table: "board"} }

func publish(t turn) error { return board(t).Publish(t, "j") }

func pool(t turn) lockers.Pool { return lockers.Pool{Lockers: lockertable.New(t.db, "lockers")} }

func offers(t turn) existshelper.List {
	return existshelper.List{Name: "offers", Description: t.who}
}

func reserve(wire func(reservations.Book) tables.SaveFunc) action {
	return func(t turn) error {
		return wire(reservations.Book{DB: t.db, Name: "book"})(t, "7", "20:00", t.who)
	}
}

func pay(wrap func(*idempotency.Answers, idempotency.Handler) idempotency.Handler) action {
	return func(t turn) error {
		handler := func(context.Context, string, string) (string, error) {
			t.note("ran")
			return "paid", nil
		}
		return err(wrap(&idempotency.Answers{DB: t.db, Table: "answers"}, handler)(t, "key", "body"))
	}
}

func settings(t turn) *lazydefault.Store { return &lazydefault.Store{DB: t.db, Table: "prefs"} }

func saveSettings(t turn) error {
	return settings(t).Save(t, lazydefault.Settings{User: "u", Digest: "never"})
}

func locker(t turn) *lockrelease.Locker { return &lockrelease.Locker{DB: t.db, Me: t.who} }

func acquire(t turn) error { return locker(t).Acquire(t, "l", time.Now(), time.Hour) }

func rooms(t turn) *notfounderr.Rooms { return &notfounderr.Rooms{DB: t.db, Table: "rooms"} }

func ensureAndJoin(t turn) error {
	if _, err := rooms(t).EnsureSafe(t, "r", "coffee"); err != nil {
		return err
	}
	return rooms(t).Join(t, "r", t.who)
}

// joined says that bob, who joined, is in the room.
func joined(a *after) error {
	if it := a.it(); a.did("bob") && text(it["members"]) != "[bob]" {
		return fmt.Errorf("bob is not in the room: %v", it)
	}
	return nil
}

func office(t turn) *emptynull.Office {
	return &emptynull.Office{DB: explore.NewClientV1(explore.Transport(t)), Table: "desks"}
}

func garage(t turn) *parking.Garage {
	return &parking.Garage{DB: explore.NewClientV1(explore.Transport(t)), Table: "garage"}
}

func orders(f func(*statemachine.Orders, context.Context, string) error) action {
	return func(t turn) error { return f(statemachine.New(t.db, "orders"), t, "o") }
}

func harbour(t turn) *rentals.Harbour {
	return &rentals.Harbour{DB: t.db, Boats: "boats", Purses: "purses", Names: "names", Trips: "trips"}
}

func blobs(t turn) *refcount.Blobs { return &refcount.Blobs{DB: t.db, Table: "blobs"} }

func take(t turn) error { return err(blobs(t).Take(t, "b", 9)) }

// opens opens a patient's file and notes its number.
func opens(f func(*twolookups.Files, context.Context, string) (string, error)) action {
	return func(t turn) error {
		number, err := f(&twolookups.Files{DB: t.db, Table: "files"}, t, "p")
		if err == nil {
			t.note(number)
		}
		return err
	}
}

func aliases(t turn) *unbind.Aliases { return &unbind.Aliases{DB: t.db, Table: "channels"} }

func jobs(t turn) *winner.Jobs { return &winner.Jobs{DB: t.db, Table: "jobs"} }

func reopen(t turn) error { return jobs(t).Reopen(t, "j") }

func bind(t turn) error { return aliases(t).Bind(t, "c", "a", "new") }

// stillBound says that the alias points to what bob has pointed it at.
func stillBound(a *after) error {
	if it := a.item("channels", row{"channel": "c"}); a.did("bob") && it["aliases"].(row)["a"] != "new" {
		return fmt.Errorf("bob's alias points to %v", it["aliases"])
	}
	return nil
}

func formOffice(t turn) *inprogram.Office { return &inprogram.Office{DB: t.db, Table: "forms"} }

func someForm() []table {
	return given("forms id", inprogram.Form{ID: "1", State: "open", Version: 1, Issued: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
}

func seatRooms(t turn) *seatmap.Rooms { return &seatmap.Rooms{DB: t.db, Table: "rooms"} }

func emptyRoom() []table {
	return given("rooms id", seatmap.Room{ID: "1", Seats: map[string]string{}, Guests: []string{}})
}
