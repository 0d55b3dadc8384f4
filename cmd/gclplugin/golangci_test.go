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

// run gives the findings, files relative to dir. Findings of other linters are failures.
func (l *lint) run(t *testing.T, dir, settings string, patterns ...string) passestest.Findings {
	t.Helper()
	stdout, stderr, _ := l.start(t, dir, settings, patterns...)
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.Unmarshal(stdout, &report); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	out := passestest.Findings{}
	for _, i := range report.Issues {
		check, _, _ := strings.Cut(i.Text, ": ")
		if i.FromLinter != "ddbvet" || !strings.HasSuffix(i.Text, ": "+check) || strings.Contains(i.Text, "\n") {
			t.Errorf("%s reports %q", i.FromLinter, i.Text)
		}
		out.Add(t, dir, i.Pos.Filename, i.Pos.Line, check)
	}
	return out
}

func (l *lint) start(t *testing.T, dir, settings string, patterns ...string) (stdout, stderr []byte, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "golangci.yml")
	write(t, file, fmt.Sprintf(config, settings))
	args := []string{"run", "--config", file, "--path-mode", "abs", "--output.json.path", "stdout", "--show-stats=false", "--allow-parallel-runners"}
	cmd := exec.Command(l.binary, append(args, patterns...)...)
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
		})
	}
}

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
