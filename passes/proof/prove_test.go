package proof

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
)

var spare = flag.Bool("spare", false, "let placeholders pass that no expression uses: those of a guard that an overlay has taken out")

var fixed = flag.String("fixed", "", "scenarios whose bug an overlay has fixed, as the table names them, comma-separated")

// scenarios are all of them, in the order of the table.
func scenarios() []scenario {
	return slices.Concat(lostUpdates(), arithmetics(), narrows(), handmadeItems(), lostUpdatesBehindPorts(), checksThenActs(), listsAndTimes(), unheededRefusals(), lostRefusals(), doneTwice(), weakGuards(), phantomReads(), writeSkews(), gureguMappers(), readBacks(), silences(), moreSilences(), taken(), batches(), leftovers(), bypasses(), tornWrites(), blindAnswers(), deliveries(), racyDedups(), claimOnce())
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
	left := fixedNames()
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\tschedules\tviolations before\tschedules\tviolations after")
	tried, broken := 0, 0
	for _, s := range scenarios() {
		t.Run(strings.ReplaceAll(s.at, " ", "."), func(t *testing.T) {
			bug := prove(t, s, s.bug, !left[s.at])
			safe := prove(t, s, s.safe, false)
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.at, cell(s.bug, bug), cell(s.safe, safe))
			tried += bug.Schedules + safe.Schedules
			broken += len(bug.Violations)
		})
		delete(left, s.at)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("-fixed names what no scenario is at: %v", slices.Collect(maps.Keys(left)))
	}
	t.Logf("\n%s%d scenarios, %d schedules, %d violations before", &out, len(scenarios()), tried, broken)
}

func fixedNames() map[string]bool {
	left := map[string]bool{}
	for _, name := range strings.Split(*fixed, ",") {
		if name != "" {
			left[name] = true
		}
	}
	return left
}

func prove(t *testing.T, s scenario, actions []action, broken bool) explore.Result {
	if actions == nil {
		return explore.Result{}
	}
	r, err := s.try(t, actions)
	if err == nil {
		err = verdict(r, broken)
	}
	if err != nil {
		t.Errorf("%s to be broken: %v; %v", s.at, broken, err)
	}
	return r
}

// verdict gives an error unless what is broken breaks in some schedule, though
// not in all, and what is not in none.
func verdict(r explore.Result, broken bool) error {
	switch {
	case !broken && len(r.Violations) > 0:
		return fmt.Errorf("%w; schedule: %s", r.Violations[0].Err, strings.Join(r.Violations[0].Schedule, ", "))
	case broken && len(r.Violations) == 0:
		return fmt.Errorf("nothing breaks in %d schedules", r.Schedules)
	case broken && len(r.Violations) == r.Schedules:
		return fmt.Errorf("all of %d schedules break the invariant, so it is no race: %w", r.Schedules, r.Violations[0].Err)
	}
	return nil
}
