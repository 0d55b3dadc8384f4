package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed blindbatch.md
var blindBatchDoc string

var blindBatch = report.Check{Name: "blindbatch", Doc: blindBatchDoc, On: true}

// blind reports a batch of statements whose results nobody looks at.
func blind(u *compose.Universe, b *compose.Body, l guard.Leftover) finding.Finding {
	op := report.Within(l.Item.Op, l.Item)
	f := blindBatch.Finding(finding.High, "blind batch: the Responses of "+op+" are never looked at: a statement that has failed says so only there", l.At, b.Summary,
		finding.Step{Client: "A", Does: op + " returns no error, and an Error in the response of each statement that has failed"},
		finding.Step{Client: "A", Does: "the program goes on as if every statement had been carried out"})
	f.Writes = []finding.Access{report.Access(u, l.Access)}
	return f
}
