//go:build golangci

// These tests build golangci-lint with the plugin from the module proxy and run it: make test-golangci.

package gclplugin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

// golangciVersion is the release that the plugin is tried with.
const golangciVersion = "v2.15.0"

// golangciMain is golangci-lint with the plugin. Without a version golangci-lint tells its builds apart by
// the executable.
const golangciMain = `package main

import (
	"os"

	_ "github.com/ddbvet/ddbvet/cmd/gclplugin"
	"github.com/golangci/golangci-lint/v2/pkg/commands"
)

func main() {
	if commands.Execute(commands.BuildInfo{}) != nil {
		os.Exit(3)
	}
}
`

const config = `version: "2"
linters:
  default: none
  enable: [ddbvet]
  settings:
    custom:
      ddbvet:
        type: module
        settings: %s
issues:
  max-issues-per-linter: 0
  max-same-issues: 0
  uniq-by-line: false
`

// A lint is one configured golangci-lint.
type lint struct {
	t            *testing.T
	binary, root string
	cache        string
}

// TestGolangci is one test because building takes minutes.
func TestGolangci(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	l := &lint{t: t, binary: build(t, root), root: root, cache: t.TempDir()}
	t.Run("fixtures", l.testFixtures)
	t.Run("settings", l.testSettings)
	t.Run("nolint", l.testNolint)
	t.Run("tests", l.testTests)
	t.Run("fix", l.testFix)
}

// build makes the golangci-lint that has this checkout's plugin.
func build(t *testing.T, root string) string {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.go"), golangciMain)
	write(t, filepath.Join(dir, "go.mod"), "module example.com/golangci\n\ngo 1.26.0\n\nrequire (\n"+
		"\tgithub.com/ddbvet/ddbvet v0.0.0\n\tgithub.com/golangci/golangci-lint/v2 "+golangciVersion+"\n)\n\n"+
		"replace github.com/ddbvet/ddbvet => "+root+"\n")
	cmd := exec.Command("go", "build", "-mod=mod", "-o", "golangci-lint", ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "golangci-lint")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// An issue is one finding as golangci-lint prints it.
type issue struct {
	FromLinter, Text string
	Pos              struct {
		Filename string
		Line     int
	}
	SuggestedFixes []json.RawMessage
}

// check is the name of the check that an issue is of.
func (i issue) check() string {
	check, _, _ := strings.Cut(i.Text, ": ")
	return check
}

// run gives the findings, files relative to dir.
func (l *lint) run(t *testing.T, dir, settings string, args ...string) passestest.Findings {
	t.Helper()
	out := passestest.Findings{}
	for _, i := range l.issues(t, dir, settings, args...) {
		out.Add(t, dir, i.Pos.Filename, i.Pos.Line, i.check())
	}
	return out
}

// issues gives what is reported. Findings of other linters are failures.
func (l *lint) issues(t *testing.T, dir, settings string, args ...string) []issue {
	t.Helper()
	stdout, stderr, _ := l.start(t, dir, settings, args...)
	var report struct{ Issues []issue }
	if err := json.Unmarshal(stdout, &report); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	for _, i := range report.Issues {
		if i.FromLinter != "ddbvet" || !strings.HasSuffix(i.Text, ": "+i.check()) || strings.Contains(i.Text, "\n") {
			t.Errorf("%s reports %q", i.FromLinter, i.Text)
		}
	}
	return report.Issues
}

// start runs golangci-lint; args are flags and, after them, patterns.
func (l *lint) start(t *testing.T, dir, settings string, args ...string) (stdout, stderr []byte, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "golangci.yml")
	write(t, file, fmt.Sprintf(config, settings))
	all := []string{"run", "--config", file, "--path-mode", "abs", "--output.json.path", "stdout", "--show-stats=false", "--allow-parallel-runners", "-v"}
	cmd := exec.Command(l.binary, append(all, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+l.cache)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.Bytes(), errs.Bytes(), err
}

// testFixtures holds golangci-lint to what go vet must report of the same fixtures, with an empty cache and from the cache.
func (l *lint) testFixtures(t *testing.T) {
	root := passestest.Root(t, "../..")
	want := passestest.Want(t, root, passestest.Pass)
	for _, state := range []string{"cold", "warm"} {
		t.Run(state, func(t *testing.T) {
			passestest.Compare(t, passestest.Pass, want, l.run(t, root, everything(), "./..."))
			_, stderr, _ := l.start(t, root, everything(), "./...")
			if !bytes.Contains(stderr, []byte(unasked)) {
				t.Errorf("the packages are analysed again though nothing has changed:\n%s", stderr)
			}
		})
	}
}

// unasked is what golangci-lint says when everything comes from its cache.
const unasked = "analyzers took 0s with no stages"

// everything switches all checks on.
func everything() string {
	var checks []string
	for _, c := range passes.Checks() {
		checks = append(checks, c.Name+": true")
	}
	return "{checks: {" + strings.Join(checks, ", ") + "}}"
}

// testSettings switches checks on and off; the cache of other settings must not be used.
func (l *lint) testSettings(t *testing.T) {
	dir := passestest.Root(t, "../..")
	checks := func(settings string) []string {
		found := map[string]bool{}
		for f := range l.run(t, dir, settings, "./lostupdate/readmodifyput", "./writeskew/closedauction") {
			found[f[strings.LastIndex(f, " ")+1:]] = true
		}
		return slices.Sorted(maps.Keys(found))
	}
	for settings, want := range map[string][]string{
		"{}":                              {"lostupdate"},
		"{checks: {writeskew: true}}":     {"lostupdate", "writeskew"},
		"{checks: {lostupdate: false}}":   nil,
		"{checks: {lostupdate: true}}":    {"lostupdate"},
		"{checks: {}, tests: true}":       {"lostupdate"},
		"{checks: {checkthenact: false}}": {"lostupdate"},
	} {
		if got := checks(settings); !slices.Equal(got, want) {
			t.Errorf("%s: checks are %q, want %q", settings, got, want)
		}
	}
	stdout, stderr, err := l.start(t, dir, "{checks: {lostudpate: true}}", "./lostupdate/readmodifyput")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(stderr), "there is no check lostudpate") {
		t.Errorf("a wrong setting: %v, %s%s", err, stdout, stderr)
	}
}

