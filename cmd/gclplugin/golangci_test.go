//go:build golangci

// These tests build golangci-lint with the plugin from the module proxy and run it: make test-golangci.

package gclplugin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
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
`

// fixtures are packages of testdata, of one check each and all without interfaces between packages, and one that must
// stay silent.
var fixtures = []string{
	"lostupdate/readmodifyput", "lostupdate/updateset", "lostupdate/crosspackage/...", "lostupdate/outparam",
	"weakguard/otherattribute", "checkthenact/createonce", "phantomread/selectcount", "silent/versionpin",
}

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

// run gives the findings as file:line check, files relative to dir, sorted. Findings of other linters are failures.
func (l *lint) run(t *testing.T, dir, settings string, patterns ...string) []string {
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
	var out []string
	for _, i := range report.Issues {
		check, _, _ := strings.Cut(i.Text, ": ")
		if i.FromLinter != "ddbvet" || !strings.HasSuffix(i.Text, ": "+check) || strings.Contains(i.Text, "\n") {
			t.Errorf("%s reports %q", i.FromLinter, i.Text)
		}
		file, err := filepath.Rel(dir, i.Pos.Filename)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s:%d %s", filepath.ToSlash(file), i.Pos.Line, check))
	}
	slices.Sort(out)
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

var want = regexp.MustCompile(`// want (\w+)(.*)`)

// wanted lists what the comments in the Go files of folders ask for, relative to dir.
func wanted(t *testing.T, dir string, folders ...string) []string {
	t.Helper()
	var out []string
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(dir, strings.TrimSuffix(folder, "/...")), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := filepath.Rel(dir, path)
			for i, line := range strings.Split(string(text), "\n") {
				if m := want.FindStringSubmatch(line); m != nil && !strings.Contains(m[2], "gate") {
					out = append(out, fmt.Sprintf("%s:%d %s", filepath.ToSlash(file), i+1, m[1]))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(out)
	return out
}

// testFixtures compares findings with the fixtures' comments: with an empty cache, and from the cache.
func (l *lint) testFixtures(t *testing.T) {
	dir := filepath.Join(l.root, "testdata")
	var patterns []string
	for _, f := range fixtures {
		patterns = append(patterns, "./"+f)
	}
	want := wanted(t, dir, fixtures...)
	if len(want) < len(fixtures)-1 {
		t.Fatalf("the fixtures want only %q", want)
	}
	for _, state := range []string{"cold", "warm"} {
		if got := l.run(t, dir, "{}", patterns...); !slices.Equal(got, want) {
			t.Errorf("%s: findings are\n%s\nwant\n%s", state, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// testSettings switches checks on and off; the cache of other settings must not be used.
func (l *lint) testSettings(t *testing.T) {
	dir := filepath.Join(l.root, "testdata")
	checks := func(settings string) []string {
		found := map[string]bool{}
		for _, f := range l.run(t, dir, settings, "./lostupdate/readmodifyput", "./writeskew/closedauction") {
			found[f[strings.Index(f, " ")+1:]] = true
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
	silenced := slices.DeleteFunc(slices.Clone(before), func(f string) bool { return strings.HasPrefix(f, "internal/shop/shop.go:") })
	if len(before) != len(silenced)+1 || !slices.Equal(after, silenced) {
		t.Errorf("findings were %q, with //nolint:ddbvet they are %q", before, after)
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
		for _, f := range l.run(t, dir, settings, "./internal/shop") {
			if strings.Contains(f, "_test.go") {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d findings in tests, want %d", settings, n, want)
		}
	}
}
