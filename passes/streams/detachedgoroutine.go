package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed detachedgoroutine.md
var detachedGoroutineDoc string

var detachedGoroutine = report.Check{Name: "detachedgoroutine", Doc: detachedGoroutineDoc, On: true,
	Fix: "does the work before the handler returns, and hands its error on"}

// detached reports work that outlives its handler.
func detached(u *compose.Universe, f delivery.RecordFault) finding.Finding {
	what := named(f.Item, f.Access)
	found := detachedGoroutine.Finding(finding.High, "detached goroutine: nothing waits for "+what+", and the handler returns before it is done", f.At, f.In,
		finding.Step{Client: "attempt 1", Does: "the handler starts " + what + " in a goroutine and returns success"},
		finding.Step{Client: "attempt 1", Does: "Lambda freezes the process; the goroutine goes on with the next event, or never, and nobody hears of its error"})
	found.Writes = []finding.Access{effect(u, f.Item, f.Access)}
	return found
}
