package compose

import (
	"bufio"
	"go/types"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

var runs = regexp.MustCompile(`// runs (.+)$`)

// expected reads the comments "// runs FUNC, FUNC" of a file.
func expected(t *testing.T, file string) map[finding.Pos][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[finding.Pos][]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if m := runs.FindStringSubmatch(lines.Text()); m != nil {
			out[finding.Pos{File: file, Line: n}] = nil
			if m[1] != "nothing" {
				out[finding.Pos{File: file, Line: n}] = strings.Split(m[1], ", ")
			}
		}
	}
	return out
}

// reached are the functions that the calls on each line enter on the way to a request.
func reached(u *Universe) map[finding.Pos][]string {
	out := map[finding.Pos][]string{}
	for _, b := range u.Bodies() {
		for _, it := range b.Items {
			at := finding.Pos{File: b.RootPos[it.Root].File, Line: b.RootPos[it.Root].Line}
			if it.Request() && len(it.Via) > 0 && !slices.Contains(out[at], it.Via[0].Name) {
				out[at] = append(out[at], it.Via[0].Name)
			}
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

// TestWiring holds the resolution of calls through interfaces and function values to what the comments of the fixtures
// say, where a whole program is in view.
func TestWiring(t *testing.T) {
	u := New()
	want := map[finding.Pos][]string{}
	for _, p := range load(t, "../passes/internal/compose/testdata/wiring/...") {
		u.Add(summary.Build(summary.Source{
			Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, Info: p.TypesInfo,
			Known: func(f *types.Func) bool { return strings.Contains(f.Pkg().Path(), "/wiring/") },
		}))
		for _, file := range p.GoFiles {
			for at, names := range expected(t, file) {
				want[at] = names
			}
		}
	}
	u.Whole = true
	got := reached(u)
	if len(want) == 0 {
		t.Error("the fixtures say nothing")
	}
	for at, names := range want {
		if !slices.Equal(got[at], names) {
			t.Errorf("%v runs %v, want %v", at, got[at], names)
		}
	}
}
