package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed swallowedrecord.md
var swallowedRecordDoc string

var swallowedRecord = report.Check{
	Name: "swallowedrecord", Doc: swallowedRecordDoc, On: true,
	Fix: "names the record in the response, or returns the error",
}

// swallowed reports a record whose failure nobody hears of.
func swallowed(u *compose.Universe, f delivery.RecordFault) finding.Finding {
	what := named(f.Item, f.Access)
	how := "logged and forgotten"
	switch {
	case f.Unread:
		how = "dropped"
	case f.Overwritten:
		how = "overwritten by that of the next record"
	}
	found := swallowedRecord.Finding(finding.Medium, "swallowed record: the error of "+what+" is "+how+", so the record never comes again", f.At, f.In,
		finding.Step{Client: "attempt 1", Does: what + " fails, say throttled"},
		finding.Step{Client: "attempt 1", Does: "the handler returns success, and " + carriers[f.Feed] + " moves on: the record is lost"})
	found.Writes = []finding.Access{effect(u, f.Item, f.Access)}
	return found
}
