package proof

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/mutex"
)

func raise(table string) []action {
	return both(func(t turn) error { return mutex.New(t.db, table).Raise(t, "g", 5) })
}

// TestScenarioAtFault wants an error from scenarios that would prove nothing.
func TestScenarioAtFault(t *testing.T) {
	jackpot := given("jackpots game", row{"game": "g", "jackpot": 100})
	for want, s := range map[string]scenario{
		"Requested resource not found": {given: jackpot, bug: raise("jackpot"), holds: adds("jackpot", 5)},
		"bob never succeeds": {given: jackpot, holds: once, bug: []action{
			raise("jackpots")[0],
			func(turn) error { return errors.New("no") },
		}},
		"Missing the key game": {
			given: jackpot, bug: raise("jackpots"), about: row{"id": "g"}, holds: adds("jackpot", 5),
		},
	} {
		if _, err := s.try(t, s.bug); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestVerdict(t *testing.T) {
	broke := explore.Violation{Err: errors.New("broke")}
	for _, tt := range []struct {
		violations int
		broken, ok bool
	}{
		{0, true, false}, {1, true, true}, {2, true, false},
		{0, false, true}, {1, false, false},
	} {
		r := explore.Result{Schedules: 2, Violations: slices.Repeat([]explore.Violation{broke}, tt.violations)}
		if err := verdict(r, tt.broken); (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}
