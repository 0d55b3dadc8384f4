package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ddbvet/ddbvet/testdata/silent/advisory"
	"github.com/ddbvet/ddbvet/testdata/silent/auditlog"
	"github.com/ddbvet/ddbvet/testdata/silent/authzdelete"
	"github.com/ddbvet/ddbvet/testdata/silent/cas"
	"github.com/ddbvet/ddbvet/testdata/silent/cascade"
	"github.com/ddbvet/ddbvet/testdata/silent/changerow"
	"github.com/ddbvet/ddbvet/testdata/silent/copies"
	"github.com/ddbvet/ddbvet/testdata/silent/created"
	"github.com/ddbvet/ddbvet/testdata/silent/eventstore"
	"github.com/ddbvet/ddbvet/testdata/silent/found"
	"github.com/ddbvet/ddbvet/testdata/silent/gone"
	"github.com/ddbvet/ddbvet/testdata/silent/idemclaim"
	"github.com/ddbvet/ddbvet/testdata/silent/ids"
	"github.com/ddbvet/ddbvet/testdata/silent/lease"
	"github.com/ddbvet/ddbvet/testdata/silent/lookupput"
	"github.com/ddbvet/ddbvet/testdata/silent/monotonic"
	"github.com/ddbvet/ddbvet/testdata/silent/parentinsert"
	"github.com/ddbvet/ddbvet/testdata/silent/readafter"
	"github.com/ddbvet/ddbvet/testdata/silent/replace"
	"github.com/ddbvet/ddbvet/testdata/silent/requestset"
	"github.com/ddbvet/ddbvet/testdata/silent/retryloop"
	"github.com/ddbvet/ddbvet/testdata/silent/sentinel"
	"github.com/ddbvet/ddbvet/testdata/silent/versionpin"
)

