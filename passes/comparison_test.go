//go:build comparison

// This test builds other tools from the module proxy, runs them on the seeded bugs and holds docs/comparison.md to what they
// say: make comparison.

package passes_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/passestest"
)

// A tool is a competitor: a program of a module, called in a folder, and a reader of what it prints.
type tool struct {
	name, pkg, version string
	args               []string
	read               func(t *testing.T, out []byte) []said
}

// said is one report of a tool: where, by which of its rules.
type said struct {
	file string
	line int
	rule string
}

var tools = []tool{
	{"go vet", "", strings.TrimPrefix(runtime.Version(), "go"), []string{"go", "vet", "-json", "./..."}, readVet},
	{"staticcheck", "honnef.co/go/tools/cmd/staticcheck", "v0.8.2", []string{"staticcheck", "-checks", "all", "-f", "json", "./..."}, readStaticcheck},
	{"gosec", "github.com/securego/gosec/v2/cmd/gosec", "v2.30.0", []string{"gosec", "-quiet", "-fmt", "json", "./..."}, readGosec},
	{"golangci-lint", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint", "v2.15.0", []string{"golangci-lint", "run", "--no-config", "--default", "all",
		"--max-issues-per-linter", "0", "--max-same-issues", "0", "--show-stats=false", "--path-mode", "abs", "--output.json.path", "stdout", "./..."}, readGolangci},
}

// besides says what the rules that speak in a function with a seeded bug are about. A rule that is not here counts as one that
// has found the bug, until somebody has looked at what it says.
var besides = map[string]string{
	"err113":         "how errors are made",
	"exhaustive":     "cases that a switch leaves out",
	"exhaustruct":    "fields that a composite literal leaves out",
	"exhaustruct_v5": "fields that a composite literal leaves out",
	"funcorder":      "the order of functions",
	"gocritic":       "the result of an append given to another slice",
	"goconst":        "strings that occur several times",
	"lll":            "long lines",
	"mnd":            "numbers without a name",
	"modernize":      "newer forms of the language",
	"nilerr":         "nil returned where an error is at hand, as a handler does that names the failed record in its response",
	"nilnil":         "nil returned for a value and its error",
	"nlreturn":       "blank lines",
	"noinlineerr":    "errors declared in an if",
	"nonamedreturns": "results with a name",
	"perfsprint":     "text that is formatted where joining it would do",
	"prealloc":       "slices whose length is known",
	"varnamelen":     "short names",
	"wrapcheck":      "errors passed on as they are",
	"wsl":            "blank lines",
	"wsl_v5":         "blank lines",
}

func TestComparison(t *testing.T) {
	bin := installTools(t)
	ddbvet := passestest.Tool(t, "..")
	root, heard := passestest.Root(t, ".."), map[string]int{}
	service := compareOn(t, filepath.Join(root, "giftcard"), ddbvet, bin, heard)
	fixtures := compareOn(t, root, ddbvet, bin, heard)
	compare(t, comparison, between(t, comparison, "service", service))
	compare(t, comparison, between(t, comparison, "fixtures", fixtures))
	compare(t, comparison, between(t, comparison, "rules", rules(heard)))
}

// installTools builds the other tools from the module proxy, and gives the folder that they are in.
func installTools(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	for _, tool := range tools {
		if tool.pkg != "" {
			cmd := exec.Command("go", "install", tool.pkg+"@"+tool.version)
			cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", tool.name, err, out)
			}
		}
	}
	return bin
}

const comparison = "../docs/comparison.md"

// compareOn runs every tool in a folder and makes a table of it. What is said in functions with a bug is counted by rule.
func compareOn(t *testing.T, dir, ddbvet, bin string, heard map[string]int) string {
	bugs := passestest.Want(t, dir, passestest.Gate)
	faulty := faulty(t, dir, bugs)
	var b strings.Builder
	fmt.Fprintf(&b, "| tool | reports | in a function with a bug | bugs found, of %d |\n|---|---|---|---|\n", len(bugs))
	for _, tool := range tools {
		all := tool.run(t, dir, bin)
		there, found := 0, map[string]bool{}
		for _, s := range all {
			name, ok := enclosing(faulty, s)
			if !ok {
				continue
			}
			there++
			heard[s.rule]++
			if besides[s.rule] == "" {
				found[name] = true
				t.Errorf("%s speaks in %s, line %d: look at what it says", s.rule, name, s.line)
			}
		}
		fmt.Fprintf(&b, "| %s %s | %d | %d | %d |\n", tool.name, tool.version, len(all), there, len(found))
	}
	reports, found := ours(t, dir, ddbvet, bugs)
	fmt.Fprintf(&b, "| ddbvet, all checks | %d | %d | %d |\n", reports, found, found)
	return b.String()
}

