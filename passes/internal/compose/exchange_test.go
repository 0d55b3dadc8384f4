package compose

import (
	"bytes"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// load type-checks fixture packages from source; what they import comes from export data.
func load(t *testing.T, patterns ...string) []*packages.Package {
	t.Helper()
	mode := packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
	pkgs, err := packages.Load(&packages.Config{Mode: mode, Dir: "../../../testdata"}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) == 0 || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("%v cannot be loaded", patterns)
	}
	return pkgs
}

func summarise(p *packages.Package) *summary.Package {
	return summary.Build(summary.Source{
		Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, Info: p.TypesInfo, Known: func(*types.Func) bool { return false },
	})
}

// facts encodes the facts of a package's functions, as the analyzer exports them.
func facts(t *testing.T, p *packages.Package) map[string][]byte {
	t.Helper()
	u := New()
	u.Add(summarise(p))
	out := map[string][]byte{}
	for _, b := range u.Bodies() {
		f, err := NewFact(u, b)
		if err != nil {
			t.Fatal(err)
		}
		if f != nil {
			out[b.ID] = f.Data
		}
	}
	if len(u.Crashes) > 0 {
		t.Fatal(u.Crashes)
	}
	return out
}

// TestFacts holds facts to what drivers need of them: the same bytes for the same source, and few.
func TestFacts(t *testing.T) {
	const most, onAverage = 24 << 10, 3 << 10
	functions, size := 0, 0
	for _, p := range load(t, "./lostupdate/...", "./weakguard/...", "./checkthenact/...") {
		once, again := facts(t, p), facts(t, p)
		if len(once) != len(again) {
			t.Errorf("%s: %d facts, then %d", p.PkgPath, len(once), len(again))
		}
		for id, data := range once {
			if !bytes.Equal(data, again[id]) {
				t.Errorf("%s: the fact differs from run to run", id)
			}
			if len(data) > most {
				t.Errorf("%s: a fact of %d bytes, at most %d wanted", id, len(data), most)
			}
			functions, size = functions+1, size+len(data)
		}
	}
	if functions == 0 || size/functions > onAverage {
		t.Errorf("%d facts of %d bytes in all, at most %d on average wanted", functions, size, onAverage)
	}
}

// TestHandover holds the hand-over to the same: byte-identical, and refused when it is another version's.
func TestHandover(t *testing.T) {
	p := load(t, "./lostupdate/receiver")[0]
	first, err := Handover(summarise(p))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Handover(summarise(p))
	if err != nil || first != second {
		t.Errorf("the hand-over differs from run to run (%v)", err)
	}
	back, err := Takeover(first)
	if err != nil || len(back.Summaries) == 0 || back.Path != p.PkgPath {
		t.Errorf("taken over: %v, %v", back, err)
	}
	for _, bad := range []string{"", "ddbvet-handover/0 AAAA", handoverVersion + "%%%", handoverVersion + first[len(handoverVersion):len(first)/2]} {
		if _, err := Takeover(bad); err == nil {
			t.Errorf("%.30q is taken over", bad)
		}
	}
}

// TestCrashCostsOneFunction composes a Summary that is broken beside one that is whole.
func TestCrashCostsOneFunction(t *testing.T) {
	a := term.NewArena()
	request := func(id string) *summary.Summary {
		s := &summary.Summary{ID: id, Name: id, Package: "p", Pos: finding.Pos{File: "p.go", Line: len(id)}}
		s.Events = []summary.Event{{Kind: summary.Request, Op: "GetItem", Args: []term.Ref{a.Leaf(term.Param, "", 0, 0)}}}
		s.Seal(a)
		return s
	}
	broken := request("p.broken")
	broken.Events[0].Args[0] = 1000
	u := New()
	u.Add(&summary.Package{Path: "p", Summaries: []*summary.Summary{broken, request("p.whole")}})
	bodies := u.Bodies()
	if len(bodies) != 1 || bodies[0].ID != "p.whole" {
		t.Errorf("bodies are %v, want that of p.whole alone", bodies)
	}
	if len(u.Crashes) != 1 || !strings.HasPrefix(u.Crashes[0], "p.broken: ") {
		t.Errorf("crashes are %q, want one that names p.broken", u.Crashes)
	}
}
