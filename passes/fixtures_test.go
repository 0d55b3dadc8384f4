package passes_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

func TestGateReportsFixtures(t *testing.T) {
	root := passestest.Root(t, "..")
	want := passestest.Want(t, root, passestest.Gate)
	rep, err := passes.Compose(passestest.Handovers(t, passestest.Tool(t, ".."), "../testdata", "./..."), passes.Config{Checks: passestest.Checks()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rep.Crashes {
		t.Error(c)
	}
	got := passestest.Findings{}
	for _, f := range rep.Findings {
		got.Add(t, root, f.Pos.File, f.Pos.Line, f.Check)
	}
	passestest.Compare(t, passestest.Gate, want, got)
}

// TestVetReportsFixtures runs the same fixtures through go vet: what a package's run can see is reported where
// it stands, what only the wiring package can see, at the conversion.
func TestVetReportsFixtures(t *testing.T) {
	cmd := exec.Command("go", "vet", "-vettool="+passestest.Tool(t, ".."), "-json", "-checks=all", "./...")
	cmd.Dir = "../testdata"
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v", err)
	}
	root, got := passestest.Root(t, ".."), passestest.Findings{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var units map[string]map[string][]struct{ Posn, Message string }
		if err := dec.Decode(&units); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, analyzers := range units {
			for check, diagnostics := range analyzers {
				for _, d := range diagnostics {
					file, line := split(t, d.Posn)
					got.Add(t, root, file, line, check)
				}
			}
		}
	}
	passestest.Compare(t, passestest.Pass, passestest.Want(t, root, passestest.Pass), got)
}

// split takes a position apart: file:line:col.
func split(t *testing.T, posn string) (file string, line int) {
	t.Helper()
	parts := strings.Split(posn, ":")
	if len(parts) < 3 {
		t.Fatalf("no position: %q", posn)
	}
	line, err := strconv.Atoi(parts[len(parts)-2])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(parts[:len(parts)-2], ":"), line
}