// giftcard copies the gift-card service, whose source a test may then change.
func (l *lint) giftcard(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(l.root, "testdata", "giftcard"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// testNolint silences one finding; the others stay.
func (l *lint) testNolint(t *testing.T) {
	dir := l.giftcard(t)
	before := l.run(t, dir, "{}", "./...")
	shop := filepath.Join(dir, "internal", "shop", "shop.go")
	text, err := os.ReadFile(shop)
	if err != nil {
		t.Fatal(err)
	}
	write(t, shop, strings.Replace(string(text), "// want lostupdate", "//nolint:ddbvet // one till", 1))
	after := l.run(t, dir, "{}", "./...")
	silenced := maps.Clone(before)
	maps.DeleteFunc(silenced, func(f string, _ int) bool { return strings.HasPrefix(f, "internal/shop/shop.go:") })
	if len(before) != len(silenced)+1 || !maps.Equal(after, silenced) {
		t.Errorf("findings were %v, with //nolint:ddbvet they are %v", before, after)
	}
}

// testTests: findings in tests are reported when they are asked for, and once.
func (l *lint) testTests(t *testing.T) {
	dir := l.giftcard(t)
	write(t, filepath.Join(dir, "internal", "shop", "extra_test.go"), `package shop

import "context"

func redeem(ctx context.Context, s *Shop, id string) error {
	c, err := s.store.Card(ctx, id)
	if err != nil {
		return err
	}
	c.Cents--
	return s.store.Save(ctx, c)
}

var _ = redeem
`)
	for settings, want := range map[string]int{"{}": 0, "{tests: true}": 1} {
		n := 0
		for f := range l.run(t, dir, settings, "./internal/shop") {
			if strings.Contains(f, "_test.go") {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d findings in tests, want %d", settings, n, want)
		}
	}
}

// testFix lets golangci-lint apply what is suggested for the fixtures, from an analysis and from the cache: what comes with a
// fix is gone afterwards, what comes without stays, nothing new is said, and the fixtures are well-formed Go.
func (l *lint) testFix(t *testing.T) {
	cold, warm := l.fixtures(t), l.fixtures(t)
	caches := map[string]string{cold: t.TempDir(), warm: t.TempDir()}
	in := func(dir string, args ...string) (fixed, kept map[string]int) {
		t.Helper()
		x := &lint{t: t, binary: l.binary, root: l.root, cache: caches[dir]}
		return byCheck(x.issues(t, dir, everything(), args...))
	}
	fixed, kept := in(warm, "./...")
	if fixed["wrongfailureid"] < 3 {
		t.Errorf("fixes are suggested for %v only", fixed)
	}
	for state, dir := range map[string]string{"cold": cold, "warm": warm} {
		for _, args := range [][]string{{"--fix", "./..."}, {"./..."}} {
			if more, left := in(dir, args...); len(more) > 0 || !maps.Equal(left, kept) {
				t.Errorf("%s: golangci-lint run %s: %v and, with a fix, %v; want %v", state, strings.Join(args, " "), left, more, kept)
			}
		}
		wellFormed(t, dir)
	}
}

// byCheck counts the issues that come with a fix and those that come without.
func byCheck(all []issue) (fixed, kept map[string]int) {
	fixed, kept = map[string]int{}, map[string]int{}
	for _, i := range all {
		if len(i.SuggestedFixes) > 0 {
			fixed[i.check()]++
		} else {
			kept[i.check()]++
		}
	}
	return fixed, kept
}

// fixtures copies the module's fixtures, which golangci-lint may then change.
func (l *lint) fixtures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(l.root, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(text))
	}
	testdata := filepath.Join(dir, "testdata")
	if err := os.CopyFS(testdata, os.DirFS(filepath.Join(l.root, "testdata"))); err != nil {
		t.Fatal(err)
	}
	return testdata
}

// wellFormed fails unless everything below a folder builds and is as gofmt writes it.
func wellFormed(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"go", "build", "./..."}, {"gofmt", "-l", "."}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
