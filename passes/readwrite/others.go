package readwrite

import (
	"fmt"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// maxErased bounds the attributes that a message names.
const maxErased = 3

// others says what the other writes of the same kind of item tell of a lost update: that they pin an attribute which this
// one leaves alone, and what they store that this one erases. It is for people: a fingerprint does not hold it.
func others(c *guard.Census, h guard.Hazard) string {
	if h.Check != guard.LostUpdate && h.Check != guard.WeakGuard {
		return ""
	}
	var b strings.Builder
	if p, ok := c.Pinned(h.Write); ok {
		items := "such items"
		if p.Items != "" {
			items = summary.ShortID(p.Items)
		}
		fmt.Fprintf(&b, "; %d of %d writes of %s pin %s, this one does not", p.Pins, p.Of, items, p.Attr)
	}
	erased := c.Erased(h.Write)
	for i, e := range erased {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "; it puts the whole item without %s (which %s writes)", e.Attr, e.Writer)
		case i < maxErased:
			fmt.Fprintf(&b, ", %s (%s)", e.Attr, e.Writer)
		case i == maxErased:
			fmt.Fprintf(&b, " and %d more", len(erased)-maxErased)
		}
	}
	if len(erased) > 0 {
		b.WriteString(", so it erases what is there")
	}
	return b.String()
}
