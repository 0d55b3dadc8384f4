package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed streamdedup.md
var streamDedupDoc string

var streamDedup = report.Check{Name: "streamdedup", Doc: streamDedupDoc, On: true, Fix: "claims the record in one transaction with the update that counts it, or makes a new item's key, or a message's deduplication id, of the record's identifier"}

// again reports an effect that a second delivery of its record repeats.
func again(u *compose.Universe, b *compose.Body, r delivery.Redelivery) finding.Finding {
	switch {
	case r.Marker:
		return racy(u, b, r)
	case r.Remembered:
		return forgotten(u, r)
	}
	what := named(r.Item, r.Access)
	f := streamDedup.Finding(finding.High, "no deduplication: "+what+" "+r.Why+" when "+carriers[r.Feed]+" delivers the record again", r.At, r.In, steps(what, r)...)
	if r.Feed != "dynamodb" || r.Access == nil {
		f.Confidence = finding.Medium
	}
	fill(u, &f, r)
	return f
}

// fill adds the requests that a finding is about: the effect, what it depends on, what the handler writes later on.
func fill(u *compose.Universe, f *finding.Finding, r delivery.Redelivery) {
	own := effect(u, r.Item, r.Access)
	own.Via = own.Via[min(r.Depth, len(own.Via)):]
	f.Writes = []finding.Access{own}
	for _, a := range r.After {
		f.Writes = append(f.Writes, report.Access(u, a))
	}
	for _, a := range r.Reads {
		f.Reads = append(f.Reads, report.Access(u, a))
	}
}

// steps is the schedule: two attempts at one record.
func steps(what string, r delivery.Redelivery) []finding.Step {
	fails := "a later record of the batch fails, or the function times out before it has returned"
	if len(r.After) > 0 {
		fails = report.Within(r.After[0].Op, r.After[0].Item) + " fails, or the function times out before it has returned"
	}
	return []finding.Step{
		{Client: "attempt 1", Does: what + " is done for the record"},
		{Client: "attempt 1", Does: fails},
		{Client: "attempt 2", Does: "Lambda delivers the record again, with the same EventID"},
		{Client: "attempt 2", Does: what + " is done a second time"},
	}
}
