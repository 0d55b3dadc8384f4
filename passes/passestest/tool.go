package passestest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool builds the command that users run; up leads from the test's folder to that of the module.
func Tool(t testing.TB, up string) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "ddbvet")
	cmd := exec.Command("go", "build", "-o", tool, "./cmd/ddbvet")
	cmd.Dir = up
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return tool
}

// Overlay writes files where the go command finds them in the place of others, and returns the file for its flag -overlay.
func Overlay(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for file, text := range files {
		to := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(to, text, 0o666); err != nil {
			t.Fatal(err)
		}
		replace[file] = to
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return overlay
}
