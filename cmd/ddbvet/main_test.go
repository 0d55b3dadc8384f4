package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// TestGiftcard runs the command as a user does, in both of its forms, on the service that ships with the project.
func TestGiftcard(t *testing.T) {
	bin := buildDdbvet(t)
	dir := filepath.Join("..", "..", "testdata", "giftcard")

	first := run(t, dir, 1, bin, "-json", "./...")
	var doc struct{ Findings []finding.Finding }
	if err := json.Unmarshal([]byte(first), &doc); err != nil {
		t.Fatal(err)
	}
	if f := in(doc.Findings, "(*shop.Shop).Redeem"); f == nil {
		t.Errorf("the lost update of a balance is not found: %s", first)
	} else {
		checkRedeem(t, *f)
	}
	if second := run(t, dir, 1, bin, "-json", "./..."); second != first {
		t.Errorf("two runs differ:\n%s\n%s", first, second)
	}
	if vet := run(t, dir, 1, "go", "vet", "-vettool="+bin, "./..."); !strings.Contains(vet, ": lostupdate") {
		t.Errorf("go vet says:\n%s", vet)
	}
}

func checkRedeem(t *testing.T, f finding.Finding) {
	t.Helper()
	if f.Check != "lostupdate" || f.Pos.File != "internal/shop/shop.go" || !strings.HasSuffix(f.Message, "lostupdate") || f.Fingerprint == "" || f.URL == "" {
		t.Errorf("%+v", f)
	}
	if len(f.Reads) == 0 || len(f.Writes) == 0 || len(f.Reads[0].Via) == 0 || len(f.Writes[0].Via) == 0 || len(f.Schedule) < 4 {
		t.Errorf("the trace is not whole: %+v", f)
	}
	for _, a := range append(f.Reads, f.Writes...) {
		if filepath.IsAbs(a.File) {
			t.Errorf("an absolute file: %s", a.File)
		}
	}
}

func in(findings []finding.Finding, function string) *finding.Finding {
	for i := range findings {
		if findings[i].Function.Name == function {
			return &findings[i]
		}
	}
	return nil
}

// run gives what a command prints; it must end with that status.
func run(t *testing.T, dir string, status int, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	exit, _ := errors.AsType[*exec.ExitError](err)
	if got := cmd.ProcessState.ExitCode(); got != status || err != nil && exit == nil {
		t.Fatalf("%s %q: exit status %d, want %d\n%s%s", name, args, got, status, &stdout, &stderr)
	}
	return stdout.String() + stderr.String()
}
