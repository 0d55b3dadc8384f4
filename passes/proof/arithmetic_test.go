package proof

import (
	"context"
	"fmt"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/arithmetic"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/handmade"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/narrow"
)

// arithmetics are the fixtures in which Go adds what DynamoDB could add.
func arithmetics() []scenario {
	purses := func(balance int) []table {
		return given("purses owner", row{"owner": "o", "balance": balance, "points": 5})
	}
	at := func(t turn) *arithmetic.Purses { return &arithmetic.Purses{DB: t.db, Table: "purses"} }
	spend := func(f func(*arithmetic.Purses, context.Context, string, int64) error) []action {
		return both(func(t turn) error { return f(at(t), t, "o", 60) })
	}
	earn := func(f func(*arithmetic.Purses, context.Context, string, float64, float64) error) []action {
		return both(func(t turn) error { return f(at(t), t, "o", 4, 8) })
	}
	number := func(f func(*arithmetic.Purses, context.Context, string) (int, error)) []action {
		return both(func(t turn) error {
			n, err := f(at(t), t, "o")
			if err == nil {
				t.note(n)
			}
			return err
		})
	}
	return []scenario{
		{
			at: "lostupdate/arithmetic Spend", given: purses(100), holds: all(adds("balance", -60), once),
			bug: spend((*arithmetic.Purses).Spend), safe: spend((*arithmetic.Purses).SpendSafe),
		},
		{
			at: "lostupdate/arithmetic Visit", given: purses(0), holds: adds("visits", 1),
			bug:  both(func(t turn) error { return at(t).Visit(t, "o", "here") }),
			safe: both(func(t turn) error { return at(t).VisitSafe(t, "o", "here") }),
		},
		{
			at: "lostupdate/arithmetic Earn", given: purses(0), holds: adds("points", 4),
			bug: earn((*arithmetic.Purses).Earn), safe: earn((*arithmetic.Purses).EarnSafe),
		},
		{
			at: "lostupdate/arithmetic Book", given: purses(0), holds: all(adds("booked", 3), once),
			bug:  both(func(t turn) error { return at(t).Book(t, "o", 3, 5) }),
			safe: both(func(t turn) error { return at(t).BookSafe(t, "o", 3, 5) }),
		},
		{
			at: "lostupdate/arithmetic Heat", given: given("purses owner", row{"owner": "o", "degrees": 19}), holds: adds("degrees", 2),
			bug:  both(func(t turn) error { return at(t).Heat(t, "o", 2) }),
			safe: both(func(t turn) error { return at(t).HeatSafe(t, "o", 2) }),
		},
		{
			at: "lostupdate/arithmetic Number", given: purses(0), holds: differentNumbers,
			bug: number((*arithmetic.Purses).Number), safe: number((*arithmetic.Purses).NumberSafe),
		},
	}
}

// differentNumbers says that no two clients noted the same.
func differentNumbers(a *after) error {
	seen := map[any]string{}
	for _, n := range a.notes() {
		if who := seen[n.v]; who != "" && who != n.who {
			return fmt.Errorf("%s and %s have the number %v", who, n.who, n.v)
		}
		seen[n.v] = n.who
	}
	return nil
}

// narrows are the fixtures in which a whole item is put for one attribute or two.
func narrows() []scenario {
	desks := given("desks id", row{"id": "d", "name": "old", "status": "free", "reason": ""})
	at := func(t turn) *narrow.Desks { return &narrow.Desks{DB: t.db, Table: "desks"} }
	rename := func(t turn) error { return at(t).RenameSafe(t, "d", "new") }
	return []scenario{
		{
			at: "lostupdate/narrow Rename", given: desks, holds: all(sets("ann", "name", "new"), sets("bob", "status", "closed")),
			bug:  []action{func(t turn) error { return at(t).Rename(t, "d", "new") }, func(t turn) error { return at(t).CloseSafe(t, "d", "broken") }},
			safe: []action{rename, func(t turn) error { return at(t).CloseSafe(t, "d", "broken") }},
		},
		{
			at: "lostupdate/narrow Close", given: desks, holds: all(sets("ann", "name", "new"), sets("bob", "status", "closed")),
			bug:  []action{rename, func(t turn) error { return at(t).Close(t, "d", "broken") }},
			safe: []action{rename, func(t turn) error { return at(t).CloseSafe(t, "d", "broken") }},
		},
	}
}

// handmadeItems are the fixtures without a struct between the items.
func handmadeItems() []scenario {
	sign := func(f func(*handmade.Lists, context.Context, string, string) error) []action {
		return both(func(t turn) error { return f(&handmade.Lists{DB: t.db, Table: "lists"}, t, "e", t.who) })
	}
	return []scenario{{
		at: "lostupdate/handmade SignUp", given: given("lists event", row{"event": "e", "guests": []string{"eve"}}), holds: keeps("guests"),
		bug: sign((*handmade.Lists).SignUp), safe: sign((*handmade.Lists).SignUpSafe),
	}}
}
