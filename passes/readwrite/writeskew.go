package readwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed writeskew.md
var writeSkewDoc string

var writeSkew = Check{
	Check: report.Check{
		Name: guard.WriteSkew, Doc: writeSkewDoc,
	},
	message: func(s story) string {
		return "write skew: " + s.wrote + " relies on " + s.attrs + " of another item that " + s.readIn + " saw, and nothing in the write checks that item"
	},
}
