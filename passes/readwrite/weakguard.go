package readwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed weakguard.md
var weakGuardDoc string

var weakGuard = Check{
	Check: report.Check{
		Name: guard.WeakGuard, Doc: weakGuardDoc, On: true,
		Fix: valueFix,
	},
	message: func(s story) string {
		return "weak guard: " + s.wrote + " stores " + s.attrs + " as " + s.readIn + " read it, and its condition (" + s.guard + ") does not check that"
	},
}
