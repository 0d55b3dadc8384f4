package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/testdata/silent/callsign"
	"github.com/ddbvet/ddbvet/testdata/silent/claimedjob"
	"github.com/ddbvet/ddbvet/testdata/silent/optional"
	"github.com/ddbvet/ddbvet/testdata/silent/ranking"
	"github.com/ddbvet/ddbvet/testdata/silent/samekey"
	"github.com/ddbvet/ddbvet/testdata/silent/spent"
	"github.com/ddbvet/ddbvet/testdata/silent/unchanged"
	"github.com/ddbvet/ddbvet/testdata/silent/upsert"
	"github.com/ddbvet/ddbvet/testdata/silent/wages"
)

// moreSilences are silences that need more set up: several kinds of items, models, other services.
func moreSilences() []scenario {
	return []scenario{
		{
			at:    "silent/callsign OnAir",
			given: given("register id"),
			safe: both(func(t turn) error {
				return noted(t)(callsign.OnAir(t, &callsign.Register{DB: t.db, Table: "register"}, "k1x"))
			}),
			holds: all(oneAnswer, atMost(1, "register", func(r row) bool { return r["sign"] != nil })),
		},
		{
			at:    "silent/claimedjob Work",
			given: given("jobs pk / byWaiting waiting", waitingJob("1"), waitingJob("2")),
			safe:  both(work),
			holds: all(distinct, func(a *after) error {
				for _, n := range a.notes() {
					id := text(n.v)
					if it := a.item("jobs", row{"pk": "q#" + id}); a.did(n.who) && (it["worker"] != n.who || !strings.HasSuffix(text(it["due"]), "#"+id)) {
						return fmt.Errorf("%s has worked on %v", n.who, it)
					}
				}
				return nil
			}),
		},
		{
			at:    "silent/optional Enter",
			given: gymMember(),
			safe: []action{
				func(t turn) error { return gym(t).Enter(t, "7", "0000") },
				func(t turn) error { return gym(t).Renew(t, "7", t.who) },
			},
			holds: all(sets("bob", "pin", "bob"), joinedAsBefore),
		},
		{
			at:    "silent/optional Renew",
			given: gymMember(),
			safe:  both(func(t turn) error { return gym(t).Renew(t, "7", t.who) }),
			holds: all(joinedAsBefore, func(a *after) error {
				if it := a.it(); !a.did(text(it["pin"])) {
					return fmt.Errorf("%v has a PIN of nobody's", it)
				}
				return nil
			}),
		},
		{
			at:    "silent/ranking Rank",
			given: append(given("songs id", ranking.Song{ID: "s", Plays: 5}, ranking.Song{ID: "t", Plays: 3}), given("charts chart place")...),
			safe: []action{
				func(t turn) error { return ranking.New(t.db).Rank(t) },
				func(t turn) error { return ranking.NewSongs(t.db).Play(t, "s") },
			},
			holds: all(func(a *after) error {
				if want := 5 + len(slices.DeleteFunc(slices.Clone(a.done), func(who string) bool { return who != "bob" })); number(a.it()["plays"]) != float64(want) {
					return fmt.Errorf("%v after %d plays", a.it(), want)
				}
				return nil
			}, atLeast(2, "charts", func(r row) bool { return r["song"] == "s" || r["song"] == "t" }), atMost(2, "charts", every)),
		},
		{
			at:    "silent/samekey Today",
			given: given("kitchen pk sk"),
			safe:  both(func(t turn) error { return printOf(t)(kitchen(t).Today(t, "north", t.who)) }),
			holds: all(oneAnswer, atMost(1, "kitchen", every)),
		},
		{
			at:    "silent/samekey Plan",
			given: given("kitchen pk sk"),
			safe:  both(func(t turn) error { return printOf(t)(kitchen(t).Plan(t, "north", "monday", t.who)) }),
			holds: all(oneAnswer, atMost(1, "kitchen", every)),
		},
		{
			at:    "silent/samekey Hire",
			given: given("kitchen pk sk"),
			safe: both(func(t turn) error {
				if err := kitchen(t).Hire(t, "x@y.example"); err != nil {
					return err
				}
				cook, err := kitchen(t).Cook(t, "x@y.example")
				if err != nil {
					return err
				}
				t.note(string(cook.Badge))
				return nil
			}),
			holds: oneAnswer,
		},
		{
			at:    "silent/spent Issue",
			given: given("sessions pk", spent.Session{PK: "SESSION#1", Form: `{"step":"two","applicant":{"number":"12","name":"Eve"}}`}),
			safe:  both(issue),
			holds: all(oneAnswer, func(a *after) error {
				if len(a.done) == 0 {
					return nil
				}
				if len(a.notes()) == 0 {
					return errors.New("there is no card")
				}
				return isGone(a)
			}),
		},
		{
			at:    "silent/wages Pay",
			given: farmItems(),
			about: row{"pk": "PICKER#p", "sk": "META"},
			safe:  both(func(t turn) error { return farm(t).Pay(t, "1") }),
			holds: all(once, paid),
		},
		{
			at:    "silent/wages PayWage",
			given: farmItems(),
			about: row{"pk": "PICKER#p", "sk": "META"},
			safe: []action{
				func(t turn) error { return farm(t).PayWage(t, "1") },
				func(t turn) error { return farm(t).PayWage(t, "2") },
			},
			holds: paid,
		},
		{
			at:    "silent/unchanged Copy",
			given: given("feed id"),
			safe:  both(copyArticle((*unchanged.Feed).Copy)),
			holds: oneArticle,
		},
		{
			at:    "silent/unchanged Rewrite",
			given: given("feed id"),
			safe:  both(copyArticle((*unchanged.Feed).Rewrite)),
			holds: oneArticle,
		},
		{
			at:    "silent/upsert Save",
			given: given("rules name"),
			safe: both(func(t turn) error {
				_, err := (&upsert.Rules{DB: t.db, Table: "rules"}).Save(t, &upsert.Rule{Name: "r", Path: "/" + t.who, Answer: t.who})
				return err
			}),
			holds: func(a *after) error {
				if it := a.item("rules", row{"name": "r"}); it["path"] != "/"+text(it["answer"]) || !a.did(text(it["answer"])) {
					return fmt.Errorf("%v is of two callers, or of none", it)
				}
				return nil
			},
		},
	}
}

