// Package output renders findings. Every form is a handler of the same stream: the findings in their order, one by one,
// and then the end.
package output

import (
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// A Run is what the handlers know before the first finding.
type Run struct {
	// Dir is the folder that the files of findings are relative to.
	Dir string
	// ModCache is where the go command keeps the source of other modules.
	ModCache string
	// Version of ddbvet.
	Version string
	// Checks are all checks, for the forms that describe them.
	Checks []suite.Check
	// Failures names packages that were not analysed.
	Failures []string
}

// A Handler writes findings in one form.
type Handler interface {
	// Finding takes the next finding.
	Finding(f finding.Finding) error
	// End finishes the document; it is called once, also when there was no finding.
	End() error
}

// Emit gives all findings to all handlers.
func Emit(findings []finding.Finding, handlers ...Handler) error {
	for _, h := range handlers {
		for _, f := range findings {
			if err := h.Finding(f); err != nil {
				return err
			}
		}
		if err := h.End(); err != nil {
			return err
		}
	}
	return nil
}
