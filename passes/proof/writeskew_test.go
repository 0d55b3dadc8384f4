package proof

import (
	"fmt"
	"slices"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/lines"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/tagged"
	"github.com/ddbvet/ddbvet/testdata/writeskew/blockeduser"
	"github.com/ddbvet/ddbvet/testdata/writeskew/cartorder"
	"github.com/ddbvet/ddbvet/testdata/writeskew/closedauction"
	"github.com/ddbvet/ddbvet/testdata/writeskew/oncall"
	"github.com/ddbvet/ddbvet/testdata/writeskew/othercourt"
	"github.com/ddbvet/ddbvet/testdata/writeskew/readset"
)

func writeSkews() []scenario {
	return []scenario{
		{
			at:    "writeskew/blockeduser Start",
			given: append(given("users userId", row{"userId": "u"}), given("rides bike")...),
			bug:   []action{func(t turn) error { return rides(t).Start(t, "u", "b") }, block},
			safe:  []action{func(t turn) error { return rides(t).StartSafe(t, "u", "b") }, block},
			holds: never("ann", "bob"),
		},
		{
			at: "writeskew/cartorder Buy",
			given: append(given("orders id"),
				given("carts customer sku", row{"customer": "c", "sku": "tea", "qty": 2}, row{"customer": "c", "sku": "pot", "qty": 1})...),
			bug: both(func(t turn) error {
				return (&cartorder.Checkout{DB: t.db, Carts: "carts", Orders: "orders"}).Buy(t, "c")
			}),
			safe: both(func(t turn) error {
				return (&cartorder.Checkout{DB: t.db, Carts: "carts", Orders: "orders"}).BuySafe(t, "c")
			}),
			holds: atMost(1, "orders", every),
		},
		{
			at: "checkthenact/lines Buy",
			given: append(given("orders id"),
				given("baskets customer sku", row{"customer": "c", "sku": "tea", "pieces": 2}, row{"customer": "c", "sku": "pot", "pieces": 1})...),
			bug:   both(func(t turn) error { return linesShop(t).Buy(t, "c") }),
			safe:  both(func(t turn) error { return linesShop(t).BuySafe(t, "c") }),
			holds: atMost(1, "orders", every),
		},
		{
			at: "checkthenact/tagged Buy",
			given: append(given("orders id"),
				given("baskets customer sku", row{"customer": "c", "sku": "tea", "price": 2}, row{"customer": "c", "sku": "pot", "price": 1})...),
			bug:   both(func(t turn) error { return taggedShop(t).Buy(t, "c") }),
			safe:  both(func(t turn) error { return taggedShop(t).BuySafe(t, "c") }),
			holds: atMost(1, "orders", every),
		},
		{
			at:    "writeskew/closedauction Bid",
			given: given("auctions pk sk", closedauction.Auction{PK: "AUCTION#a", SK: "AUCTION"}),
			bug:   []action{func(t turn) error { return house(t).Bid(t, "a", t.who, 100) }, closeAuction},
			safe:  []action{func(t turn) error { return house(t).BidSafe(t, "a", t.who, 100) }, closeAuction},
			holds: never("ann", "bob"),
		},
		{
			at: "writeskew/oncall Leave",
			given: given("ward id", row{"id": "ann", "deputy": "bob", "onCall": true},
				row{"id": "bob", "deputy": "ann", "onCall": true}),
			bug:   both(func(t turn) error { return (&oncall.Ward{DB: t.db, Table: "ward"}).Leave(t, t.who) }),
			safe:  both(func(t turn) error { return (&oncall.Ward{DB: t.db, Table: "ward"}).LeaveSafe(t, t.who) }),
			holds: atMost(1, "ward", func(r row) bool { return r["onCall"] == false }),
		},
		{
			at:    "writeskew/othercourt Call",
			given: given("courts hall court:N"),
			bug:   both(func(t turn) error { return (&othercourt.Hall{DB: t.db, Name: "h"}).Call(t, courtOf(t), "eve") }),
			safe:  both(func(t turn) error { return (&othercourt.Hall{DB: t.db, Name: "h"}).CallSafe(t, courtOf(t), "eve") }),
			holds: func(a *after) error {
				on := a.rows("courts", func(r row) bool {
					players, _ := r["players"].([]any)
					return slices.Contains(players, any("eve"))
				})
				if len(on) > 1 {
					return fmt.Errorf("eve is on two courts: %v", on)
				}
				return nil
			},
		},
		{
			at: "writeskew/readset Place",
			given: slices.Concat(given("coupons id", row{"id": "ten", "percentOff": 10, "good": true}),
				given("stock id", row{"id": "tea", "pieces": 5}), given("orders id")),
			bug:   []action{func(t turn) error { return couponShop(t).Place(t, teaOrder) }, withdrawCoupon},
			safe:  []action{func(t turn) error { return couponShop(t).PlaceSafe(t, teaOrder) }, withdrawCoupon},
			holds: never("ann", "bob"),
		},
	}
}

func linesShop(t turn) *lines.Shop {
	return &lines.Shop{Baskets: &lines.Baskets{DB: t.db}, Orders: &lines.Orders{DB: t.db}}
}

func taggedShop(t turn) *tagged.Shop {
	return &tagged.Shop{Baskets: &tagged.Baskets{DB: t.db}, Orders: &tagged.Orders{DB: t.db}}
}

func rides(t turn) *blockeduser.Rides { return blockeduser.New(t.db, "users", "rides") }

func block(t turn) error { return rides(t).Block(t, "u") }

func house(t turn) *closedauction.House { return &closedauction.House{DB: t.db, Table: "auctions"} }

func closeAuction(t turn) error { return house(t).Close(t, "a") }

func courtOf(t turn) int { return 1 + slices.Index(names, t.who) }

var teaOrder = readset.Order{SKU: "tea", Qty: 1, Cents: 400, Coupon: "ten"}

func couponShop(t turn) *readset.Shop {
	return &readset.Shop{DB: t.db, Orders: "orders", Stock: "stock", Coupons: "coupons"}
}

func withdrawCoupon(t turn) error { return couponShop(t).Withdraw(t, "ten") }
