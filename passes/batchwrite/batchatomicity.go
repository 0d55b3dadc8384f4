package batchwrite

import (
	_ "embed"

	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed batchatomicity.md
var batchAtomicityDoc string

var batchAtomicity = report.Check{Name: "batchatomicity", Doc: batchAtomicityDoc, On: true, Fix: "writes the items in one transaction, where they are few and in place"}
