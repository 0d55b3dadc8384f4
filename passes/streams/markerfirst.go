package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed markerfirst.md
var markerFirstDoc string

// Some programs would rather lose an effect than have it twice.
var markerFirst = report.Check{Name: "markerfirst", Doc: markerFirstDoc, On: false}

// claimedFirst reports a write that is lost when it fails, since its record is already claimed.
func claimedFirst(u *compose.Universe, m delivery.MarkerFirst) finding.Finding {
	what, claim := named(m.Item, m.Effect), report.Within(m.Claim.Op, m.Claim.Item)
	found := markerFirst.Finding(finding.Medium, "marker first: "+claim+" claims the record before "+what+", and the claim stays when that fails: the next delivery skips the record", m.At, m.In,
		finding.Step{Client: "attempt 1", Does: claim + " claims the record"},
		finding.Step{Client: "attempt 1", Does: what + " fails, or the function times out before it"},
		finding.Step{Client: "attempt 2", Does: carriers[m.Feed] + " delivers the record again, and the claim is there: nothing is done, and the handler returns success"})
	found.Writes = []finding.Access{report.Access(u, m.Effect), report.Access(u, m.Claim)}
	return found
}
