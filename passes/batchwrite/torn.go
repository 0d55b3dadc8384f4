package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed tornsequence.md
var tornSequenceDoc string

// Whether two items may be apart for a while only the program's author knows.
var tornSequence = report.Check{Name: "tornsequence", Doc: tornSequenceDoc, On: false}

// bonds are the words for why two writes belong together.
var bonds = map[batch.Bond]string{
	batch.Moved:   "moves an item: it stores the copy and deletes the original",
	batch.Kin:     "stores items that name each other",
	batch.Counted: "counts what is stored beside it",
	batch.Ledger:  "books one amount twice",
}

// torn reports a batch that holds items which belong together; bypass is what the message says of a guard that it
// passes by.
func torn(u *compose.Universe, b *compose.Body, t batch.Torn, bypass string) finding.Finding {
	op := report.Within("BatchWriteItem", t.Item)
	f := batchAtomicity.Finding(finding.Medium, "torn batch: "+op+" "+bonds[t.Bond]+", and a batch may be carried out in part"+bypass, t.At, b.Summary,
		finding.Step{Client: "A", Does: op + " carries out one of the two and returns the other in UnprocessedItems"},
		finding.Step{Client: "A", Does: "the process ends before it is sent again"},
		finding.Step{Client: "B", Does: "reads " + left(t)})
	f.From = f.Pos
	f.Writes = []finding.Access{report.Access(u, t.First), report.Access(u, t.Second)}
	f.Needs = []finding.Need{{Read: -1, What: "transaction"}}
	if t.Read != nil { // a transaction has to demand that what moves is still what was read
		f.Reads = []finding.Access{report.Access(u, t.Read)}
		f.Needs[0].Read = 0
	}
	return f
}

// left says what a reader finds.
func left(t batch.Torn) string {
	switch t.Bond {
	case batch.Moved:
		return "the item twice, or not at all"
	case batch.Replaced:
		return "nothing where the item was"
	case batch.Counted:
		return "a number that is not that of the items"
	case batch.Ledger:
		return "one booking without the other"
	}
	return "one item without the other"
}

// sequences are the words for why two writes belong together, by what the second one does.
var sequences = map[batch.Bond]string{
	batch.Moved:   "the two move an item",
	batch.Kin:     "the two items name each other",
	batch.Counted: "one of the two counts the other",
	batch.Ledger:  "the two book one amount",

	batch.Replaced: "the two put an item anew",
}

// tornApart reports two writes, one after the other, of which the second may fail and leave the first.
func tornApart(u *compose.Universe, b *compose.Body, t batch.Torn) finding.Finding {
	first, second := report.Within(t.First.Op, t.First.Item), report.Within(t.Second.Op, t.Second.Item)
	f := tornSequence.Finding(finding.Medium, "torn sequence: "+sequences[t.Bond]+", and when "+second+" fails, "+first+" stays: "+t.Why, t.At, b.Summary,
		finding.Step{Client: "A", Does: first + " is done"},
		finding.Step{Client: "A", Does: second + " fails, or the process ends before it"},
		finding.Step{Client: "A", Does: "the program returns an error; " + t.Why},
		finding.Step{Client: "B", Does: "reads " + left(t)})
	f.From = f.Pos
	f.Writes = []finding.Access{report.Access(u, t.First), report.Access(u, t.Second)}
	return f
}