// noted notes what a function returns without an error.
func noted(t turn) func(any, error) error {
	return func(v any, err error) error {
		if err == nil {
			t.note(v)
		}
		return err
	}
}

// oneAnswer says that all that was noted is the same.
func oneAnswer(a *after) error {
	for _, n := range a.notes() {
		if first := a.notes()[0]; n.v != first.v {
			return fmt.Errorf("%s has %v, %s has %v", first.who, first.v, n.who, n.v)
		}
	}
	return nil
}

func waitingJob(id string) claimedjob.Item {
	return claimedjob.Item{PK: "q#" + id, Queue: "q", ID: id, State: "waits", Waiting: "q#waits"}
}

// work notes the jobs that a client works on; the second one cannot be done.
func work(t turn) error {
	return (&claimedjob.Queues{DB: t.db, Table: "jobs", Worker: t.who}).Work(t, "q", func(j claimedjob.Job) error {
		t.note(j.ID)
		if j.ID == "2" {
			return errors.New("cannot be done")
		}
		return nil
	})
}

func gym(t turn) *optional.Gym { return &optional.Gym{DB: t.db, Table: "gym"} }

func gymMember() []table {
	return given("gym number", row{"number": "7", "pin": "0000", "createdAt": "2030-01-01T00:00:00Z", "seenAt": "2030-02-01T00:00:00Z", "restsUntil": "2030-03-01T00:00:00Z"})
}

// joinedAsBefore says that the member is still the one that joined then.
func joinedAsBefore(a *after) error {
	if it := a.it(); it["number"] != "7" || it["createdAt"] != a.first()["createdAt"] {
		return fmt.Errorf("the member is %v", it)
	}
	return nil
}

func kitchen(t turn) *samekey.Kitchen { return &samekey.Kitchen{DB: t.db, Table: "kitchen"} }

// printOf notes which print of a menu a client was given.
func printOf(t turn) func(*samekey.Menu, error) error {
	return func(m *samekey.Menu, err error) error {
		if err == nil {
			t.note(m.Print)
		}
		return err
	}
}

func issue(t turn) error {
	card := func(_ context.Context, number, name string) error {
		t.note(number + " " + name)
		return nil
	}
	return (&spent.Desk{DB: t.db, Table: "sessions", Card: card}).Issue(t, "1")
}

func farm(t turn) *wages.Farm { return &wages.Farm{DB: t.db, Table: "farm"} }

// farmItems are an orchard, a picker, and two crates.
func farmItems() []table {
	item := func(kind, id string, i wages.Item) wages.Item {
		i.PK, i.SK, i.Name = kind+"#"+id, "META", kind+"#"+id
		return i
	}
	return given("farm pk sk / byName name",
		item("ORCHARD", "o", wages.Item{Cents: 30, Tokens: 1}),
		item("PICKER", "p", wages.Item{Cents: 100, Tokens: 2}),
		item("CRATE", "1", wages.Item{Orchard: "o", Picker: "p", State: "full"}),
		item("CRATE", "2", wages.Item{Orchard: "o", Picker: "p", State: "full"}))
}

// paid says that the picker has what the crates are worth that are paid.
func paid(a *after) error {
	crates := a.rows("farm", func(r row) bool { return r["state"] == "paid" })
	if it := a.it(); len(crates) != len(a.done) || number(it["cents"]) != float64(100+30*len(crates)) || number(it["tokens"]) != float64(2+len(crates)) {
		return fmt.Errorf("%v paid %v, the picker has %v", a.done, crates, it)
	}
	return nil
}

func copyArticle(copyInto func(*unchanged.Feed, context.Context, unchanged.Article) error) action {
	return func(t turn) error {
		return copyInto(&unchanged.Feed{DB: t.db, Table: "feed"}, t, unchanged.Article{ID: "1", Title: t.who, Text: "by " + t.who})
	}
}

// oneArticle says that title and text of an article are of one caller.
func oneArticle(a *after) error {
	if it := a.item("feed", row{"id": "1"}); it["text"] != "by "+text(it["title"]) || !a.did(text(it["title"])) {
		return fmt.Errorf("the article is %v", it)
	}
	return nil
}
