package batchwrite

import (
	_ "embed"
	"fmt"
	"path/filepath"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed guardbypass.md
var guardBypassDoc string

// Whether a load may replace what the guard protects only the program's author knows.
var guardBypass = report.Check{Name: "guardbypass", Doc: guardBypassDoc, On: false}

// place names the place of a guard.
func place(g batch.Bypassed) string {
	return fmt.Sprintf("%s (%s:%d)", g.In, filepath.Base(g.At.File), g.At.Line)
}

// bypassing reports a batch that writes items which other code writes under a guard.
func bypassing(u *compose.Universe, by batch.Bypass) finding.Finding {
	op := report.Within(by.Access.Op, by.Item)
	does, after := "puts its item over the one that is there, whatever that has become", "what "+by.Guard.In+" has checked and written is gone"
	if by.Access.Kind == dynamo.Delete {
		does, after = "deletes the item, whatever it has become", "what "+by.Guard.In+" would have refused, or done with it, has not happened"
	}
	f := guardBypass.Finding(finding.Medium, fmt.Sprintf("guard bypass: %s %s without a condition, and %s writes such items %s",
		op, by.Access.Verb(), place(by.Guard), by.Guard.Guard), by.At, by.Body.Summary,
		finding.Step{Client: "B", Does: by.Guard.In + " writes the item " + by.Guard.Guard},
		finding.Step{Client: "A", Does: op + " " + does + ": a batch carries no condition"},
		finding.Step{Client: "B", Does: after})
	f.From = f.Pos
	f.Writes = []finding.Access{report.Access(u, by.Access), report.Access(u, by.Guard.Access)}
	return f
}
