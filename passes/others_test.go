package passes_test

import (
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

// TestOtherWrites reads what messages say of the other writes of the same items: the gate sees them, and says nothing where
// there are none.
func TestOtherWrites(t *testing.T) {
	rep, err := passes.Compose(passestest.Handovers(t, passestest.Tool(t, ".."), "../testdata", "./lostupdate/roundtrip", "./weakguard/bypass", "./lostupdate/multiresult", "./batchoverwrite/copies"),
		passes.Config{Checks: map[string]bool{"lostupdate": true, "weakguard": true, "batchoverwrite": true}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"roundtrip": "; it puts the whole item without credits (which (*roundtrip.Members).Grant writes), " +
			"lastLogin ((*roundtrip.Members).SawLogin), so it erases what is there: lostupdate",
		"bypass":      "; 2 of 3 writes of bypass.Order pin version, this one does not: weakguard",
		"multiresult": "has changed since: lostupdate",
		"copies":      "; (*copies.Store).Take (copies.go:95) writes such items under the condition that stock >= …, which a batch passes by: batchoverwrite",
	}
	for _, f := range rep.Findings {
		name := f.Function.Package[strings.LastIndex(f.Function.Package, "/")+1:]
		if !strings.HasSuffix(f.Message, want[name]) {
			t.Errorf("%s does not end in %q", f.Message, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("nothing is found in %s", name)
	}
}
