package passes_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
)

// The fixtures are ordinary packages below testdata. What each must report stands in its source:
//
//	// want CHECK           in the gate and, where everything is in view, in go vet
//	// want CHECK // gate   only where the whole module is in view
//	// wantpass CHECK       what go vet reports where the program is wired
var wanted = regexp.MustCompile(`// (want|wantpass) ([a-z]+)(.*)`)

// handovers runs the real vettool under the real go vet over the fixtures and returns what the packages
// hand over to the gate.
func handovers(t *testing.T, tool string, patterns ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + tool, "-json", "-handover"}, patterns...)...)
	cmd.Dir = "../testdata"
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v\n%s", err, stderr.String())
	}
	var texts []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var units map[string]map[string][]struct{ Message string }
		if err := dec.Decode(&units); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, analyzers := range units {
			for _, d := range analyzers["handover"] {
				texts = append(texts, d.Message)
			}
		}
	}
	slices.Sort(texts)
	return texts
}

// buildTool builds the command that users run.
func buildTool(t *testing.T) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "ddbvet")
	cmd := exec.Command("go", "build", "-o", tool, "./cmd/ddbvet")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return tool
}

// expectations reads the wanted findings of a family of fixtures, as file:line: check.
func expectations(t *testing.T, keep func(kind, rest string) bool, checks map[string]bool) map[string]int {
	t.Helper()
	out := map[string]int{}
	root, err := filepath.Abs("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "giftcard" {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			m := wanted.FindStringSubmatch(lines.Text())
			if m != nil && keep(m[1], m[3]) && checks[m[2]] {
				out[fmt.Sprintf("%s:%d: %s", path, n, m[2])]++
			}
		}
		return lines.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// beyond lists what the analysis does not get right yet, with the reason. An entry that has become wrong fails
// the test, so that the list only says what is true.
var beyond = map[string]string{
	"checkthenact/idempotency/middleware.go:70: checkthenact":  "the write is deferred to after a call of a handler that is only known by its type",
	"checkthenact/lockrelease/locks.go:74: checkthenact":       "a holder compared with the caller looks like the owner in an authorisation",
	"lostupdate/assertion/patients/patients.go:49: lostupdate": "the implementation is taken out of a map of any and asserted",
	"lostupdate/guregu/tanks.go:50: lostupdate":                "guregu/dynamo is not followed",
	"lostupdate/guregu/tanks.go:74: checkthenact":              "guregu/dynamo is not followed",
	"lostupdate/structfield/basket/basket.go:60: lostupdate":   "functions kept in the fields of a struct that is handed over whole",
	"phantomread/pages/votes.go:67: phantomread":               "items counted one by one over pages",
	"weakguard/retrydefeat/cart.go:98: weakguard":              "a version that a retry replaces while the value stays",
	"weakguard/txbuilder/tx.go:110: weakguard":                 "actions collected in a slice behind a builder's pointer",
	"writeskew/cartorder/checkout.go:112: checkthenact":        "a condition set on an action after a helper made it, in a loop",
}

// beyondVet is the same for go vet: what the gate does not get right, and what only the gate sees.
var beyondVet = with(beyond, map[string]string{
	"checkthenact/funcport/app/main.go:18: checkthenact":    "a function type with two implementations, told apart by the value only",
	"lostupdate/assertion/app/main.go:17: lostupdate":       "the implementation is taken out of a map of any and asserted",
	"lostupdate/constructor/nodes/events.go:37: lostupdate": "the type is converted in an imported package, of which a pass sees no conversions",
	"lostupdate/constructor/nodes/events.go:47: lostupdate": "the type is converted in an imported package, of which a pass sees no conversions",
	"lostupdate/structfield/app/main.go:20: lostupdate":     "functions kept in the fields of a struct that is handed over whole",
})

// with is m and n in one.
func with(m, n map[string]string) map[string]string {
	out := maps.Clone(m)
	maps.Copy(out, n)
	return out
}

// compareFindings reports what is missing and what is too much.
func compareFindings(t *testing.T, want, got map[string]int, beyond map[string]string) {
	t.Helper()
	keys := map[string]bool{}
	for k := range want {
		keys[k] = true
	}
	for k := range got {
		keys[k] = true
	}
	missing, extra := 0, 0
	for _, k := range slices.SortedFunc(maps.Keys(keys), cmp.Compare) {
		_, rel, _ := strings.Cut(k, "/testdata/")
		_, excused := beyond[rel]
		switch {
		case excused:
			if got[k] == want[k] {
				t.Errorf("%s is right now: take it off the list", rel)
			}
		case got[k] < want[k]:
			missing++
			t.Errorf("not reported: %s", k)
		case got[k] > want[k]:
			extra++
			t.Errorf("reported, not wanted: %s", k)
		}
	}
	if missing+extra > 0 {
		t.Logf("%d wanted, %d not reported, %d too much", len(want), missing, extra)
	}
}

// proven are the checks whose fixtures state what must be reported: all of them.
var proven = func() map[string]bool {
	out := map[string]bool{}
	for _, c := range passes.Checks() {
		out[c.Name] = true
	}
	return out
}()

func TestGateReportsFixtures(t *testing.T) {
	rep, err := passes.Compose(handovers(t, buildTool(t), "./..."), passes.Config{Checks: proven})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rep.Crashes {
		t.Error(c)
	}
	got := map[string]int{}
	for _, f := range rep.Findings {
		got[fmt.Sprintf("%s:%d: %s", f.Pos.File, f.Pos.Line, f.Check)]++
	}
	compareFindings(t, expectations(t, func(kind, _ string) bool { return kind == "want" }, proven), got, beyond)
}

// TestVetReportsFixtures runs the same fixtures through go vet: what a package's run can see is reported where
// it stands, what only the wiring package can see, at the conversion.
func TestVetReportsFixtures(t *testing.T) {
	cmd := exec.Command("go", "vet", "-vettool="+buildTool(t), "-json", "-checks=all", "./...")
	cmd.Dir = "../testdata"
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v", err)
	}
	got := map[string]int{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var units map[string]map[string][]struct{ Posn, Message string }
		if err := dec.Decode(&units); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, analyzers := range units {
			for check, diagnostics := range analyzers {
				for _, d := range diagnostics {
					if proven[check] {
						got[d.Posn[:strings.LastIndex(d.Posn, ":")]+": "+check]++
					}
				}
			}
		}
	}
	compareFindings(t, expectations(t, func(kind, rest string) bool {
		return kind == "wantpass" || !strings.Contains(rest, "gate")
	}, proven), got, beyondVet)
}
