package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// A Bypassed is a guard under which another place of the program writes items of the kind that a batch writes.
type Bypassed struct {
	// In is the function of that write, At its place, Guard what it demands, in words.
	In, Guard string
	At        finding.Pos
}

// guardOf says in words what DynamoDB checks with a write that changes an item, besides that the item is new.
func guardOf(w *Access) string {
	switch {
	case len(w.Tx) > 1:
		return "in a transaction"
	case w.Cond.Given && !w.Cond.Opaque && w.Cond.some(func(a Atom) bool { return a.Op != expr.Exists && a.Op != expr.NotExists }):
		return "under the condition that " + GuardWords(w)
	}
	return ""
}

// Bypassed finds the guard that a batch passes by: a batch carries no conditions.
func (c *Census) Bypassed(w *Access) (Bypassed, bool) {
	own := c.of(w)
	if own == nil {
		return Bypassed{}, false
	}
	kind := c.kinds[own.kind]
	i := slices.IndexFunc(kind, func(s *site) bool { return s != own && s.guard != "" && !s.creates })
	if i < 0 {
		return Bypassed{}, false
	}
	return Bypassed{In: kind[i].name, Guard: kind[i].guard, At: kind[i].at}, true
}
