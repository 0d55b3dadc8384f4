package proof

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
)

var fixed = flag.String("fixed", "", "scenarios whose bug an overlay has fixed, as the table names them, comma-separated")

// scenarios are all of them, in the order of the table.
func scenarios() []scenario {
	return slices.Concat(lostUpdates(), lostUpdatesBehindPorts(), checksThenActs(), weakGuards(), phantomReads(), writeSkews())
}

// cell is a trial's part of a line of the table.
func cell(actions []action, r explore.Result) string {
	if actions == nil {
		return "-\t-"
	}
	return fmt.Sprintf("%d\t%d", r.Schedules, len(r.Violations))
}

// TestProve tries every schedule of every scenario: the bug breaks its
// invariant in some schedule and not in all, the twin in none.
func TestProve(t *testing.T) {
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\tschedules\tviolations before\tschedules\tviolations after")
	tried, broken := 0, 0
	for _, s := range scenarios() {
		t.Run(strings.ReplaceAll(s.at, " ", "."), func(t *testing.T) {
			bug, safe := proveBug(t, s), proveSafe(t, s)
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.at, cell(s.bug, bug), cell(s.safe, safe))
			tried += bug.Schedules + safe.Schedules
			broken += len(bug.Violations)
		})
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s%d scenarios, %d schedules, %d violations before", &out, len(scenarios()), tried, broken)
}

func proveBug(t *testing.T, s scenario) explore.Result {
	if s.bug == nil {
		return explore.Result{}
	}
	if slices.Contains(strings.Split(*fixed, ","), s.at) {
		return unbroken(t, s, s.bug)
	}
	r, err := s.try(t, s.bug)
	switch {
	case err != nil:
		t.Errorf("bug: %v", err)
	case len(r.Violations) == 0:
		t.Errorf("the bug breaks nothing in %d schedules", r.Schedules)
	case len(r.Violations) == r.Schedules:
		t.Errorf("the bug breaks its invariant in all of %d schedules, so it is no race: %v", r.Schedules, r.Violations[0])
	}
	return r
}

func proveSafe(t *testing.T, s scenario) explore.Result {
	if s.safe == nil {
		return explore.Result{}
	}
	return unbroken(t, s, s.safe)
}

// unbroken tries actions that must not break anything.
func unbroken(t *testing.T, s scenario, actions []action) explore.Result {
	r, err := s.try(t, actions)
	if err != nil {
		t.Errorf("safe: %v", err)
	}
	for _, v := range r.Violations {
		t.Errorf("safe: %v after %s", v.Err, strings.Join(v.Schedule, ", "))
	}
	return r
}
