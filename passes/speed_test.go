//go:build comparison

// This test measures how long ddbvet and the other tools take on checkouts of real repositories: make speed DIRS="…".

package passes_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ddbvet/ddbvet/passes/passestest"
)

// A runner is a tool as people run it, with everything that is on by default; test files are left out where the tool can.
type runner struct {
	name string
	args []string
}

// runners are the tools that TestSpeed compares. The first one is what the others are held against.
func runners(ddbvet, bin string) []runner {
	return []runner{
		{"ddbvet, the gate", []string{ddbvet, "./..."}},
		{"go vet with ddbvet", []string{"go", "vet", "-vettool=" + ddbvet, "./..."}},
		{"go vet", []string{"go", "vet", "./..."}},
		{"staticcheck", []string{filepath.Join(bin, "staticcheck"), "-tests=false", "./..."}},
		{"golangci-lint", []string{filepath.Join(bin, "golangci-lint"), "run", "--no-config", "--tests=false", "./..."}},
	}
}

// A cost is what one run takes: what its processes compute, and how long a person waits.
type cost struct{ cpu, wall time.Duration }

// TestSpeed prints a table of costs for each folder that SPEED names. Each tool gets caches of its own, which hold what a
// build has left and nothing of any tool; then it runs twice. The warm run is repeated, and the quickest one counts.
func TestSpeed(t *testing.T) {
	dirs := strings.Fields(os.Getenv("SPEED"))
	if len(dirs) == 0 {
		t.Fatal(`name the checkouts: make speed DIRS="…"`)
	}
	bin, ddbvet := installTools(t), passestest.Tool(t, "..")
	for _, dir := range dirs {
		lines := goLines(t, dir)
		fmt.Printf("\n%s, %d lines of Go\n\n| | cold: CPU | ratio | waiting | warm: CPU | ratio | waiting |\n|---|---|---|---|---|---|---|\n", filepath.Base(dir), lines)
		built := t.TempDir()
		prime(t, dir, built)
		var cold, warm cost
		for i, r := range runners(ddbvet, bin) {
			c, w := r.measure(t, dir, built)
			if i == 0 {
				cold, warm = c, w
			}
			fmt.Printf("| %s | %s | %s |\n", r.name, c.beside(cold), w.beside(warm))
		}
	}
}

// goLines counts the lines of a folder's Go files, without vendored ones.
func goLines(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "vendor":
			return fs.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		n += bytes.Count(text, []byte("\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// prime fills a build cache with what every tool needs and none has made: compiled packages, those of tests too.
func prime(t *testing.T, dir, cache string) {
	t.Helper()
	for _, args := range [][]string{{"build", "./..."}, {"list", "-export", "-deps", "-test", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOCACHE="+cache)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s in %s: %v\n%s", args[0], dir, err, out)
		}
	}
}

// measure runs a tool on a copy of the build cache.
func (r runner) measure(t *testing.T, dir, built string) (cold, warm cost) {
	t.Helper()
	caches := t.TempDir()
	gocache := filepath.Join(caches, "go-build")
	if err := os.CopyFS(gocache, os.DirFS(built)); err != nil {
		t.Fatal(err)
	}
	run := func() cost {
		cmd := exec.Command(r.args[0], r.args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOCACHE="+gocache, "XDG_CACHE_HOME="+caches, "STATICCHECK_CACHE="+filepath.Join(caches, "staticcheck"),
			"GOLANGCI_LINT_CACHE="+filepath.Join(caches, "golangci-lint"))
		started := time.Now()
		out, err := cmd.CombinedOutput()
		wall := time.Since(started)
		if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 { // findings
			t.Fatalf("%s in %s: %v\n%s", r.name, dir, err, out)
		}
		return cost{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall}
	}
	cold = run()
	for i := range 3 {
		if again := run(); i == 0 || again.cpu < warm.cpu {
			warm = again
		}
	}
	if err := os.RemoveAll(caches); err != nil {
		t.Fatal(err)
	}
	return cold, warm
}

// beside writes a cost and how many times that of ddbvet's gate it is.
func (c cost) beside(gate cost) string {
	return fmt.Sprintf("%.1f s | %.1f | %.1f s", c.cpu.Seconds(), c.cpu.Seconds()/gate.cpu.Seconds(), c.wall.Seconds())
}
