//go:build fixproof

package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

// beyondFixes are scenarios that a fix cannot mend, and why.
var beyondFixes = map[string]string{
	"lostupdate/constructor/nodes Provisioned": "the invariant wants a check that the code does not make, even of one client after the other",
}

// TestFixes lets the gate fix the fixtures, compiles what it wrote in by an overlay, and tries every schedule of
// every scenario whose function was fixed: none breaks its invariant any more.
func TestFixes(t *testing.T) {
	dir := t.TempDir()
	names := fixedBy(t, dir)
	if len(names) == 0 {
		t.Fatal("the gate has fixed nothing")
	}
	cmd := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestProve$",
		"-overlay="+filepath.Join(dir, "overlay.json"), ".", "-fixed="+strings.Join(names, ","))
	out, err := cmd.CombinedOutput()
	shown := 0
	for line := range strings.Lines(string(out)) {
		name := strings.Join(strings.Fields(line)[:min(2, len(strings.Fields(line)))], " ")
		if slices.Contains(names, name) || strings.Contains(line, "to be broken: false") {
			t.Log(strings.TrimRight(line, "\n"))
			shown++
		}
	}
	t.Logf("scenario, schedules and violations with the fix, schedules and violations of the twin: %d fixed functions", len(names))
	failing := onlyUnfixed(string(out))
	if err != nil && !failing {
		t.Fatalf("%v\n%s", err, out)
	}
	if shown < len(names) {
		t.Fatalf("%d of %d scenarios were tried\n%s", shown, len(names), out)
	}
}

// stillFixed are bugs that were to stay and are gone: a fix of another function of the same file has mended them.
var stillFixed = regexp.MustCompile(`prove_test.go:\d+: \S+ \S+ to be broken: (true|false)`)

// onlyUnfixed reports a run that failed for nothing but bugs that a fix nearby has mended along.
func onlyUnfixed(out string) bool {
	all := stillFixed.FindAllStringSubmatch(out, -1)
	return len(all) > 0 && !slices.ContainsFunc(all, func(m []string) bool { return m[1] != "true" }) && !strings.Contains(out, "panic:")
}

// fixedBy runs the gate over the fixtures, which writes fixed files and an overlay into dir, and names the
// scenarios of the functions that it has fixed.
func fixedBy(t *testing.T, dir string) []string {
	tool := passestest.Tool(t, "../..")
	out, _ := gate(t, tool, "-checks=all", "-json")
	_, said := gate(t, tool, "-checks=all", "-fixes=all", "-fix-to="+dir)
	t.Log(said)
	var report struct{ Findings []finding.Finding }
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	broken, _ := scenarioNames()
	left := putOff(t, said)
	var names []string
	for _, f := range report.Findings {
		name := scenarioAt(t, f)
		if len(f.Fixes) > 0 && broken[name] && !left[name] && beyondFixes[name] == "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// gate runs the tool over the fixtures, which hold findings.
func gate(t *testing.T, tool string, args ...string) (out []byte, stderr string) {
	cmd := exec.Command(tool, append(args, "./...")...)
	cmd.Dir = testdata
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) { // 1: there are findings
		t.Fatalf("%v\n%s", err, said.String())
	}
	return out, said.String()
}

// postponed is what the gate says of a fix that it has not applied: the place, first.
var postponed = regexp.MustCompile(`(?m)^ddbvet: (\S+?):(\d+):\d+: `)

// putOff are the scenarios whose fixes the gate has put off, or taken back.
func putOff(t *testing.T, stderr string) map[string]bool {
	left := map[string]bool{}
	for _, m := range postponed.FindAllStringSubmatch(stderr, -1) {
		var line int
		if err := json.Unmarshal([]byte(m[2]), &line); err != nil {
			t.Fatal(err)
		}
		left[scenarioAt(t, finding.Finding{Pos: finding.Pos{File: m[1], Line: line}})] = true
	}
	return left
}

// scenarioAt names the scenario of the function in which a finding is reported.
func scenarioAt(t *testing.T, f finding.Finding) string {
	file := f.Pos.File
	if !filepath.IsAbs(file) {
		file = filepath.Join(testdata, file)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(testdata)
	if err != nil {
		t.Fatal(err)
	}
	full, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := filepath.Rel(abs, filepath.Dir(full))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(folder) + " " + enclosing(src, f.Pos.Line)
}

var declared = regexp.MustCompile(`^func (?:\([^)]*\) )?(\w+)`)

// enclosing is the name of the function that a line is in.
func enclosing(src []byte, line int) string {
	name := ""
	for i, text := range strings.Split(string(src), "\n") {
		if i >= line {
			break
		}
		if m := declared.FindStringSubmatch(text); m != nil {
			name = m[1]
		}
	}
	return name
}
