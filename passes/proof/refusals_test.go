package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/answered"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/burncode"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/besteffort"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/unheeded"
	"github.com/ddbvet/ddbvet/testdata/weakguard/missing"
)

// answer sends a form to a handler; any status but 200 is an error.
func answer(t turn, handle http.HandlerFunc, form url.Values) error {
	r := httptest.NewRequestWithContext(t, http.MethodPost, "/?"+form.Encode(), nil)
	w := &reply{httptest.NewRecorder()}
	handle(w, r)
	return w.failed()
}

// reply keeps what a request is answered.
type reply struct{ *httptest.ResponseRecorder }

// JSON answers as a framework does.
func (w *reply) JSON(status int, body any) error {
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(body)
}

func (w *reply) failed() error {
	if w.Code != http.StatusOK {
		return fmt.Errorf("%d: %s", w.Code, w.Body)
	}
	return nil
}

// unheededRefusals are writes whose errors nobody looks at.
func unheededRefusals() []scenario {
	profile := given("profiles id", row{"id": "p", "name": "old", "likes": 1, "points": 5, "tries": 0, "until": "1999-01-01T00:00:00Z", "closed": ""})
	profiles := func(t turn) *unheeded.Profiles { return &unheeded.Profiles{DB: t.db, Table: "profiles"} }
	reward := func(call func(*unheeded.Profiles, context.Context, []string, int) error) []action {
		return both(func(t turn) error { return call(profiles(t), t, []string{"p"}, 10) })
	}
	bonus := func(call func(*unheeded.Profiles, context.Context, string, int, string) (int, error)) []action {
		return both(func(t turn) error { return err(call(profiles(t), t, "p", 10, "friend")) })
	}
	move := func(call func(*unheeded.Profiles, context.Context, string, string) error) []action {
		return both(func(t turn) error {
			err := call(profiles(t), t, "p", "Samarkand")
			var refused *types.ConditionalCheckFailedException
			if errors.Is(err, unheeded.ErrFar) && !errors.As(err, &refused) {
				return nil // as it should be, and counted
			}
			return err
		})
	}
	like := func(call func(*unheeded.Profiles, http.ResponseWriter, *http.Request)) []action {
		return both(func(t turn) error {
			return answer(t, func(w http.ResponseWriter, r *http.Request) { call(profiles(t), w, r) }, url.Values{"id": {"p"}})
		})
	}
	star := func(call func(*unheeded.Profiles, context.Context, string, unheeded.Reply) error) []action {
		return both(func(t turn) error {
			w := &reply{httptest.NewRecorder()}
			if err := call(profiles(t), t, "p", w); err != nil {
				return err
			}
			return w.failed()
		})
	}
	trade := func(call func(*unheeded.Profiles, context.Context, string, int) (int, error)) []action {
		return both(func(t turn) error { return err(call(profiles(t), t, "p", 1)) })
	}
	expire := func(call func(*unheeded.Profiles, context.Context, string, string) (bool, error)) []action {
		return both(func(t turn) error {
			closed, err := call(profiles(t), t, "p", t.who)
			if err == nil && !closed {
				err = errors.New("not closed")
			}
			return err
		})
	}
	recount := func(call func(*unheeded.Profiles, context.Context, map[string]int)) []action {
		return []action{
			func(t turn) error { call(profiles(t), t, map[string]int{"p": 7}); return nil },
			func(t turn) error { return err(profiles(t).RenameSafe(t, "p", "bob")) },
		}
	}
	return []scenario{
		{
			at: "lostupdate/unheeded Rename", given: profile, holds: keeps("name"),
			bug:  both(func(t turn) error { return err(profiles(t).Rename(t, "p", t.who)) }),
			safe: both(func(t turn) error { return err(profiles(t).RenameSafe(t, "p", t.who)) }),
		},
		{
			at: "lostupdate/unheeded Reward", given: profile, holds: adds("points", 10),
			bug: reward((*unheeded.Profiles).Reward), safe: reward((*unheeded.Profiles).RewardSafe),
		},
		{
			at: "lostupdate/unheeded Bonus", given: profile, holds: adds("points", 10),
			bug: bonus((*unheeded.Profiles).Bonus), safe: bonus((*unheeded.Profiles).BonusSafe),
		},
		{
			at: "lostupdate/unheeded Move", given: profile, holds: adds("tries", 1),
			bug: move((*unheeded.Profiles).Move), safe: move((*unheeded.Profiles).MoveSafe),
		},
		{
			at: "lostupdate/unheeded Like", given: profile, holds: adds("likes", 1),
			bug: like((*unheeded.Profiles).Like), safe: like((*unheeded.Profiles).LikeSafe),
		},
		{
			at: "lostupdate/unheeded Star", given: profile, holds: adds("likes", 1),
			bug: star((*unheeded.Profiles).Star), safe: star((*unheeded.Profiles).StarSafe),
		},
		{
			at: "lostupdate/unheeded Trade", given: profile, holds: adds("points", -1),
			bug: trade((*unheeded.Profiles).Trade), safe: trade((*unheeded.Profiles).TradeSafe),
		},
		{
			at: "lostupdate/unheeded Expire", given: profile, holds: keeps("closed"),
			bug: expire((*unheeded.Profiles).Expire), safe: expire((*unheeded.Profiles).ExpireSafe),
		},
		{
			at: "lostupdate/unheeded Recount", given: profile, holds: sets("bob", "name", "oldbob"),
			bug: recount((*unheeded.Profiles).Recount), safe: recount((*unheeded.Profiles).RecountSafe),
		},
	}
}

