package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// tree counts what became of the fixes of one check.
type tree struct{ found, offered, silent int }

// takenBack is what the gate says of a fix that it made and that does not compile.
var takenBack = regexp.MustCompile(`(?m)^ddbvet: .* is taken back, .*$`)

// TestFixTrees applies all fixes to the modules below the folders that DDBVET_TREES names, with commas between, by way of
// an overlay: nothing is written there. All that is offered must compile, and silence its finding. The share of findings
// with a fix is in the log.
func TestFixTrees(t *testing.T) {
	trees := os.Getenv("DDBVET_TREES")
	if trees == "" {
		t.Skip("DDBVET_TREES names no folders")
	}
	bin := filepath.Join(t.TempDir(), "ddbvet")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	sum := map[string]*tree{}
	for _, root := range strings.Split(trees, ",") {
		for _, dir := range modulesBelow(t, root) {
			fixTree(t, bin, dir, sum)
		}
	}
	for _, check := range slices.Sorted(maps.Keys(sum)) {
		n := sum[check]
		t.Logf("%-16s %4d found %4d with a fix %4d silent after it", check, n.found, n.offered, n.silent)
	}
}

// modulesBelow lists the folders with a go.mod.
func modulesBelow(t *testing.T, root string) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "vendor" || d.Name() == "node_modules" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.Name() == "go.mod":
			dirs = append(dirs, filepath.Dir(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// fixTree tries the fixes of one module.
func fixTree(t *testing.T, bin, dir string, sum map[string]*tree) {
	before, _, ok := gateOn(t, bin, dir, "-mod=mod")
	if !ok {
		return
	}
	for _, f := range before {
		if sum[f.Check] == nil {
			sum[f.Check] = &tree{}
		}
		sum[f.Check].found++
		if len(f.Fixes) == 0 {
			t.Logf("%s: %s: %s has no fix", dir, f.Pos, f.Check)
		}
	}
	offered := slices.DeleteFunc(slices.Clone(before), func(f finding.Finding) bool { return len(f.Fixes) == 0 })
	if len(offered) == 0 {
		return
	}
	to := t.TempDir()
	_, said, ok := gateOn(t, bin, dir, "-mod=mod", "-fixes=all", "-fix-to="+to)
	for _, line := range takenBack.FindAllString(said, -1) {
		t.Errorf("%s: %s", dir, line)
	}
	if !ok {
		return
	}
	after, _, ok := gateOn(t, bin, dir, "-mod=mod -overlay="+filepath.Join(to, "overlay.json"))
	if !ok {
		return
	}
	for _, f := range offered {
		sum[f.Check].offered++
		// Two fixes that touch the same lines are not applied at once.
		postponed := strings.Contains(said, f.Pos.String()+": "+f.Check+": the fix ")
		if !slices.ContainsFunc(after, func(g finding.Finding) bool { return sameHazard(f, g) }) {
			sum[f.Check].silent++
		} else if !postponed {
			t.Errorf("%s: %s: %s is still reported after %q", dir, f.Pos, f.Check, f.Fixes[0].Title)
		}
	}
}

// sameHazard reports two findings of one hazard, before and after lines have moved.
func sameHazard(f, g finding.Finding) bool {
	if len(f.Writes) == 0 || len(g.Writes) == 0 {
		return f.Fingerprint == g.Fingerprint
	}
	return f.Check == g.Check && f.Function.Package == g.Function.Package && f.Function.Name == g.Function.Name &&
		f.Writes[0].Op == g.Writes[0].Op && slices.Equal(f.Depends, g.Depends)
}

// gateOn runs the gate over a module; ok is false, with a line in the log, where it cannot.
func gateOn(t *testing.T, bin, dir, goflags string, args ...string) (findings []finding.Finding, said string, ok bool) {
	t.Helper()
	if len(args) == 0 {
		args = []string{"-json"}
	}
	cmd := exec.Command(bin, append(args, "./...")...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS="+goflags)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) { // 1: there are findings
		first, _, _ := strings.Cut(stderr.String(), "\n")
		t.Logf("%s: not analysed: %s", dir, first)
		return nil, stderr.String(), false
	}
	var report struct{ Findings []finding.Finding }
	if args[0] == "-json" {
		if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
	}
	return report.Findings, stderr.String(), true
}
