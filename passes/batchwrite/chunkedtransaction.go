package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed chunkedtransaction.md
var chunkedTransactionDoc string

// Whether the pieces belong together only the program's author knows.
var chunkedTransaction = report.Check{Name: "chunkedtransaction", Doc: chunkedTransactionDoc, On: false}

// chunked reports a transaction that is cut in pieces.
func chunked(u *compose.Universe, b *compose.Body, c batch.Chunk) finding.Finding {
	op := report.Within(c.Item.Op, c.Item)
	f := chunkedTransaction.Finding(finding.Medium,
		"chunked transaction: "+op+" sends one list of actions in several transactions: when a later one fails, the earlier ones stay", c.At, b.Summary,
		finding.Step{Client: "A", Does: "the first " + op + " succeeds"},
		finding.Step{Client: "A", Does: "the next one is refused, or the process ends: half of the change stays"})
	f.Writes = []finding.Access{report.Access(u, c.Access)}
	return f
}
