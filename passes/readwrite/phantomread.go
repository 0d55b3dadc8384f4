package readwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed phantomread.md
var phantomReadDoc string

var phantomRead = Check{
	Check: report.Check{
		Name: guard.PhantomRead, Doc: phantomReadDoc, On: true,
	},
	message: func(s story) string {
		return "phantom: " + s.wrote + " relies on the " + s.attrs + " of " + s.readIn + ", and another client can add an item in between"
	},
}
