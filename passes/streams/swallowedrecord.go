package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed swallowedrecord.md
var swallowedRecordDoc string

var swallowedRecord = report.Check{
	Name: "swallowedrecord", Doc: swallowedRecordDoc, On: true,
	Fix: "names the record in the response, or returns the error",
}

// swallowed reports a record whose failure nobody hears of.
func swallowed(u *compose.Universe, f guard.RecordFault) finding.Finding {
	what := named(f.Item, f.Access)
	how := "logged and forgotten"
	if f.Unread {
		how = "dropped"
	}
	return finding.Finding{
		Check: swallowedRecord.Name, Confidence: finding.Medium, URL: report.URL(swallowedRecord.Name),
		Message: "swallowed record: the error of " + what + " is " + how + ", so the record never comes again: " + swallowedRecord.Name,
		Pos:     f.At, Function: report.Function(f.In), Fixes: []finding.Fix{}, Writes: []finding.Access{effect(u, f.Item, f.Access)},
		Schedule: []finding.Step{
			{Client: "attempt 1", Does: what + " fails, say throttled"},
			{Client: "attempt 1", Does: "the handler returns success, and " + carriers[f.Feed] + " moves on: the record is lost"},
		},
	}
}
