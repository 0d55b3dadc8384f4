package readwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
)

//go:embed lostupdate.md
var lostUpdateDoc string

var lostUpdate = Check{
	Name: guard.LostUpdate, Doc: lostUpdateDoc, On: true,
	message: func(s story) string {
		return "lost update: " + s.wrote + " stores " + s.attrs + " as " + s.readIn + " read it, and no condition makes DynamoDB refuse when it has changed since"
	},
}
