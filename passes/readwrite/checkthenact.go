package readwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed checkthenact.md
var checkThenActDoc string

var checkThenAct = Check{
	Check: report.Check{
		Name: guard.CheckThenAct, Doc: checkThenActDoc, On: true,
		Fix: "puts what was checked into the condition: attribute_not_exists of the key, or the attribute as it was read",
	},
	message: func(s story) string {
		return "check-then-act: " + s.wrote + " happens because of what " + s.readIn + " saw (" + s.attrs + "), and its guard (" + s.guard + ") does not check that it still holds"
	},
}