// silences are functions that look like bugs and are none: each has an
// invariant of its own, which the reason in the package's doc implies.
func silences() []scenario {
	album := given("albums pk sk", row{"pk": "ALBUM#a", "sk": "META"}, row{"pk": "ALBUM#a", "sk": "1"}, row{"pk": "ALBUM#b", "sk": "1"})
	comment := given("comments article id", authzdelete.Comment{Article: "a", ID: "1", Author: "eve"}, authzdelete.Comment{Article: "a", ID: "2"})
	likes := given("blog pk sk / slug slug", row{"pk": "A", "sk": "ARTICLE", "slug": "s"}, row{"pk": "A", "sk": "LIKE#ann"})
	return []scenario{
		{
			at:    "silent/advisory Book",
			given: append(given("flights flight", row{"flight": "f", "freeSeats": 3, "closed": false}), given("bookings id")...),
			safe: both(func(t turn) error {
				return err((&advisory.Bookings{DB: t.db, Flights: "flights", Bookings: "bookings"}).Book(t, "f", 2))
			}),
			holds: all(adds("freeSeats", -2), once),
		},
		{
			at:    "silent/idemclaim Do",
			given: given("requests pk"),
			safe: both(func(t turn) error {
				requests := &idemclaim.Requests{DB: t.db, Table: "requests"}
				return err(requests.Do(t, "r", func() string { t.note("done"); return t.who }))
			}),
			holds: func(a *after) error {
				if len(a.notes()) > 1 {
					return fmt.Errorf("carried out by all of %v", a.notes())
				}
				return nil
			},
		},
		{
			at:    "silent/auditlog Remove",
			given: append(given("members org id", row{"org": "o", "id": "eve", "name": "Eve", "role": "admin"}), given("audit org id")...),
			safe:  both(func(t turn) error { return directory(t).Remove(t, t.who, "o", "eve") }),
			holds: all(isGone, func(a *after) error { return oneRowEach(a, "audit", "actor") }),
		},
		{
			at:    "silent/auditlog Welcome",
			given: append(given("members org id", row{"org": "o", "id": "ann", "name": "ann"}, row{"org": "o", "id": "bob", "name": "bob"}), given("audit org id")...),
			safe:  both(func(t turn) error { return directory(t).Welcome(t, "o", t.who) }),
			holds: func(a *after) error { return oneRowEach(a, "audit", "actor") },
		},
		{
			at:    "silent/authzdelete Delete",
			given: comment,
			safe: both(func(t turn) error {
				return (&authzdelete.Comments{DB: t.db, Table: "comments"}).Delete(t, "eve", "a", "1")
			}),
			holds: all(isGone, atLeast(1, "comments", every)),
		},
		{
			at:    "silent/authzdelete DeleteKnown",
			given: comment,
			safe: both(func(t turn) error {
				return (&authzdelete.Comments{DB: t.db, Table: "comments"}).DeleteKnown(t, "a", "1")
			}),
			holds: all(isGone, atLeast(1, "comments", every)),
		},
		{
			at:    "silent/cas Append",
			given: given("logs logID", row{"logID": "l", "body": []byte("eve\n")}),
			safe:  both(func(t turn) error { return cas.Append(t, cas.NewBackend(t.db, "logs"), "l", t.who) }),
			holds: keeps("body"),
		},
		{
			at:       "silent/cascade Remove",
			given:    album,
			pageSize: 1,
			safe:     both(func(t turn) error { return (&cascade.Albums{DB: t.db, Table: "albums"}).Remove(t, "a") }),
			holds:    all(atMost(0, "albums", inAlbum("a")), atLeast(1, "albums", inAlbum("b"))),
		},
		{
			at:    "silent/cascade RemoveOneByOne",
			given: album,
			safe:  both(func(t turn) error { return (&cascade.Albums{DB: t.db, Table: "albums"}).RemoveOneByOne(t, "a") }),
			holds: all(atMost(0, "albums", inAlbum("a")), atLeast(1, "albums", inAlbum("b"))),
		},
		{
			at: "silent/changerow Rename",
			given: given("mail pk sk", row{"pk": "ACCOUNT#u", "sk": "STATE", "current_state": 7},
				changerow.Mailbox{PK: "ACCOUNT#u", SK: "MAILBOX#1", Name: "In"}),
			safe: both(func(t turn) error {
				return (&changerow.Account{DB: t.db, Table: "mail", User: "u"}).Rename(t, "1", t.who)
			}),
			holds: all(adds("current_state", 1), changeRows),
		},
		{
			at:    "silent/created Replace",
			given: given("wall id", row{"id": "p", "title": "eve", "subtitle": "eve", "createdAt": "2030-01-01T00:00:00Z"}),
			safe: both(func(t turn) error {
				return (&created.Wall{DB: t.db, Table: "wall"}).Replace(t, &created.Poster{ID: "p", Title: t.who, Subtitle: t.who})
			}),
			holds: func(a *after) error {
				if it := a.it(); it["title"] != it["subtitle"] || it["createdAt"] != a.first()["createdAt"] {
					return fmt.Errorf("the poster is of two requests, or of another time: %v", it)
				}
				return nil
			},
		},
		{
			at:    "silent/eventstore Withdraw",
			given: given("events id seq:N", row{"id": "a", "seq": 1, "body": `{"cents":100}`}),
			safe: both(func(t turn) error {
				return eventstore.Withdraw(t, &eventstore.Store{DB: t.db, Table: "events"}, "a", 80)
			}),
			holds: notOverdrawn,
		},
		{
			at:    "silent/copies Copy",
			given: given("pictures album name", row{"album": "a", "name": "one", "state": "raw", "size": 1}),
			safe: []action{
				func(t turn) error { return (&copies.Album{DB: t.db, Table: "pictures"}).Copy(t, "a", "one", "two") },
				func(t turn) error { return (&copies.Album{DB: t.db, Table: "pictures"}).Copy(t, "a", "one", "three") },
			},
			holds: func(a *after) error {
				if got := a.rows("pictures", func(r row) bool { return r["size"] == float64(1) }); len(got) != 1+len(a.done) {
					return fmt.Errorf("%v copied, there are %v", a.done, got)
				}
				return nil
			},
		},
		{
			at:    "silent/found Retitle",
			given: notes(),
			safe:  both(func(t turn) error { return notebook(t).Retitle(t, "u", "q", t.who) }),
			holds: func(a *after) error {
				if n := a.item("notes", row{"user": "u", "place": "mon#q"}); n["colour"] != "red" || n["title"] != "ann" && n["title"] != "bob" {
					return fmt.Errorf("the note is %v", n)
				}
				return nil
			},
		},
		{
			at:    "silent/found Remove",
			given: notes(),
			safe: []action{
				func(t turn) error { return notebook(t).Remove(t, "u", "q") },
				func(t turn) error { return notebook(t).Retitle(t, "u", "q", "late") },
			},
			holds: func(a *after) error {
				if n := a.item("notes", row{"user": "u", "place": "mon#q"}); a.did("ann") && n != nil {
					return fmt.Errorf("a note that was removed is %v", n)
				}
				return nil
			},
		},
		{
			at:    "silent/found Read",
			given: notes(),
			safe:  both(func(t turn) error { return notebook(t).Read(t, "u", "mon", t.who, "q") }),
			holds: func(a *after) error {
				if n := a.item("notes", row{"user": "u", "place": "titles#why"}); n["answers"] != float64(len(a.done)) {
					return fmt.Errorf("%v answered, counted are %v", a.done, n["answers"])
				}
				return nil
			},
		},
		{
			at:    "silent/found Write",
			given: notes(),
			safe:  both(func(t turn) error { return notebook(t).Write(t, "u", "tue", t.who) }),
			holds: func(a *after) error {
				if got := a.rows("notes", func(r row) bool { return r["day"] == "tue" && r["colour"] == "red" }); len(got) != len(a.done) {
					return fmt.Errorf("%v wrote a note, there are %v", a.done, got)
				}
				return nil
			},
		},
		{
			at:    "silent/gone Broadcast",
			given: given("connections room id", row{"room": "r", "id": "dead"}, row{"room": "r", "id": "live"}),
			safe:  both(broadcast),
			holds: all(isGone, atLeast(1, "connections", every)),
		},
		{
			at:    "silent/ids Log",
			given: given("ship pk sk", row{"pk": "CREW", "sk": "eve"}),
			safe:  both(func(t turn) error { return (&ids.Ship{DB: t.db, Table: "ship"}).Log(t, t.who) }),
			holds: func(a *after) error {
				lines := a.rows("ship", func(r row) bool { return r["pk"] == "LOG" })
				if len(lines) != len(a.done) {
					return fmt.Errorf("%v wrote a line, in the log are %v", a.done, lines)
				}
				return nil
			},
		},
		{
			at:    "silent/lease Take",
			given: given("leases part", row{"part": "p", "holder": "eve", "expires": 1}),
			safe:  both(func(t turn) error { return leases(t).Take(t, "p") }),
			holds: all(once, keeps("holder")),
		},
		{
			at:    "silent/lease Release",
			given: given("leases part", row{"part": "p", "holder": "ann", "expires": 1}),
			safe:  []action{func(t turn) error { return leases(t).Release(t, "p") }, func(t turn) error { return leases(t).Take(t, "p") }},
			holds: sets("bob", "holder", "bob"),
		},
		{
			at:    "silent/lookupput Like",
			given: likes,
			safe:  both(func(t turn) error { return (&lookupput.Blog{DB: t.db, Table: "blog"}).Like(t, t.who, "s") }),
			holds: all(liked("ann", true), liked("bob", true)),
		},
		{
			at:    "silent/lookupput Unlike",
			given: likes,
			safe: []action{
				func(t turn) error { return (&lookupput.Blog{DB: t.db, Table: "blog"}).Unlike(t, t.who, "s") },
				func(t turn) error { return (&lookupput.Blog{DB: t.db, Table: "blog"}).Like(t, t.who, "s") },
			},
			holds: all(liked("ann", false), liked("bob", true)),
		},
		{
			at:    "silent/monotonic Reached",
			given: given("heads feed", row{"feed": "f", "head": 3}),
			safe:  []action{reached(9), reached(7)},
			holds: func(a *after) error {
				if head := number(a.it()["head"]); a.did("ann") && head != 9 {
					return fmt.Errorf("head is %v, want 9", head)
				}
				return nil
			},
		},
		{
			at:    "silent/parentinsert Feed",
			given: given("diary PK SK", row{"PK": "CHILD#c", "SK": "META", "Family": "f"}),
			safe:  both(func(t turn) error { return err(parentinsert.NewDiary(t.db, "diary").Feed(t, "f", "c", 90)) }),
			holds: all(atLeast(2, "diary", fed), atMost(2, "diary", fed)),
		},
		{
			at:    "silent/readafter Sell",
			given: given("tickets id", readafter.Ticket{ID: "t"}),
			safe:  both(func(t turn) error { return (&readafter.Office{DB: t.db, Table: "tickets"}).Sell(t, "t", t.who) }),
			holds: keeps("holder"),
		},
		{
			at:    "silent/readafter Rename",
			given: given("tickets id", readafter.Ticket{ID: "t", Holder: "eve"}),
			safe:  both(renameHolder),
			holds: func(a *after) error {
				sent := a.notes()
				if last := sent[len(sent)-1].v; last != a.it()["holder"] {
					return fmt.Errorf("the last ticket sent is for %v, the holder is %v", last, a.it()["holder"])
				}
				return nil
			},
		},
		{
			at:    "silent/replace Replace",
			given: given("hours pharmacy", replace.Hours{Pharmacy: "p", Owner: "eve"}),
			safe: both(func(t turn) error {
				return replace.New(t.db, "hours").Replace(t, "eve", replace.Hours{Pharmacy: "p", Days: map[string]string{"mon": t.who, "tue": t.who}})
			}),
			holds: func(a *after) error {
				if it := a.it(); at(it, "days.mon") != at(it, "days.tue") || it["owner"] != "eve" {
					return fmt.Errorf("the hours are of two requests: %v", it)
				}
				return nil
			},
		},
		{
			at:    "silent/requestset Patch",
			given: given("shops id", requestset.Shop{ID: "s", Owner: "eve", Title: "old", Phone: "old"}),
			safe: both(func(t turn) error {
				return (&requestset.Shops{Client: t.db, Table: "shops"}).Patch(t, "eve", "s", patch(t))
			}),
			holds: all(sets("ann", "title", "new"), sets("bob", "phone", "new")),
		},
		{
			at:    "silent/retryloop SetTarget",
			given: given("houses id", retryloop.House{ID: "h", Targets: map[string]float64{"eve": 20}, Version: 1}),
			safe: both(func(t turn) error {
				return (&retryloop.Houses{DB: t.db, Table: "houses", Retries: 3}).SetTarget(t, "h", t.who, 22)
			}),
			holds: keeps("targets"),
		},
		{
			at:    "silent/sentinel Register",
			given: given("users PK / email-index email"),
			safe:  both(func(t turn) error { return err(sentinel.NewUsers(t.db, "users").Register(t, t.who, "X@y.example")) }),
			holds: all(once, atMost(1, "users", func(r row) bool { return r["email"] != nil })),
		},
		{
			at:    "silent/versionpin AddClause",
			given: given("contracts id", versionpin.Contract{ID: "c", Clauses: []string{"eve"}, Version: 1}),
			safe:  both(func(t turn) error { return contracts(t).AddClause(t, "c", t.who) }),
			holds: keeps("clauses"),
		},
		{
			at:    "silent/versionpin Sign",
			given: given("contracts id", versionpin.Contract{ID: "c", Clauses: []string{"eve"}, Version: 1}),
			safe: []action{
				func(t turn) error { return contracts(t).Sign(t, "c") },
				func(t turn) error { return contracts(t).AddClause(t, "c", t.who) },
			},
			holds: all(sets("ann", "signed", true), func(a *after) error {
				if it := a.it(); a.did("bob") && !strings.Contains(text(it["clauses"]), "bob") {
					return fmt.Errorf("bob's clause is gone: %v", it)
				}
				return nil
			}),
		},
	}
}

