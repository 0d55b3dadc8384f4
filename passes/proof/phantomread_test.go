package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ddbvet/ddbvet/testdata/phantomread/beside"
	"github.com/ddbvet/ddbvet/testdata/phantomread/builtlist"
	"github.com/ddbvet/ddbvet/testdata/phantomread/count"
	"github.com/ddbvet/ddbvet/testdata/phantomread/drawnids"
	"github.com/ddbvet/ddbvet/testdata/phantomread/firstpage"
	"github.com/ddbvet/ddbvet/testdata/phantomread/launch"
	"github.com/ddbvet/ddbvet/testdata/phantomread/limitfilter"
	"github.com/ddbvet/ddbvet/testdata/phantomread/mapped"
	"github.com/ddbvet/ddbvet/testdata/phantomread/maxplusone"
	"github.com/ddbvet/ddbvet/testdata/phantomread/onlyopen"
	"github.com/ddbvet/ddbvet/testdata/phantomread/overlap"
	"github.com/ddbvet/ddbvet/testdata/phantomread/pages"
	"github.com/ddbvet/ddbvet/testdata/phantomread/recount"
	"github.com/ddbvet/ddbvet/testdata/phantomread/selectcount"
	"github.com/ddbvet/ddbvet/testdata/phantomread/sum"
	"github.com/ddbvet/ddbvet/testdata/phantomread/uniqueemail"
)

