package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

//go:embed blindbatch.md
var blindBatchDoc string

var blindBatch = report.Check{Name: "blindbatch", Doc: blindBatchDoc, On: true,
	Fix: "fails when a statement has failed, and takes a cancellation for a failed condition only where one is the reason"}

// blind reports a batch of statements whose results nobody looks at.
func blind(u *compose.Universe, b *compose.Body, l batch.Leftover) finding.Finding {
	op := report.Within(l.Item.Op, l.Item)
	how := "the Responses of " + op + " are never looked at"
	if l.Fate == summary.Unchecked {
		how = "of the Responses of " + op + " the items are read, the errors are not"
	}
	f := blindBatch.Finding(finding.High, "blind batch: "+how+": a statement that has failed says so only there", l.At, b.Summary,
		finding.Step{Client: "A", Does: op + " returns no error, and an Error in the response of each statement that has failed"},
		finding.Step{Client: "A", Does: "the program goes on as if every statement had been carried out"})
	f.Writes = []finding.Access{report.Access(u, l.Access)}
	return f
}

// lumped reports a program that takes every cancellation of a transaction for one and the same.
func lumped(b *compose.Body, it *compose.Item) finding.Finding {
	f := blindBatch.Finding(finding.Medium,
		"blind transaction: every cancellation is answered alike, and its CancellationReasons are never looked at: a conflict or a throttled table passes for a failed condition",
		it.Pos, b.Summary,
		finding.Step{Client: "B", Does: "another transaction writes one of the items"},
		finding.Step{Client: "A", Does: "TransactWriteItems is cancelled with TransactionConflict, nothing is written, and trying again would help"},
		finding.Step{Client: "A", Does: "the program answers as if a condition had failed"})
	f.From = f.Pos
	return f
}