// lostRefusals are writes of whose refusal nobody could be told, or that nobody could tell from success.
func lostRefusals() []scenario {
	badge := given("badges id", row{"id": "b", "owner": "eve", "seen": 1})
	count := func(call func(*besteffort.Badges, context.Context, string) error) []action {
		return both(func(t turn) error { return call(&besteffort.Badges{DB: t.db, Table: "badges"}, t, "b") })
	}
	show := func(call func(*besteffort.Badges, http.ResponseWriter, *http.Request)) []action {
		return both(func(t turn) error {
			badges := &besteffort.Badges{DB: t.db, Table: "badges"}
			return answer(t, func(w http.ResponseWriter, r *http.Request) { call(badges, w, r) }, url.Values{"id": {"b"}})
		})
	}
	hand := func(call func(*burncode.Codes, http.ResponseWriter, *http.Request)) []action {
		return both(func(t turn) error {
			codes := &burncode.Codes{DB: t.db, Table: "codes"}
			return answer(t, func(w http.ResponseWriter, r *http.Request) { call(codes, w, r) }, url.Values{"code": {"c"}, "who": {t.who}})
		})
	}
	place := func(call func(*answered.Orders, http.ResponseWriter, *http.Request)) []action {
		return both(func(t turn) error {
			orders := &answered.Orders{DB: t.db, Table: "orders"}
			return answer(t, func(w http.ResponseWriter, r *http.Request) { call(orders, w, r) }, url.Values{"id": {"7"}})
		})
	}
	readers := func(t turn) *missing.Readers { return &missing.Readers{DB: t.db, Table: "readers"} }
	return []scenario{
		{
			at: "lostupdate/besteffort Enter", given: badge, holds: adds("seen", 1),
			bug: count((*besteffort.Badges).Enter), safe: count((*besteffort.Badges).EnterSafe),
		},
		{
			at: "lostupdate/besteffort Leave", given: badge, holds: adds("seen", 1),
			bug: count((*besteffort.Badges).Leave), safe: count((*besteffort.Badges).LeaveSafe),
		},
		{
			at: "lostupdate/besteffort Show", given: badge, holds: adds("seen", 1),
			bug: show((*besteffort.Badges).Show), safe: show((*besteffort.Badges).ShowSafe),
		},
		{
			at: "lostupdate/besteffort Check", given: badge, holds: adds("seen", 1),
			bug: count((*besteffort.Badges).Check), safe: count((*besteffort.Badges).CheckSafe),
		},
		{
			at: "lostupdate/besteffort Print", given: badge, holds: adds("seen", 1),
			bug: count((*besteffort.Badges).Print), safe: count((*besteffort.Badges).PrintSafe),
		},
		{
			at: "lostupdate/besteffort All", given: badge, holds: adds("seen", 1),
			bug:  both(func(t turn) error { return (&besteffort.Badges{DB: t.db, Table: "badges"}).All(t, []string{"b"}) }),
			safe: both(func(t turn) error { return (&besteffort.Badges{DB: t.db, Table: "badges"}).AllSafe(t, []string{"b"}) }),
		},
		{
			at: "checkthenact/burncode Hand", given: given("codes code", burncode.Code{Code: "c"}), holds: once,
			bug: hand((*burncode.Codes).Hand), safe: hand((*burncode.Codes).HandSafe),
		},
		{
			at: "checkthenact/answered Place", given: given("orders id", row{"id": "all", "orders": 0}), holds: once,
			bug: place((*answered.Orders).Place), safe: place((*answered.Orders).PlaceSafe),
		},
		{
			at: "weakguard/missing Read", given: given("readers name", missing.Reader{Name: "r", Page: 1}), holds: adds("page", 10),
			bug:  both(func(t turn) error { return readers(t).Read(t, "r", 10) }),
			safe: both(func(t turn) error { return readers(t).ReadSafe(t, "r", 10) }),
		},
	}
}
