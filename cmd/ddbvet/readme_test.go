package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeCommands pastes every command of the README into a shell: the first block in a checkout of ddbvet, the others in
// a clone of a repository with a change.
func TestReadmeCommands(t *testing.T) {
	j := newJob(t)
	blocks := shellBlocks(t)
	checkout, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	// The shell is told that it is elsewhere, so that nothing is installed into this checkout.
	stdout, stderr, status := j.run(t, checkout, "PWD="+t.TempDir()+"; PATH=${PATH#*:}; "+blocks[0], nil)
	if status != 1 || !strings.Contains(stdout, "internal/shop/shop.go:46:24: lost update: ") || strings.Contains(stderr, "ddbvet: ") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	// What is silent: the baseline has been written, nothing is silenced, help is no analysis.
	silent := regexp.MustCompile(`-write-baseline|-baseline|-suppressed|help`)
	for _, command := range strings.Split(strings.Join(blocks[1:], ""), "\n") {
		if command == "" {
			continue
		}
		want := 1
		if silent.MatchString(command) {
			want = 0
		}
		stdout, stderr, status := j.run(t, j.dir, command, nil)
		if status != want || strings.Contains(stderr, "ddbvet: ") || strings.Contains(command, "-new-from") && strings.Contains(stdout, "refund.go") {
			t.Errorf("%s: status %d\n%s%s", command, status, stdout, stderr)
		}
	}
	if !strings.Contains(j.read(t, "report.html"), "halve.go") {
		t.Error("report.html does not hold the finding")
	}
}

// shellBlocks gives the blocks of shell commands in the README.
func shellBlocks(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?s)\n```sh\n(.*?)```\n").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) < 3 {
		t.Fatalf("only %d blocks", len(out))
	}
	return out
}