// ours runs ddbvet's gate: how much it reports, and how much of it is a bug that was seeded.
func ours(t *testing.T, dir, ddbvet string, bugs passestest.Findings) (reports, found int) {
	var doc struct {
		Findings []struct {
			Check string
			Pos   struct {
				File string
				Line int
			}
		}
	}
	if err := json.Unmarshal(output(t, dir, ddbvet, "-checks=all", "-json", "./..."), &doc); err != nil {
		t.Fatal(err)
	}
	got := passestest.Findings{}
	for _, f := range doc.Findings {
		got.Add(t, dir, f.Pos.File, f.Pos.Line, f.Check)
	}
	for place, n := range got {
		found += min(n, bugs[place])
	}
	return len(doc.Findings), found
}

// A span is a function in a file.
type span struct {
	name     string
	from, to int
}

// faulty finds the functions that hold a bug, by file.
func faulty(t *testing.T, dir string, bugs passestest.Findings) map[string][]span {
	out := map[string][]span{}
	for place := range bugs {
		file, rest, _ := strings.Cut(place, ":")
		number, _, _ := strings.Cut(rest, ":")
		line, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(dir, filepath.FromSlash(file))
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			s := span{fmt.Sprintf("%s:%d", place[:strings.Index(place, ":")], line), fset.Position(d.Pos()).Line, fset.Position(d.End()).Line}
			if _, ok := d.(*ast.FuncDecl); ok && s.from <= line && line <= s.to {
				out[file] = append(out[file], s)
			}
		}
	}
	return out
}

func enclosing(faulty map[string][]span, s said) (name string, ok bool) {
	for _, f := range faulty[s.file] {
		if f.from <= s.line && s.line <= f.to {
			return f.name, true
		}
	}
	return "", false
}

// rules lists what was said in functions with a bug.
func rules(heard map[string]int) string {
	var b strings.Builder
	b.WriteString("| rule | times | about |\n|---|---|---|\n")
	names := slices.SortedFunc(maps.Keys(heard), func(x, y string) int {
		return cmp.Or(cmp.Compare(heard[y], heard[x]), cmp.Compare(x, y))
	})
	for _, name := range names {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", name, heard[name], besides[name])
	}
	return b.String()
}

// run gives what a tool says in a folder, files absolute, of the packages there; modules below are other folders.
func (x tool) run(t *testing.T, dir, bin string) []said {
	program := x.args[0]
	if x.pkg != "" {
		program = filepath.Join(bin, program)
	}
	var out []said
	for _, s := range x.read(t, output(t, dir, program, x.args[1:]...)) {
		if !filepath.IsAbs(s.file) {
			s.file = filepath.Join(dir, s.file)
		}
		if filepath.Base(dir) == "giftcard" || !strings.Contains(s.file, "giftcard") {
			out = append(out, s)
		}
	}
	return out
}

// output is what a program prints, which may end with a status that says that it has findings.
func output(t *testing.T, dir, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() > 1) {
		t.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return out
}

func readVet(t *testing.T, out []byte) []said {
	var all []said
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var units map[string]map[string][]struct{ Posn string }
		if err := dec.Decode(&units); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		for _, analyzers := range units {
			for name, diagnostics := range analyzers {
				for _, d := range diagnostics {
					file, line := split(t, d.Posn)
					all = append(all, said{file, line, name})
				}
			}
		}
	}
}

func readStaticcheck(t *testing.T, out []byte) []said {
	var all []said
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var problem struct {
			Code     string
			Location struct {
				File string
				Line int
			}
		}
		if err := dec.Decode(&problem); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, said{problem.Location.File, problem.Location.Line, problem.Code})
	}
}

func readGosec(t *testing.T, out []byte) []said {
	var report struct {
		Issues []struct {
			Rule string `json:"rule_id"`
			File string
			Line string
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	var all []said
	for _, i := range report.Issues {
		first, _, _ := strings.Cut(i.Line, "-")
		line, err := strconv.Atoi(first)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, said{i.File, line, i.Rule})
	}
	return all
}

func readGolangci(t *testing.T, out []byte) []said {
	var report struct {
		Issues []struct {
			FromLinter string
			Pos        struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&report); err != nil {
		t.Fatal(err)
	}
	var all []said
	for _, i := range report.Issues {
		all = append(all, said{i.Pos.Filename, i.Pos.Line, i.FromLinter})
	}
	return all
}
