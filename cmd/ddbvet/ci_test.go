package main

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// fakeGo stands before the go command: ddbvet need not be published to be installed.
const fakeGo = `#!/bin/sh
if [ "$1" = install ] && [ "${2%@*}" = github.com/ddbvet/ddbvet/cmd/ddbvet ]; then
  to="${GOBIN:-$("$REAL_GO" env GOPATH)/bin}"
  mkdir -p "$to" && exec cp "$DDBVET" "$to/ddbvet"
fi
exec "$REAL_GO" "$@"
`

// newBug is a second finding in the gift-card service.
const newBug = `package shop

import "context"

// Halve gives half of a card back.
func (s *Shop) Halve(ctx context.Context, id string) error {
	c, err := s.store.Card(ctx, id)
	if err != nil {
		return err
	}
	c.Cents /= 2
	return s.store.Save(ctx, c)
}
`

// A job is a machine of a CI service: a clone of a repository, with a change that adds a bug, and an environment.
type job struct {
	dir  string
	base string
	env  map[string]string
}

// newJob lays out the gift-card service as a repository, and a branch of it.
func newJob(t *testing.T) *job {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the go command")
	}
	for _, name := range []string{"bash", "git"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(err)
		}
	}
	realGo, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin, origin, clone := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "clone")
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "ddbvet"), ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	writeFile(t, filepath.Join(bin, "go"), fakeGo, 0o755)
	if err := os.CopyFS(origin, os.DirFS(filepath.Join("..", "..", "testdata", "giftcard"))); err != nil {
		t.Fatal(err)
	}
	j := &job{dir: clone, env: map[string]string{
		"PATH": bin + string(os.PathListSeparator) + os.Getenv("PATH"), "REAL_GO": realGo, "DDBVET": filepath.Join(bin, "ddbvet"),
		"GOPATH": t.TempDir(), "GOMODCACHE": goEnv(t, "GOMODCACHE"), "RUNNER_TEMP": t.TempDir(), "HOME": t.TempDir(), "GOCACHE": goEnv(t, "GOCACHE"),
	}}
	j.must(t, origin, "git init -q -b main . && git add . && git -c user.name=a -c user.email=a@example.com commit -qm one")
	j.must(t, origin, "git clone -q . "+clone)
	j.base = strings.TrimSpace(j.must(t, clone, "git rev-parse HEAD"))
	writeFile(t, filepath.Join(clone, "internal", "shop", "halve.go"), newBug, 0o644)
	j.must(t, clone, "git checkout -q -b change && git add . && git -c user.name=a -c user.email=a@example.com commit -qm two")
	return j
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func writeFile(t *testing.T, file, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// run runs a script as CI services do, and gives what it prints and its status.
func (j *job) run(t *testing.T, dir, script string, env map[string]string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", script)
	cmd.Dir = dir
	for _, vars := range []map[string]string{j.env, env} {
		for _, name := range slices.Sorted(maps.Keys(vars)) {
			cmd.Env = append(cmd.Env, name+"="+vars[name])
		}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatal(err)
		}
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func (j *job) must(t *testing.T, dir, script string) string {
	t.Helper()
	stdout, stderr, status := j.run(t, dir, script, nil)
	if status != 0 {
		t.Fatalf("%s: status %d\n%s%s", script, status, stdout, stderr)
	}
	return stdout
}

// read gives a file that a script has left.
func (j *job) read(t *testing.T, file string) string {
	t.Helper()
	if !filepath.IsAbs(file) {
		file = filepath.Join(j.dir, file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// newOnly fails when a text names something other than the new finding.
func newOnly(t *testing.T, form, text string) {
	t.Helper()
	if !strings.Contains(text, "halve.go") || strings.Contains(text, "refund.go") {
		t.Errorf("%s does not hold the new finding alone:\n%s", form, text)
	}
}

// snippet gives the block of code that follows a mark in docs/ci.md.
func snippet(t *testing.T, mark string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)<!-- " + mark + " -->\n```[a-z]+\n(.*?)```\n").FindSubmatch(page)
	if m == nil {
		t.Fatalf("there is no %s in docs/ci.md", mark)
	}
	return string(m[1])
}

// TestCISnippets runs what docs/ci.md says.
func TestCISnippets(t *testing.T) {
	j := newJob(t)
	t.Run("steps", func(t *testing.T) {
		var doc struct{ Steps []struct{ Run string } }
		decode(t, snippet(t, "steps"), &doc)
		summary := filepath.Join(t.TempDir(), "summary")
		j.must(t, j.dir, doc.Steps[0].Run)
		stdout, stderr, status := j.run(t, j.dir, doc.Steps[1].Run, map[string]string{"GITHUB_STEP_SUMMARY": summary})
		if status != 1 || !strings.HasPrefix(stdout, "::error file=") || !strings.Contains(j.read(t, summary), "| Check |") {
			t.Errorf("status %d\n%s%s", status, stdout, stderr)
		}
	})
	t.Run("gitlab", func(t *testing.T) {
		var doc struct{ Ddbvet struct{ Script []string } }
		decode(t, snippet(t, "gitlab"), &doc)
		j.must(t, j.dir, doc.Ddbvet.Script[0])
		stdout, stderr, status := j.run(t, j.dir, doc.Ddbvet.Script[1], map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": j.base})
		if status != 1 {
			t.Errorf("status %d\n%s%s", status, stdout, stderr)
		}
		newOnly(t, "the report", j.read(t, "gl-code-quality-report.json"))
	})
	t.Run("shell", func(t *testing.T) {
		stdout, stderr, status := j.run(t, j.dir, snippet(t, "shell"), map[string]string{"CHANGE_TARGET": "main"})
		if status != 1 {
			t.Errorf("status %d\n%s%s", status, stdout, stderr)
		}
		newOnly(t, "the page", j.read(t, "ddbvet.html"))
		newOnly(t, "the log", j.read(t, "ddbvet.sarif"))
	})
	t.Run("baseline", func(t *testing.T) {
		if out := j.must(t, j.dir, snippet(t, "baseline")); out != "" {
			t.Errorf("what is in the baseline is reported:\n%s", out)
		}
	})
}

// A step is one of a composite action.
type step struct {
	Name, ID, If, Uses, Run string
	Env                     map[string]string
}

// TestAction runs the shell of action.yml as the snippet in docs/ci.md calls it.
func TestAction(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct{ Steps []step }
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	decode(t, string(text), &action)
	var workflow struct {
		Jobs struct {
			Ddbvet struct {
				Steps []struct{ With map[string]string }
			}
		}
	}
	decode(t, snippet(t, "github"), &workflow)
	j := newJob(t)
	values := map[string]string{"github.event.pull_request.base.sha": j.base}
	for name, input := range action.Inputs {
		values["inputs."+name] = input.Default
	}
	steps := workflow.Jobs.Ddbvet.Steps
	for name, value := range steps[len(steps)-1].With {
		if _, ok := action.Inputs[name]; !ok {
			t.Errorf("the action has no input %s", name)
		}
		values["inputs."+name] = fill(t, value, values)
	}
	outputs, summary := filepath.Join(t.TempDir(), "outputs"), filepath.Join(t.TempDir(), "summary")
	statuses := map[string]int{}
	for _, s := range action.Runs.Steps {
		if s.Run == "" {
			continue
		}
		env := map[string]string{"GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary}
		for name, value := range s.Env {
			env[name] = fill(t, value, values)
		}
		stdout, stderr, status := j.run(t, j.dir, s.Run, env)
		statuses[s.Name] = status
		if s.ID == "run" {
			newOnly(t, "the annotations", stdout)
			_, values["steps.run.outputs.status"], _ = strings.Cut(strings.TrimSpace(j.read(t, outputs)), "status=")
		}
		if stderr != "" {
			t.Errorf("%s says %s", s.Name, stderr)
		}
	}
	if want := map[string]int{"Install ddbvet": 0, "Run ddbvet": 0, "Report the status": 1}; !maps.Equal(statuses, want) {
		t.Errorf("the steps end with %v, want %v", statuses, want)
	}
	newOnly(t, "the summary", j.read(t, summary))
	newOnly(t, "the log", j.read(t, values["inputs.sarif-file"]))
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z_.-]+) *\}\}`)

// fill puts values in place of GitHub's expressions.
func fill(t *testing.T, text string, values map[string]string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		value, ok := values[name]
		if !ok {
			t.Errorf("nothing is known of %s", name)
		}
		return value
	})
}

func decode(t *testing.T, text string, to any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), to); err != nil {
		t.Fatal(err)
	}
}
