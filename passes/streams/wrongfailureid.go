package streams

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed wrongfailureid.md
var wrongFailureIDDoc string

var wrongFailureID = report.Check{
	Name: "wrongfailureid", Doc: wrongFailureIDDoc, On: true,
	Fix: "names the record by the identifier that Lambda knows it by",
}

// identifiers are what a failed record is named by.
var identifiers = map[string]string{"dynamodb": "Change.SequenceNumber", "kinesis": "Kinesis.SequenceNumber", "sqs": "MessageId"}

// wrongID reports a failed record that is named by the wrong field.
func wrongID(_ *compose.Universe, f delivery.RecordFault) finding.Finding {
	named := "its " + f.Named
	if f.Named == "" {
		named = "something that is not the record's"
	}
	return wrongFailureID.Finding(finding.High, "wrong failure id: a failed record is named by "+named+", but Lambda knows it by "+identifiers[f.Feed]+
		": the whole batch is delivered again", f.At, f.In,
		finding.Step{Client: "attempt 1", Does: "one record of the batch fails and is named by " + named},
		finding.Step{Client: "attempt 2", Does: "Lambda does not find that identifier in the batch and delivers all of it again, the records that succeeded included"})
}
