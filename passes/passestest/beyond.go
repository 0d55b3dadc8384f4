package passestest

import "maps"

// beyond is what a door does not get right yet, with the reason. An entry that has become wrong fails the tests, so that the
// lists only say what is true.
func (d Door) beyond() map[string]string {
	if d == Gate {
		return beyondAll
	}
	both := maps.Clone(beyondAll)
	maps.Copy(both, beyondPass)
	return both
}

// beyondAll is what every door gets wrong.
var beyondAll = map[string]string{
	"checkthenact/idempotency/middleware.go:70: checkthenact": "that an attribute is missing is told by a type assertion that fails, which counts as no state",
	"checkthenact/lockrelease/locks.go:74: checkthenact":      "a holder compared with the caller looks like the owner in an authorisation",
	"weakguard/txbuilder/tx.go:110: weakguard":                "a condition set by an option that is called in a loop",
	"writeskew/cartorder/checkout.go:112: checkthenact":       "a condition set on an action after a helper made it, in a loop",
}

// beyondPass is what passes get wrong besides.
var beyondPass = map[string]string{}
