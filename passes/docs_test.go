package passes_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

var update = flag.Bool("update", false, "write docs/checks and the tables of checks anew")

// pages is the folder of the generated pages.
const pages = "../docs/checks"

// sections are the headings that every page has, in this order.
var sections = []string{"Wrong", "Right", "Schedule", "When it is silent", "What the finding means", "References"}

// TestPages compares the pages in docs/checks with what the analyzers say.
func TestPages(t *testing.T) {
	want := map[string]string{"README.md": index()}
	for _, c := range passes.Checks() {
		want[c.Name+".md"] = page(c)
	}
	for name, text := range want {
		compare(t, filepath.Join(pages, name), []byte(text))
	}
	entries, err := os.ReadDir(pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("%s/%s belongs to no check", pages, e.Name())
		}
	}
}

const readme = "../README.md"

// TestReadme compares the table of checks in the README with what the analyzers say.
func TestReadme(t *testing.T) {
	compare(t, readme, between(t, readme, "checks", overview()))
}

// TestReadmeFinding compares the finding in the README with what ddbvet prints.
func TestReadmeFinding(t *testing.T) {
	cmd := exec.Command(passestest.Tool(t, ".."), "./...")
	cmd.Dir = "../testdata/giftcard"
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("ddbvet ends with %v\n%s", err, out)
	}
	for _, finding := range strings.Split(string(out), "\n\n") {
		if strings.HasPrefix(finding, "internal/shop/") {
			compare(t, readme, between(t, readme, "finding", "```\n"+strings.TrimSpace(finding)+"\n```\n"))
			return
		}
	}
	t.Errorf("no finding in internal/shop:\n%s", out)
}

// between gives a file with text in a place that comments mark.
func between(t *testing.T, file, place, text string) []byte {
	t.Helper()
	from, to := "<!-- "+place+" -->\n", "<!-- /"+place+" -->\n"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(old), from)
	_, after, closed := strings.Cut(rest, to)
	if !ok || !closed {
		t.Fatalf("%s has no %q … %q", file, from, to)
	}
	return []byte(before + from + text + to + after)
}

// TestSections holds every page to one form, and its claim about being on to the truth.
func TestSections(t *testing.T) {
	for _, c := range passes.Checks() {
		t.Run(c.Name, func(t *testing.T) {
			title, body, _ := strings.Cut(c.Doc, "\n\n")
			if name, _, ok := strings.Cut(title, ": "); !ok || name != c.Name || strings.ContainsAny(title, "\n`*_[") {
				t.Errorf("the first line is %q, want plain %q", title, c.Name+": summary")
			}
			state := "Advisory: "
			if c.On {
				state = "On by default."
			}
			if !strings.HasPrefix(body, state) {
				t.Errorf("the text does not start with %q", state)
			}
			var got []string
			for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(c.Doc, -1) {
				got = append(got, m[1])
			}
			if !slices.Equal(got, sections) {
				t.Errorf("sections are %q, want %q", got, sections)
			}
		})
	}
}

// compare fails when a file is not as it should be; with -update it is made so.
func compare(t *testing.T, file string, want []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: go test ./passes -update", file)
	}
}

const generated = "<!-- Generated from the analyzers by `go test ./passes -update`; do not edit. -->\n\n"

// page is the page of a check.
func page(c passes.Check) string {
	_, body, _ := strings.Cut(c.Doc, "\n")
	fix := ""
	if c.Fix != "" {
		fix = "Suggested fix: " + c.Fix + ".\n\n"
	}
	return generated + "# " + c.Name + "\n\n" + sentence(c.Summary) + "\n\n" + fix + strings.TrimSpace(body) + "\n"
}

// index lists all checks.
func index() string {
	return generated + "# Checks\n\n" + table("") + "\nHow a finding comes about: [how it works](../how-it-works.md). What the checks cannot see: [limitations](../limitations.md).\n"
}

// table lists all checks; their pages are in folder.
func table(folder string) string {
	var b strings.Builder
	b.WriteString("| check | default | fix | finds |\n|---|---|---|---|\n")
	for _, c := range passes.Checks() {
		state, fix := "advisory", "–"
		if c.On {
			state = "on"
		}
		if c.Fix != "" {
			fix = c.Fix
		}
		fmt.Fprintf(&b, "| [%s](%s%s.md) | %s | %s | %s |\n", c.Name, folder, c.Name, state, fix, strings.TrimPrefix(c.Summary, "report "))
	}
	return b.String()
}

// overview is the table of checks for those who have not seen ddbvet before.
func overview() string {
	var b strings.Builder
	b.WriteString("| check | what breaks data | default | fix |\n|---|---|---|---|\n")
	for _, c := range passes.Checks() {
		state, fix := "advisory", "–"
		if c.On {
			state = "on"
		}
		if c.Fix != "" {
			fix = "yes"
		}
		fmt.Fprintf(&b, "| [%s](docs/checks/%s.md) | %s | %s | %s |\n", c.Name, c.Name, strings.TrimPrefix(c.Summary, "report "), state, fix)
	}
	return b.String()
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
