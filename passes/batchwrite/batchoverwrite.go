package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/readwrite"
)

//go:embed batchoverwrite.md
var batchOverwriteDoc string

var batchOverwrite = report.Check{Name: "batchoverwrite", Doc: batchOverwriteDoc, On: true}

// overwrite reports a batch that stores what was computed from a read. Where it carries other items as well, it was
// meant to be one change. bypass is what the message says of a guard that the batch passes by.
func overwrite(u *compose.Universe, b *compose.Body, group []guard.Hazard, bypass string) finding.Finding {
	h := group[0]
	put, read := report.Within(h.Write.Op, h.Write.Item), report.Within(h.Read.Op, h.Read.Item)
	for _, g := range group {
		if others := batch.Companions(g, u); len(others) > 0 && others[0].Stored != h.Write.Stored {
			f := readwrite.Build(u, b, group, batchAtomicity,
				"torn batch: "+put+" stores what was computed from "+read+" beside items that belong to it; a batch checks no condition and may be carried out in part"+bypass)
			f.Needs = append(f.Needs, finding.Need{Read: 0, What: "transaction"})
			return f
		}
	}
	return readwrite.Build(u, b, group, batchOverwrite,
		"batch overwrite: "+put+" stores what "+read+" read, and a batch cannot carry a condition that would refuse it when it has changed since"+bypass)
}
