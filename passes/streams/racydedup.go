package streams

import (
	_ "embed"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed racydedup.md
var racyDedupDoc string

var racyDedup = report.Check{Name: "racydedup", Doc: racyDedupDoc, On: true,
	Fix: "leaves the marker in one transaction with the update, or claims the record there"}

// racy reports an effect behind a marker that is read first and written without a condition.
func racy(u *compose.Universe, b *compose.Body, r delivery.Redelivery) finding.Finding {
	what := named(r.Item, r.Access)
	read, marker := report.Within(r.Reads[0].Op, r.Reads[0].Item), report.Within(r.After[0].Op, r.After[0].Item)
	f := racyDedup.Finding(finding.Medium, "racy deduplication: "+read+" looks for a marker and "+marker+" leaves it without a condition, so two deliveries both do "+what, r.At, r.In,
		finding.Step{Client: "attempt 1", Does: read + " finds no marker"},
		finding.Step{Client: "attempt 1", Does: what + " is done; the function times out before " + marker},
		finding.Step{Client: "attempt 2", Does: read + " finds no marker either"},
		finding.Step{Client: "attempt 2", Does: what + " is done a second time"})
	if r.Early {
		f.Schedule = []finding.Step{
			{Client: "attempt 1", Does: read + " finds no marker; the function times out, but still runs"},
			{Client: "attempt 2", Does: read + " finds no marker either"},
			{Client: "attempt 1", Does: marker + " leaves the marker, and " + what + " is done"},
			{Client: "attempt 2", Does: marker + " leaves the marker once more, and " + what + " is done a second time"},
		}
	}
	fill(u, &f, r)
	return f
}

// forgotten reports an effect behind a marker that only one process knows of.
func forgotten(u *compose.Universe, r delivery.Redelivery) finding.Finding {
	what := named(r.Item, r.Access)
	f := racyDedup.Finding(finding.Medium, "racy deduplication: which records were handled is kept in the memory of the process, and another one does "+what+" again", r.At, r.In,
		finding.Step{Client: "attempt 1", Does: what + " is done; a later record of the batch fails, or the function times out"},
		finding.Step{Client: "attempt 2", Does: carriers[r.Feed] + " delivers the record to another instance, or to a new one, which remembers nothing"},
		finding.Step{Client: "attempt 2", Does: what + " is done a second time"})
	fill(u, &f, r)
	return f
}

// Names reports whether one of the family's findings is about the same marker as f, which sees in it only a read and
// a write.
func Names(fs []finding.Finding, f finding.Finding) bool {
	return slices.ContainsFunc(fs, func(r finding.Finding) bool {
		if r.Check != racyDedup.Name || len(r.Reads) == 0 || len(r.Writes) < 2 || len(f.Writes) == 0 || len(f.Reads) == 0 {
			return false
		}
		marker, read := r.Writes[1], r.Reads[0]
		return marker.File == f.Writes[0].File && marker.Line == f.Writes[0].Line && read.File == f.Reads[0].File && read.Line == f.Reads[0].Line
	})
}
