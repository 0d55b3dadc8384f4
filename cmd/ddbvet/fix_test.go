package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVetFix applies fixes through the go command itself: go vet -fix and go fix -fixtool, which take from a vettool what
// its diagnostics suggest.
func TestVetFix(t *testing.T) {
	bin := buildDdbvet(t)
	vet := []string{"vet", "-vettool=" + bin}
	for _, fix := range [][]string{append(vet, "-fix"), {"fix", "-fixtool=" + bin}} {
		t.Run(fix[0], func(t *testing.T) {
			dir := moduleOf(t, "wrongfailureid/eventid", "swallowedrecord/logged")
			put(t, filepath.Join(dir, "onlytests", "x_test.go"), []byte("package onlytests_test\n"))
			before := read(t, filepath.Join(dir, "eventid", "eventid.go"))

			if diff := run(t, dir, 1, "go", append(fix, "-diff", "./...")...); !strings.Contains(diff, "+\treturn failure{ItemIdentifier: record.Change.SequenceNumber}") {
				t.Errorf("the diff is\n%s", diff)
			}
			if !bytes.Equal(before, read(t, filepath.Join(dir, "eventid", "eventid.go"))) {
				t.Error("-diff writes")
			}
			run(t, dir, 0, "go", append(fix, "./...")...)
			if out := run(t, dir, 0, "go", append(vet, "-wrongfailureid", "./...")...); strings.Contains(out, "wrongfailureid") {
				t.Errorf("after the fix:\n%s", out)
			}
			// A fix that callers see is applied when it is asked for.
			if out := run(t, dir, 1, "go", append(vet, "./...")...); !strings.Contains(out, ": swallowedrecord") {
				t.Errorf("the error that is swallowed is not reported any more:\n%s", out)
			}
			run(t, dir, 0, "go", append(fix, "-fixes=all", "./...")...)
			run(t, dir, 0, "go", append(vet, "./...")...)
		})
	}
}

// moduleOf makes a module of fixtures, each a folder of its own.
func moduleOf(t *testing.T, fixtures ...string) string {
	t.Helper()
	root, dir := filepath.Join("..", ".."), t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		put(t, filepath.Join(dir, name), bytes.Replace(read(t, filepath.Join(root, name)), []byte("module github.com/ddbvet/ddbvet"), []byte("module example.com/m"), 1))
	}
	for _, f := range fixtures {
		if err := os.CopyFS(filepath.Join(dir, filepath.Base(f)), os.DirFS(filepath.Join(root, "testdata", f))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func put(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
