package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestIgnore silences a lost update behind a port by a directive in the function at fault, which go vet reports in another
// package, where the program is wired; and tells a directive that is of use to one door only from one that is of none.
func TestIgnore(t *testing.T) {
	bin := buildDdbvet(t)
	dir := moduleOf(t, "lostupdate/port")
	rename(t, dir, "github.com/ddbvet/ddbvet/testdata/lostupdate/port", "example.com/m/port")
	gate, vet := []string{bin, "./..."}, []string{"go", "vet", "-vettool=" + bin, "./..."}
	says := func(status int, command []string, words ...string) {
		t.Helper()
		out := run(t, dir, status, command[0], command[1:]...)
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("%q does not say %q:\n%s", command, w, out)
			}
		}
	}
	says(1, gate, "port/billing/billing.go:", ": lostupdate")
	says(1, vet, "port/app/main.go:21:", "in (*billing.Desk).Pay", ": lostupdate")

	edit(t, filepath.Join(dir, "port", "billing", "billing.go"), "// want lostupdate // gate", "//ddbvet:ignore lostupdate one till")
	says(0, gate)
	says(0, vet)
	says(0, []string{bin, "-suppressed", "./..."}, "silenced one till")

	// In the store everything is in view, and there is nothing to ignore.
	edit(t, filepath.Join(dir, "port", "dynamo", "invoices.go"), "\treturn", "\t//ddbvet:ignore lostupdate no reason\n\treturn")
	says(1, gate, "there is no finding of lostupdate here to ignore: uselessignore")
	says(1, vet, "there is no finding of lostupdate here to ignore: uselessignore")
}

// rename puts another import path in place of one.
func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		put(t, f, bytes.ReplaceAll(read(t, f), []byte(from), []byte(to)))
	}
}

// edit replaces the first occurrence of a text that must be there.
func edit(t *testing.T, file, from, to string) {
	t.Helper()
	text := read(t, file)
	if !bytes.Contains(text, []byte(from)) {
		t.Fatalf("%s does not hold %q", file, from)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(from), []byte(to), 1), 0o666); err != nil {
		t.Fatal(err)
	}
}