func directory(t turn) *auditlog.Directory {
	return &auditlog.Directory{DB: t.db, Members: "members", Audit: "audit"}
}

// oneRowEach says that each client that returned nil has one row in a table.
func oneRowEach(a *after, table, attr string) error {
	var who []string
	for _, r := range a.rows(table, every) {
		who = append(who, text(r[attr]))
	}
	slices.Sort(who)
	if !slices.Equal(who, a.done) {
		return fmt.Errorf("%s has rows of %v, want %v", table, who, a.done)
	}
	return nil
}

// isGone says that the item is not there.
func isGone(a *after) error {
	if it := a.it(); it != nil {
		return fmt.Errorf("%v is still there", it)
	}
	return nil
}

func inAlbum(album string) func(row) bool {
	return func(r row) bool { return r["pk"] == "ALBUM#"+album }
}

// changeRows says that each change of state has a row, and that the name is
// one that was accepted.
func changeRows(a *after) error {
	changes := a.rows("mail", func(r row) bool { return strings.HasPrefix(text(r["sk"]), "CHANGE#") })
	name := text(a.item("mail", row{"pk": "ACCOUNT#u", "sk": "MAILBOX#1"})["name"])
	if len(changes) != len(a.done) || !a.did(name) {
		return fmt.Errorf("%v changed the name to %s, with %v", a.done, name, changes)
	}
	return nil
}

