// Package streams holds the checks for handlers of DynamoDB streams, and of Kinesis and SQS where they write to
// DynamoDB: records arrive at least once, so what a handler does must bear being done twice.
package streams

import (
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

// Checks are all checks of the family.
func Checks() []report.Check {
	return []report.Check{streamDedup, racyDedup, markerFirst, wrongFailureID, swallowedRecord, continueAfterFailure, detachedGoroutine}
}

// Find reports the mistakes of the bodies, in the order of the bodies.
func Find(u *compose.Universe, bodies []*compose.Body) []finding.Finding {
	var out []finding.Finding
	for _, b := range bodies {
		if !b.Silent {
			out = append(out, InBody(u, b)...)
		}
	}
	return out
}

// InBody reports the mistakes of one handler.
func InBody(u *compose.Universe, b *compose.Body) []finding.Finding {
	var out []finding.Finding
	for _, r := range delivery.Redeliveries(u, b) {
		out = append(out, again(u, b, r))
	}
	for _, m := range delivery.MarkersFirst(u, b) {
		out = append(out, claimedFirst(u, m))
	}
	for _, f := range delivery.Continued(u, b) {
		out = append(out, continued(u, f))
	}
	for _, f := range delivery.WrongIDs(u, b) {
		out = append(out, wrongID(u, f))
	}
	for _, f := range delivery.Swallowed(u, b) {
		out = append(out, swallowed(u, f))
	}
	for _, f := range delivery.Detached(u, b) {
		out = append(out, detached(u, f))
	}
	report.Number(out)
	return out
}

// effect renders what a handler does for a record.
func effect(u *compose.Universe, it *compose.Item, a *access.Access) finding.Access {
	if a != nil {
		return report.Access(u, a)
	}
	out := finding.Access{Op: it.Op, File: it.Pos.File, Line: it.Pos.Line, Col: it.Pos.Col, Via: it.Via}
	if out.Via == nil {
		out.Via = []finding.Frame{}
	}
	return out
}

// named names an effect with the function that carries it out.
func named(it *compose.Item, a *access.Access) string {
	if a != nil {
		return report.Within(a.Op, it)
	}
	return report.Within(it.Op, it)
}

// carriers are the words for where records come from.
var carriers = map[string]string{"dynamodb": "the stream", "kinesis": "Kinesis", "sqs": "the queue"}
