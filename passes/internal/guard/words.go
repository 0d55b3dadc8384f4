package guard

import (
	"github.com/ddbvet/ddbvet/passes/finding"
)

// Words says what a dependence is on.
func (d Dep) Words() (on, kind string) {
	switch d.What {
	case Value:
		return OrItem(d.Attr), "value"
	case Attribute:
		return OrItem(d.Attr), "decision"
	case Absence:
		return "absence", "decision"
	case Presence:
		return "presence", "decision"
	case Count:
		return "count", "decision"
	case Empty:
		return "empty result", "decision"
	}
	return OrItem(d.Attr), "key"
}

var whats = map[What]string{
	Value: "value", Attribute: "attribute", Absence: "absence", Presence: "presence", Count: "count", Empty: "empty", Key: "key",
}

var againsts = map[Against]string{Constant: "constant", Ordered: "ordered", Identity: "identity", Flag: "flag"}

// Need gives a dependence as fixes need it; read is the place of its read in the finding.
func (d Dep) Need(read int) finding.Need {
	return finding.Need{
		Read: read, What: whats[d.What], Attr: d.Attr, To: d.To, Against: againsts[d.Against], Set: d.Set, There: d.There, Computed: d.Computed,
	}
}

// OrItem names an attribute, or the item as a whole where there is none.
func OrItem(attr string) string {
	if attr == "" {
		return "item"
	}
	return attr
}