func phantomReads() []scenario {
	return []scenario{
		{ // the lost update, which a fix mends
			at:    "phantomread/beside Hang",
			given: paintings(0),
			bug:   []action{hang((*beside.Gallery).Hang), buy},
			safe:  []action{hang((*beside.Gallery).HangSafe), buy},
			holds: func(a *after) error {
				if it := a.it(); a.did("bob") && it["buyer"] != "bob" {
					return fmt.Errorf("the painting that bob has bought is %v", it)
				}
				return nil
			},
		},
		{ // the limit at the same write
			at:    "phantomread/beside Hang",
			given: paintings(2),
			bug:   both(hang((*beside.Gallery).Hang)),
			safe:  both(hang((*beside.Gallery).HangSafe)),
			holds: atMost(3, "paintings", func(r row) bool { return r["place"] == "wall" }),
		},
		{
			at:    "phantomread/builtlist Start",
			given: given("lifts lift id"),
			bug:   both(func(t turn) error { return (&builtlist.Lifts{DB: t.db, Table: "lifts"}).Start(t, "l") }),
			safe:  both(func(t turn) error { return (&builtlist.Lifts{DB: t.db, Table: "lifts"}).StartSafe(t, "l") }),
			holds: atMost(1, "lifts", func(r row) bool { return strings.HasPrefix(text(r["id"]), "REPAIR#") }),
		},
		{
			at:    "phantomread/count Enrol",
			given: given("courses course id", enrolled(29)...),
			bug:   both(func(t turn) error { return (&count.Courses{DB: t.db, Table: "courses"}).Enrol(t, "go", t.who) }),
			safe:  both(func(t turn) error { return (&count.Courses{DB: t.db, Table: "courses"}).EnrolSafe(t, "go", t.who) }),
			holds: atMost(30, "courses", func(r row) bool { return strings.HasPrefix(text(r["id"]), "E#") }),
		},
		{
			at:    "phantomread/count EnrolAs",
			given: given("courses course id", enrolled(29)...),
			bug:   both(func(t turn) error { return (&count.Courses{DB: t.db, Table: "courses"}).EnrolAs(t, "go", t.who, true) }),
			safe:  both(func(t turn) error { return (&count.Courses{DB: t.db, Table: "courses"}).EnrolSafe(t, "go", t.who) }),
			holds: atMost(30, "courses", func(r row) bool { return strings.HasPrefix(text(r["id"]), "E#") }),
		},
		{
			at:    "phantomread/count Rename",
			given: given("courses course id", enrolled(1)...),
			safe:  both(func(t turn) error { return (&count.Courses{DB: t.db, Table: "courses"}).Rename(t, "go", "E#0", t.who) }),
			holds: atMost(2, "courses", every),
		},
		{
			at:    "phantomread/drawnids OpenBytes",
			given: someTickets(),
			bug:   both(draws((*drawnids.Office).OpenBytes)),
			safe:  both(draws((*drawnids.Office).OpenBytesSafe)),
			holds: atMost(2, "office", isTicket),
		},
		{
			at:    "phantomread/drawnids OpenRunes",
			given: someTickets(),
			bug:   both(draws((*drawnids.Office).OpenRunes)),
			holds: atMost(2, "office", isTicket),
		},
		{
			at:    "phantomread/drawnids OpenWritten",
			given: someTickets(),
			bug:   both(draws((*drawnids.Office).OpenWritten)),
			holds: atMost(2, "office", isTicket),
		},
		{
			at:    "phantomread/drawnids OpenInPlace",
			given: someTickets(),
			bug:   both(draws((*drawnids.Office).OpenInPlace)),
			holds: atMost(2, "office", isTicket),
		},
		{
			at:    "phantomread/drawnids OpenEncoded",
			given: someTickets(),
			bug:   both(draws((*drawnids.Office).OpenEncoded)),
			holds: atMost(2, "office", isTicket),
		},
		{
			at:    "phantomread/firstpage Refresh",
			twin:  "RateSafe",
			given: append(given("products product", row{"product": "p"}), given("ratings product rater")...),
			bug:   both(rateAndRefresh),
			safe:  both(rate),
			holds: averageOfAll,
		},
		{
			at:    "phantomread/limitfilter Verify",
			given: given("domains id"),
			bug:   both(func(t turn) error { return limitfilter.NewDomains(t.db, "domains").Verify(t, "d.example", t.who) }),
			safe:  both(func(t turn) error { return limitfilter.NewDomains(t.db, "domains").VerifySafe(t, "d.example", t.who) }),
			holds: atMost(1, "domains", func(r row) bool { return r["domain"] == "d.example" }),
		},
		{
			at:    "phantomread/mapped Rent",
			given: gardens(),
			bug:   both(func(t turn) error { return allotments(t).Rent(t, mapped.Tenancy{Garden: "g", Gardener: t.who}, 2) }),
			safe:  both(func(t turn) error { return allotments(t).RentSafe(t, mapped.Tenancy{Garden: "g", Gardener: t.who}, 2) }),
			holds: atMost(2, "tenancies", every),
		},
		{
			at:    "phantomread/mapped Enlist",
			given: gardens(),
			bug:   both(func(t turn) error { return err(allotments(t).Enlist(t, "Mill Lane", "Eve")) }),
			safe:  both(func(t turn) error { return err(allotments(t).EnlistSafe(t, "Mill Lane", "Eve")) }),
			holds: atMost(1, "gardeners", func(r row) bool { return r["name"] == "Eve" }),
		},
		{
			at:    "phantomread/maxplusone Open",
			given: given("tickets project number:N", maxplusone.Ticket{Project: "p", Number: 41, Title: "eve"}),
			bug:   both(open((*maxplusone.Tracker).Open)),
			safe:  both(open((*maxplusone.Tracker).OpenSafe)),
			holds: underTheirNumbers,
		},
		{
			at:    "phantomread/onlyopen In",
			given: given("shifts worker id"),
			bug:   both(func(t turn) error { return onlyopen.Clock{Client: t.db}.In(t, "w") }),
			safe:  both(func(t turn) error { return onlyopen.Clock{Client: t.db}.InSafe(t, "w") }),
			holds: atMost(1, "shifts", func(r row) bool { return r["begins"] != nil }),
		},
		{
			at:    "phantomread/overlap Book",
			given: given("rooms room begins:N"),
			bug:   both(func(t turn) error { return (&overlap.Calendar{DB: t.db, Table: "rooms"}).Book(t, booking(t)) }),
			safe:  both(func(t turn) error { return (&overlap.Calendar{DB: t.db, Table: "rooms"}).BookSafe(t, booking(t)) }),
			holds: atMost(1, "rooms", func(r row) bool { return r["room"] == "blue" }),
		},
		{
			at: "phantomread/pages Accept",
			given: given("motions motion sk", row{"motion": "m", "sk": "MOTION", "supporters": 2, "needed": 2},
				row{"motion": "m", "sk": "SUPPORTER#eve"}, row{"motion": "m", "sk": "SUPPORTER#zoe"}),
			pageSize: 1,
			bug:      []action{func(t turn) error { return motions(t).Accept(t, "m") }, withdraw},
			safe:     []action{func(t turn) error { return motions(t).AcceptSafe(t, "m") }, withdraw},
			holds:    acceptedBySupporters,
		},
		{
			at: "phantomread/pages Sign",
			given: given("motions motion sk", row{"motion": "m", "sk": "MOTION", "supporters": 2, "needed": 2},
				row{"motion": "m", "sk": "SUPPORTER#eve"}, row{"motion": "m", "sk": "SUPPORTER#zoe"}),
			pageSize: 2,
			bug:      both(func(t turn) error { return motions(t).Sign(t, "m", t.who) }),
			safe:     both(func(t turn) error { return motions(t).SignSafe(t, "m", t.who) }),
			holds:    atMost(3, "motions", func(r row) bool { return strings.HasPrefix(text(r["sk"]), "SUPPORTER#") }),
		},
		{
			at:    "phantomread/selectcount Create",
			given: given("keys userId keyId", slots(4)...),
			bug:   both(func(t turn) error { return selectcount.NewKeys(t.db, "keys").Create(t, "u") }),
			safe:  both(func(t turn) error { return selectcount.NewKeys(t.db, "keys").CreateSafe(t, "u", 4) }),
			holds: atMost(5, "keys", every),
		},
		{
			at:    "phantomread/recount Repair",
			given: given("library shelf sort", row{"shelf": "a", "sort": "ALL", "books": 1}, row{"shelf": "a", "sort": "BOOK#novel 1"}),
			bug:   []action{func(t turn) error { return bookshelves(t).Repair(t, "a") }, shelve},
			safe:  []action{func(t turn) error { return bookshelves(t).RepairSafe(t, "a") }, shelve},
			holds: func(a *after) error {
				books := a.rows("library", func(r row) bool { return r["sort"] != "ALL" })
				if it := a.item("library", row{"shelf": "a", "sort": "ALL"}); number(it["books"]) != float64(len(books)) {
					return fmt.Errorf("%v counts %d books", it, len(books))
				}
				return nil
			},
		},
		{
			at:    "phantomread/sum Spend",
			given: given("budget PK SK", row{"PK": "TOTAL#p", "SK": "TOTAL", "cents": 0}),
			bug:   both(func(t turn) error { return (&sum.Budget{DB: t.db, Table: "budget", Limit: 100}).Spend(t, "p", 60) }),
			safe:  both(func(t turn) error { return (&sum.Budget{DB: t.db, Table: "budget", Limit: 100}).SpendSafe(t, "p", 60) }),
			holds: atMost(1, "budget", func(r row) bool { return r["PK"] == "p" }),
		},
		{
			at:    "phantomread/launch Launch",
			given: given("runs id / byState state"),
			bug: both(func(t turn) error {
				return (&launch.Runs{DB: t.db, Table: "runs", Start: func(string) error { return nil }}).Launch(t, 1)
			}),
			holds: atMost(1, "runs", every),
		},
		{
			at:    "phantomread/uniqueemail Join",
			given: given("club PK / byEmail Email"),
			bug: both(func(t turn) error {
				return err((&uniqueemail.Club{DB: t.db, Table: "club"}).Join(t, t.who, "x@y.example"))
			}),
			safe: both(func(t turn) error {
				return err((&uniqueemail.Club{DB: t.db, Table: "club"}).JoinSafe(t, t.who, "x@y.example"))
			}),
			holds: atMost(1, "club", every),
		},
		{
			at:    "phantomread/uniqueemail FindOrJoin",
			given: given("club PK / byEmail Email"),
			bug: both(func(t turn) error {
				return err((&uniqueemail.Club{DB: t.db, Table: "club"}).FindOrJoin(t, t.who, "x@y.example"))
			}),
			holds: atMost(1, "club", every),
		},
	}
}

