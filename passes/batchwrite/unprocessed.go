package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

//go:embed unprocessed.md
var unprocessedDoc string

var unprocessed = report.Check{
	Name: "unprocessed", Doc: unprocessedDoc, On: true,
	Fix: "sends again what is left, with growing pauses, and ends with an error when that does not help; counts items, not tables",
}

// fates are the words for what becomes of leftovers.
var fates = map[summary.Fate]string{
	summary.Dropped:    "is never looked at",
	summary.Returned:   "is never looked at",
	summary.Logged:     "is logged and then forgotten",
	summary.Bounded:    "is sent again a number of times and then forgotten",
	summary.Miscounted: "is counted by tables, not by items (len of the map)",
	summary.Partly:     "is looked at for one table only",
}

// leftover reports a batch of which nobody looks at what is left undone.
func leftover(u *compose.Universe, b *compose.Body, l batch.Leftover) finding.Finding {
	if l.Item.Op == "BatchExecuteStatement" {
		return blind(u, b, l)
	}
	f := lostItems(u, b, l)
	if l.Acts != nil {
		f = lostKeys(u, b, l)
	}
	what := "retry"
	switch l.Fate { // the others do something about it already
	case summary.Bounded:
		what = "failure"
	case summary.Miscounted:
		what = "count"
	}
	f.Needs = []finding.Need{{Read: -1, What: what}}
	return f
}

// lostItems reports puts and deletes that are not carried out.
func lostItems(u *compose.Universe, b *compose.Body, l batch.Leftover) finding.Finding {
	op := report.Within(l.Item.Op, l.Item)
	lost := "those puts and deletes are lost, with a nil error"
	if l.Fate == summary.Miscounted {
		lost = "one table may stand for 25 items, and the sum is wrong"
	}
	f := unprocessed.Finding(finding.High, "unprocessed items: what "+op+" has left in UnprocessedItems "+fates[l.Fate]+": "+lost, l.At, b.Summary,
		finding.Step{Client: "A", Does: op + " is throttled: DynamoDB carries out some of the requests and returns the others in UnprocessedItems, with HTTP 200"},
		finding.Step{Client: "A", Does: "the program goes on as if everything were written; the SDK does not send them again"})
	f.Writes = []finding.Access{report.Access(u, l.Access)}
	return f
}

// lostKeys reports items that are taken for absent since they were not delivered.
func lostKeys(u *compose.Universe, b *compose.Body, l batch.Leftover) finding.Finding {
	op := report.Within(l.Item.Op, l.Item)
	f := unprocessed.Finding(finding.High,
		"unprocessed keys: what "+op+" has left in UnprocessedKeys "+fates[l.Fate]+", and the program takes those items for absent", l.At, b.Summary,
		finding.Step{Client: "A", Does: op + " returns some of the items, the keys of the others in UnprocessedKeys, and no error"},
		finding.Step{Client: "A", Does: report.Within(l.Acts.Op, l.Acts.Item) + " is made for an item that is there"})
	f.Reads = []finding.Access{report.Access(u, l.Access)}
	f.Writes = []finding.Access{report.Access(u, l.Acts)}
	f.Depends = []finding.Dependence{{On: "absence", Kind: "decision"}}
	return f
}