// notOverdrawn says that the account holds what was not withdrawn, and never
// less than nothing.
func notOverdrawn(a *after) error {
	cents := 0
	for _, r := range a.rows("events", every) {
		var e struct{ Cents int }
		if err := json.Unmarshal([]byte(text(r["body"])), &e); err != nil {
			return err
		}
		cents += e.Cents
	}
	if want := 100 - 80*len(a.done); cents != want || cents < 0 {
		return fmt.Errorf("%d cents left, want %d", cents, want)
	}
	return nil
}

func broadcast(t turn) error {
	send := func(_ context.Context, id string, _ []byte) error {
		if id == "dead" {
			return gone.ErrGone
		}
		return nil
	}
	return (&gone.Rooms{DB: t.db, Table: "connections", Send: send}).Broadcast(t, "r", []byte("hello"))
}

func notes() []table {
	return given("notes user place", found.Note{User: "u", Place: "mon#q", Day: "mon", ID: "q", Colour: "red", Title: "why"})
}

func notebook(t turn) *found.Notebook { return &found.Notebook{DB: t.db, Table: "notes"} }

func leases(t turn) *lease.Leases {
	return &lease.Leases{DB: t.db, Table: "leases", Worker: t.who, Term: time.Hour}
}

// liked says whether a client's row is there, once it returned nil.
func liked(who string, want bool) invariant {
	return func(a *after) error {
		if it := a.item("blog", row{"pk": "A", "sk": "LIKE#" + who}); a.did(who) && (it != nil) != want {
			return fmt.Errorf("the row of %s is %v", who, it)
		}
		return nil
	}
}

func reached(entry int) action {
	return func(t turn) error { return (&monotonic.Heads{DB: t.db, Table: "heads"}).Reached(t, "f", entry) }
}

func fed(r row) bool { return r["ML"] != nil }

func renameHolder(t turn) error {
	notify := func(_ context.Context, ticket readafter.Ticket) error {
		t.note(ticket.Holder)
		return nil
	}
	return (&readafter.Office{DB: t.db, Table: "tickets", Notify: notify}).Rename(t, "t", t.who)
}

// patch changes the title for ann and the phone for bob.
func patch(t turn) requestset.Patch {
	value := "new"
	if t.who == "ann" {
		return requestset.Patch{Title: &value}
	}
	return requestset.Patch{Phone: &value}
}

func contracts(t turn) *versionpin.Contracts {
	return &versionpin.Contracts{DB: t.db, Table: "contracts"}
}