// paintings are one in the depot for each client, and some on a wall, of one artist.
func paintings(shown int) []table {
	rows := []any{beside.Painting{ID: "ann", Artist: "zoe", Place: "depot"}, beside.Painting{ID: "bob", Artist: "zoe", Place: "depot"}}
	for i := range shown {
		rows = append(rows, beside.Painting{ID: fmt.Sprint(i), Artist: "zoe", Place: "wall"})
	}
	return append(given("paintings id / byArtist artist", rows...), given("artists artist", row{"artist": "zoe", "shown": shown})...)
}

func gallery(t turn) *beside.Gallery {
	return &beside.Gallery{DB: t.db, Paintings: "paintings", Artists: "artists"}
}

// hang hangs the client's own painting, where three of an artist may hang.
func hang(f func(*beside.Gallery, context.Context, string, int) error) action {
	return func(t turn) error { return f(gallery(t), t, t.who, 3) }
}

// buy buys ann's painting.
func buy(t turn) error { return gallery(t).Sell(t, "ann", t.who) }

// gardens are a garden with one tenancy, and a street with one gardener.
func gardens() []table {
	return slices.Concat(
		given("tenancies garden gardener", row{"garden": "g", "gardener": "zoe", "crop": "beans"}),
		given("gardeners id / byStreet street", row{"id": "1", "street": "Mill Lane", "name": "Zoe"}),
		given("plots garden", row{"garden": "g", "rented": 1}),
		given("names name", row{"name": "Mill Lane#Zoe", "gardener": "1"}))
}

