package readwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed lostupdate.md
var lostUpdateDoc string

var lostUpdate = Check{
	Check: report.Check{
		Name: guard.LostUpdate, Doc: lostUpdateDoc, On: true,
		Fix: valueFix,
	},
	message: func(s story) string {
		return "lost update: " + s.wrote + " stores " + s.attrs + " as " + s.readIn + " read it, and no condition makes DynamoDB refuse when it has changed since"
	},
}
