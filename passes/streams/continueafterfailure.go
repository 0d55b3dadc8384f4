package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed continueafterfailure.md
var continueAfterFailureDoc string

// Handlers whose effects are idempotent and keep no order only do too much.
var continueAfterFailure = report.Check{Name: "continueafterfailure", Doc: continueAfterFailureDoc, On: false}

// continued reports a handler that goes on behind a record that has failed.
func continued(u *compose.Universe, f delivery.RecordFault) finding.Finding {
	what := named(f.Item, f.Access)
	found := continueAfterFailure.Finding(finding.Medium, "continue after failure: the handler names a record as failed and goes on with "+what+
		" for the next one, but "+carriers[f.Feed]+" delivers everything from the failed record on again", f.At, f.In,
		finding.Step{Client: "attempt 1", Does: what + " fails for the first change of an item, and is done for the second"},
		finding.Step{Client: "attempt 2", Does: carriers[f.Feed] + " delivers both again, from the failed one on: " + what + " is done for the first change, though the second is already there"})
	found.Writes = []finding.Access{effect(u, f.Item, f.Access)}
	return found
}