func allotments(t turn) *mapped.Gardens {
	return &mapped.Gardens{DB: t.db, Tenancies: "tenancies", Gardeners: "gardeners", Plots: "plots", Names: "names"}
}

// enrolled are the rows of a course, the counter among them.
func enrolled(n int) []any {
	rows := []any{row{"course": "go", "id": "COUNTER", "enrolled": n}}
	for i := range n {
		rows = append(rows, count.Enrolment{Course: "go", ID: fmt.Sprintf("E#%d", i)})
	}
	return rows
}

func rate(t turn) error {
	stars := map[string]int{"ann": 5, "bob": 2}[t.who]
	return (&firstpage.Ratings{DB: t.db, Ratings: "ratings", Products: "products"}).RateSafe(t, "p", t.who, stars)
}

func rateAndRefresh(t turn) error {
	if err := rate(t); err != nil {
		return err
	}
	return (&firstpage.Ratings{DB: t.db, Ratings: "ratings", Products: "products"}).Refresh(t, "p")
}

// averageOfAll says that the product has the average of all ratings: that
// which was stored, else that which follows from the sums.
func averageOfAll(a *after) error {
	it, ratings := a.it(), a.rows("ratings", every)
	var total float64
	for _, r := range ratings {
		total += number(r["stars"])
	}
	stored, ok := it["stars"].(float64)
	if !ok {
		stored = number(it["starsSum"]) / number(it["raters"])
	}
	if want := total / float64(len(ratings)); stored != want {
		return fmt.Errorf("the average is %v, want %v", stored, want)
	}
	return nil
}

func open(f func(*maxplusone.Tracker, context.Context, string, string) (int, error)) action {
	return func(t turn) error {
		no, err := f(&maxplusone.Tracker{DB: t.db, Table: "tickets"}, t, "p", t.who)
		if err == nil {
			t.note(no)
		}
		return err
	}
}

// underTheirNumbers says that each ticket is there under the number noted.
func underTheirNumbers(a *after) error {
	for _, n := range a.notes() {
		if it := a.item("tickets", row{"project": "p", "number": n.v}); it["title"] != n.who {
			return fmt.Errorf("ticket %v is %v, want that of %s", n.v, it, n.who)
		}
	}
	return nil
}

// booking is from nine to eleven for ann and from ten to twelve for bob.
func booking(t turn) overlap.Booking {
	begin := time.Date(2030, 1, 1, map[string]int{"ann": 9, "bob": 10}[t.who], 0, 0, 0, time.UTC)
	return overlap.Booking{Room: "blue", Begin: begin, End: begin.Add(2 * time.Hour), Who: t.who}
}

func motions(t turn) *pages.Motions {
	return &pages.Motions{DB: t.db, Table: "motions", Quorum: 2, Lines: 3}
}

func withdraw(t turn) error { return motions(t).Withdraw(t, "m", "eve") }

// acceptedBySupporters says that an accepted motion has its two supporters.
func acceptedBySupporters(a *after) error {
	gone := a.rows("motions", func(r row) bool { return r["withdrawn"] != nil })
	if it := a.it(); it["accepted"] != nil && len(gone) > 0 {
		return fmt.Errorf("accepted without %v", gone)
	}
	return nil
}

func slots(n int) []any {
	var rows []any
	for i := range n {
		rows = append(rows, row{"userId": "u", "keyId": fmt.Sprintf("SLOT#%d", i)})
	}
	return rows
}

func bookshelves(t turn) *recount.Library { return &recount.Library{DB: t.db, Table: "library"} }

func shelve(t turn) error { return bookshelves(t).Shelve(t, "a", "play 1") }

func draws(open func(*drawnids.Office, context.Context, string) error) action {
	return func(t turn) error { return open(&drawnids.Office{DB: t.db, Table: "office"}, t, t.who) }
}

func someTickets() []table {
	return given("office kind id", row{"kind": "TICKET", "id": "1"}, row{"kind": "COUNT", "id": "TICKET", "tickets": 1})
}

func isTicket(r row) bool { return r["kind"] == "TICKET" }
