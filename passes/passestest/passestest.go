// Package passestest holds the doors of ddbvet to one corpus: the fixtures below testdata say in comments what must be
// reported, and tests of go vet, of the gate and of golangci-lint compare what each of them reports with that.
//
//	// want CHECK           at every door
//	// want CHECK // gate   only where the whole module is in view
//	// wantpass CHECK       what a pass reports where the program is wired
//
// Several on one line, each after a "//" of its own, are several findings.
package passestest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
)

// A Door is a way in which ddbvet sees a program.
type Door int

const (
	// Gate sees the whole module.
	Gate Door = iota
	// Pass sees a package and what its imports' facts show: go vet and golangci-lint.
	Pass
)

// Findings counts findings by place, "file:line: check", the file relative to the folder of the fixtures.
type Findings map[string]int

// Add counts one finding; the file is absolute, or relative to root.
func (f Findings) Add(t testing.TB, root, file string, line int, check string) {
	t.Helper()
	if filepath.IsAbs(file) {
		rel, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		file = rel
	}
	f[fmt.Sprintf("%s:%d: %s", filepath.ToSlash(file), line, check)]++
}

// Root is the folder of the fixtures; up leads from the test's folder to that of the module.
func Root(t testing.TB, up string) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join(up, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

var wanted = regexp.MustCompile(`// (want|wantpass) ([a-z]+)((?: // gate)?)`)

// Want reads what a door must report of the fixtures below root. The gift-card service is a module of its own and
// has tests of its own.
func Want(t testing.TB, root string, door Door) Findings {
	t.Helper()
	out, checks := Findings{}, Checks()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && d.Name() == "giftcard":
			return fs.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			for _, m := range wanted.FindAllStringSubmatch(line, -1) {
				if door.sees(m[1], m[3]) && checks[m[2]] {
					out.Add(t, root, path, i+1, m[2])
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sees tells whether a comment of this kind, with what follows it, is meant for the door.
func (d Door) sees(kind, rest string) bool {
	if d == Gate {
		return kind == "want"
	}
	return kind == "wantpass" || !strings.Contains(rest, "gate")
}

// Checks switches all checks on, advisory ones as well.
func Checks() map[string]bool {
	out := map[string]bool{}
	for _, c := range passes.Checks() {
		out[c.Name] = true
	}
	return out
}

// Compare fails the test for what is missing and what is too much, unless the door is known to get it wrong; and for what
// it is said to get wrong and gets right.
func Compare(t testing.TB, door Door, want, got Findings) {
	t.Helper()
	keys := slices.Collect(maps.Keys(want))
	keys = slices.AppendSeq(keys, maps.Keys(got))
	slices.SortFunc(keys, cmp.Compare[string])
	known, wrong := door.beyond(), 0
	for _, k := range slices.Compact(keys) {
		_, excused := known[k]
		switch {
		case excused && got[k] == want[k]:
			t.Errorf("%s is right now: take it off the list", k)
		case excused:
		case got[k] < want[k]:
			wrong++
			t.Errorf("not reported: %s", k)
		case got[k] > want[k]:
			wrong++
			t.Errorf("reported, not wanted: %s", k)
		}
	}
	if wrong > 0 {
		t.Logf("%d wanted, %d wrong", len(want), wrong)
	}
}

// Handovers runs the tool under the real go vet over packages, in a folder, and returns what they hand over to the gate,
// in an order of its own. Other flags of go vet may come before the patterns.
func Handovers(t testing.TB, tool, dir string, patterns ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + tool, "-json", "-handover"}, patterns...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v\n%s", err, stderr.String())
	}
	var texts []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var units map[string]map[string][]struct{ Message string }
		if err := dec.Decode(&units); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, analyzers := range units {
			for _, d := range analyzers["handover"] {
				texts = append(texts, d.Message)
			}
		}
	}
	slices.Sort(texts)
	return texts
}
