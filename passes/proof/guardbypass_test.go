package proof

import (
	"errors"
	"fmt"
	"strings"

	clubs "github.com/ddbvet/ddbvet/testdata/guardbypass/members"
	"github.com/ddbvet/ddbvet/testdata/guardbypass/stock"
)

// bypasses are the scenarios of batches that write what others guard.
func bypasses() []scenario {
	shop := func(t turn) *stock.Shop { return &stock.Shop{DB: t.db} }
	club := func(t turn) *clubs.Club { return &clubs.Club{DB: t.db, Table: "club"} }
	products := given("products id", stock.Product{ID: "pen", Cents: 120, Stock: 9})
	list := []stock.Product{{ID: "pen", Cents: 150, Stock: 9}}
	sell := func(t turn) error { return shop(t).Sell(t, "pen") }
	team := given("club PK SK", row{"PK": "TEAM#t", "SK": "COUNT", "members": 2},
		row{"PK": "TEAM#t", "SK": "USER#kim"}, row{"PK": "TEAM#t", "SK": "USER#lee"})
	leave := func(t turn) error { return club(t).Leave(t, "t", "kim") }
	claim := func(t turn) error { return club(t).Claim(t, "max", "ann") }
	return []scenario{
		{
			at: "guardbypass/stock Import", given: products, holds: adds("stock", -1, 0),
			bug:  []action{sell, func(t turn) error { return shop(t).Import(t, list) }},
			safe: []action{sell, func(t turn) error { return shop(t).ImportSafe(t, list) }},
		},
		{
			at: "guardbypass/stock CountSafe", given: products, holds: adds("stock", -1, 0),
			safe: []action{sell, func(t turn) error { return shop(t).CountSafe(t, []string{"a", "b"}) }},
		},
		{
			at: "guardbypass/stock SeedSafe", given: given("products id"), holds: stored("products", 2),
			safe: one(func(t turn) error { return shop(t).SeedSafe(t) }),
		},
		{
			at: "guardbypass/stock WithdrawSafe", given: products, holds: whenDone(atMost(0, "products", every)),
			safe: []action{sell, func(t turn) error { return shop(t).WithdrawSafe(t, []string{"pen"}) }},
		},
		{
			at: "guardbypass/members Expel", given: team, holds: membersCounted,
			bug:  []action{leave, func(t turn) error { return club(t).Expel(t, "t", []string{"kim"}) }},
			safe: []action{leave, func(t turn) error { return club(t).ExpelSafe(t, "t", []string{"kim"}) }},
		},
		{
			at: "guardbypass/members CloseSafe", given: team, holds: whenDone(membersCounted),
			safe: one(func(t turn) error { return club(t).CloseSafe(t, "t", []string{"kim", "lee"}) }),
		},
		{
			at: "guardbypass/members Reserve", given: given("club PK SK"), holds: nameOf("max"),
			bug:  []action{claim, func(t turn) error { return club(t).Reserve(t, "bob", []string{"max"}) }},
			safe: []action{claim, func(t turn) error { return club(t).ReserveSafe(t, "bob", []string{"max"}) }},
		},
		{
			at: "guardbypass/members Rename", given: given("club PK SK"), holds: nameOf("max"),
			bug:  []action{claim, func(t turn) error { return club(t).Rename(t, "bob", "max") }},
			safe: []action{claim, func(t turn) error { return club(t).RenameSafe(t, "bob", "max") }},
		},
		{
			at: "guardbypass/members NoteSafe", given: team, holds: membersCounted,
			safe: one(func(t turn) error { return club(t).NoteSafe(t, "t", []string{"hello"}) }),
		},
	}
}

// membersCounted says that a team counts its members.
func membersCounted(a *after) error {
	n := len(a.rows("club", func(r row) bool { return strings.HasPrefix(text(r["SK"]), "USER#") }))
	if counted := number(a.item("club", row{"PK": "TEAM#t", "SK": "COUNT"})["members"]); counted != float64(n) {
		return fmt.Errorf("%v are counted, %d are there", counted, n)
	}
	return nil
}

// nameOf says that whoever was given a name has it.
func nameOf(name string) invariant {
	return func(a *after) error {
		var errs []error
		has := text(a.item("club", row{"PK": "NAME#" + name, "SK": "CLAIM"})["user"])
		for _, who := range a.done {
			if has != who {
				errs = append(errs, fmt.Errorf("%s was given to %s, and %s has it", name, who, has))
			}
		}
		return errors.Join(errs...)
	}
}
