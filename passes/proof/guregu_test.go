package proof

import (
	"context"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/gureguv1"
	"github.com/ddbvet/ddbvet/testdata/weakguard/guregu"
)

// gureguMappers are the fixtures written with github.com/guregu/dynamo, version 2 and 1.
func gureguMappers() []scenario {
	stand := func(place string, count int) guregu.Stand {
		return guregu.Stand{City: "c", Place: place, Count: count, Status: "open", Rev: 1}
	}
	stands := given("stands city place", standRow(stand("a", 1)), standRow(stand("b", 5)))
	empty := given("stands city place", standRow(stand("a", 0)), standRow(stand("b", 5)))
	halls := append(given("guests hall id", row{"hall": "h", "id": "1", "name": "eve"}),
		given("badges name", row{"name": "hall h", "guests": 1})...)
	admits := func(f func(*gureguv1.Desk, context.Context, string, string) error, name string) []action {
		return both(func(t turn) error {
			if name == "" {
				return f(badgeDesk(t), t, "h", t.who)
			}
			return f(badgeDesk(t), t, "h", name)
		})
	}
	named := func(r row) bool { return r["name"] == "kim" }
	return []scenario{
		{
			at:    "weakguard/guregu Return",
			given: stands,
			bug:   both(func(t turn) error { return city(t).Return(t, "a") }),
			safe:  both(func(t turn) error { return city(t).ReturnSafe(t, "a") }),
			holds: adds("Count", 1),
		},
		{
			at:    "weakguard/guregu ReturnOnce",
			given: stands,
			bug:   both(func(t turn) error { return city(t).ReturnOnce(t, "a", false) }),
			safe:  both(func(t turn) error { return city(t).ReturnOnceSafe(t, "a", false) }),
			holds: adds("Count", 1),
		},
		{
			at:    "weakguard/guregu DeliverSafe",
			given: stands,
			safe:  both(func(t turn) error { return city(t).DeliverSafe(t, "a", 3) }),
			holds: adds("Count", 3),
		},
		{
			at:    "weakguard/guregu Take",
			given: stands,
			bug:   both(func(t turn) error { return city(t).Take(t, "a") }),
			safe:  both(func(t turn) error { return city(t).TakeSafe(t, "a") }),
			holds: once,
		},
		{
			at:    "weakguard/guregu Keep",
			given: stands,
			bug:   both(func(t turn) error { return city(t).Keep(t, "a", t.who) }),
			safe:  both(func(t turn) error { return city(t).KeepSafe(t, "a", t.who) }),
			holds: keeps("keeper"),
		},
		{
			at:    "weakguard/guregu Move",
			given: stands,
			bug:   both(func(t turn) error { return city(t).Move(t, "b", "a", 2) }),
			safe:  both(func(t turn) error { return city(t).MoveSafe(t, "b", "a", 2) }),
			holds: adds("Count", 2),
		},
		{
			at:    "weakguard/guregu Close",
			given: empty,
			bug:   []action{func(t turn) error { return city(t).Close(t, "a", "b") }, returns},
			safe:  []action{func(t turn) error { return city(t).CloseSafe(t, "a", "b") }, returns},
			holds: adds("Count", 0, 1),
		},
		{
			at:    "checkthenact/gureguv1 Issue",
			given: given("badges name"),
			bug:   both(func(t turn) error { return badgeDesk(t).Issue(t, "kim", t.who) }),
			safe:  both(func(t turn) error { return badgeDesk(t).IssueSafe(t, "kim", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/gureguv1 Admit",
			given: halls,
			bug:   admits((*gureguv1.Desk).Admit, ""),
			safe:  admits((*gureguv1.Desk).AdmitSafe, ""),
			holds: atMost(2, "guests", every),
		},
		{
			at:    "checkthenact/gureguv1 AdmitListed",
			twin:  "AdmitSafe",
			given: halls,
			bug:   admits((*gureguv1.Desk).AdmitListed, ""),
			safe:  admits((*gureguv1.Desk).AdmitSafe, ""),
			holds: atMost(2, "guests", every),
		},
		{
			at:    "checkthenact/gureguv1 AdmitWalked",
			given: halls,
			bug:   admits((*gureguv1.Desk).AdmitWalked, "kim"),
			safe:  admits((*gureguv1.Desk).AdmitWalkedSafe, "kim"),
			holds: atMost(1, "guests", named),
		},
		{
			at:    "checkthenact/gureguv1 EnrollSafe",
			given: given("badges name"),
			safe: both(func(t turn) error {
				return badgeDesk(t).EnrollSafe(t, []gureguv1.Badge{{Name: t.who, Issuer: "eve"}})
			}),
			holds: func(a *after) error { return atLeast(len(a.done), "badges", every)(a) },
		},
	}
}

// standRow spells out what guregu's own tags call the attributes.
func standRow(s guregu.Stand) row {
	return row{"city": s.City, "place": s.Place, "Count": s.Count, "status": s.Status, "rev": s.Rev}
}

func city(t turn) *guregu.City { return guregu.NewCity(t.db, "c") }

func returns(t turn) error { return city(t).ReturnOnceSafe(t, "a", true) }

func badgeDesk(t turn) *gureguv1.Desk {
	return gureguv1.NewDesk(explore.NewClientV1(explore.Transport(t)))
}
