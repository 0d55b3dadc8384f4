package cli

import (
	"fmt"
	"os"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/output"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// report prints the result and gives the exit status.
func (c *command) report(s *settings, o gate.Options, result gate.Result) int {
	run := output.Run{Dir: o.Dir, Version: version(), Checks: c.suite.Checks}
	active := reported(result.Findings)
	handler := output.Text(c.stdout, run, colored(os.Stdout))
	if s.json {
		handler = output.JSON(c.stdout, run)
	}
	if err := output.Emit(active, handler); err != nil {
		return c.fail(err)
	}
	for _, crash := range result.Crashes {
		fmt.Fprintln(c.stderr, "ddbvet: the analysis failed in", crash)
	}
	for _, f := range result.Failures {
		fmt.Fprintln(c.stderr, "ddbvet:", f)
	}
	switch {
	case len(result.Failures) > 0:
		return failure
	case len(active) > 0:
		return findings
	}
	return clean
}

func reported(all []finding.Finding) []finding.Finding {
	kept := []finding.Finding{}
	for _, f := range all {
		if f.Suppressed == "" {
			kept = append(kept, f)
		}
	}
	return kept
}

// colored tells whether colour helps: on a terminal whose user did not refuse it (no-color.org).
func colored(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(f)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
