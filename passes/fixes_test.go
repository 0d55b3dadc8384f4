package passes_test

import (
	"bytes"
	"go/format"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

// fixedAtLeast is how many findings on the fixtures must come with a fix, so that none is lost unseen.
var fixedAtLeast = map[string]int{
	"lostupdate": 76, "weakguard": 23, "checkthenact": 47, "swallowedrecord": 2, "wrongfailureid": 4,
	"unprocessed": 23, "batchatomicity": 8, "blindbatch": 4, "streamdedup": 19, "racydedup": 5, "detachedgoroutine": 2, "readback": 3,
}

// unfixed are folders of fixtures whose findings have no fix: one would refuse a caller for ever, end the program, lose a record or
// the write in silence, change what items are sorted by, wait
// for what never comes, or demand something of an item that is not there.
var unfixed = []string{
	"blindbatch/noconditions", "checkthenact/answered", "checkthenact/migrated", "detachedgoroutine/channel",
	"lostupdate/besteffort", "lostupdate/copied", "lostupdate/firstrev", "lostupdate/fromrequest", "lostupdate/projected", "lostupdate/reissued", "lostupdate/replaced",
	"lostupdate/stages", "lostupdate/units", "racydedup/twoearly", "racydedup/twofold", "streamdedup/timeline", "swallowedrecord/accepted",
	"weakguard/eachput", "weakguard/missing", "weakguard/unarchived", "weakguard/wrapped",
}

// loadFixtures type-checks the fixtures as the gate does for fixes.
func loadFixtures(t *testing.T) *passes.FixSource {
	t.Helper()
	fset := token.NewFileSet()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
		Dir:  "../testdata", Fset: fset,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	src := &passes.FixSource{Fset: fset, Read: os.ReadFile, Whole: true}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		src.Packages = append(src.Packages, &passes.FixPackage{Types: p.Types, Info: p.TypesInfo, Files: p.Syntax})
	}
	return src
}

// findFixtures analyses the fixtures, with files replaced by an overlay where one is given.
func findFixtures(t *testing.T, tool, overlay string) []finding.Finding {
	t.Helper()
	on := map[string]bool{}
	for _, c := range passes.Checks() {
		on[c.Name] = c.On || c.Fix != "" // advisory ones as well, whose fixes are to be tried
	}
	patterns := []string{"./..."}
	if overlay != "" {
		patterns = []string{"-overlay=" + overlay, "./..."}
	}
	rep, err := passes.Compose(passestest.Handovers(t, tool, "../testdata", patterns...), passes.Config{Checks: on})
	if err != nil {
		t.Fatal(err)
	}
	return rep.Findings
}

// A repair is what fixes together do to the fixtures.
type repair struct {
	edits map[string][]udiff.Edit
	fixed []finding.Finding
}

// take adds a fix unless it touches what another one has changed; one that is there already, made for another finding,
// serves both.
func (r *repair) take(f finding.Finding, x finding.Fix) bool {
	same := true
	for _, e := range x.Edits {
		new := udiff.Edit{Start: e.Start, End: e.End, New: e.New}
		if slices.Contains(r.edits[e.File], new) {
			continue
		}
		same = false
		for _, old := range r.edits[e.File] {
			if new.Start < old.End && old.Start < new.End || new.Start == old.Start {
				return false
			}
		}
	}
	if !same {
		for _, e := range x.Edits {
			if new := (udiff.Edit{Start: e.Start, End: e.End, New: e.New}); !slices.Contains(r.edits[e.File], new) {
				r.edits[e.File] = append(r.edits[e.File], new)
			}
		}
	}
	r.fixed = append(r.fixed, f)
	return true
}

// overlay puts the fixed files in the place of the fixtures.
func (r *repair) overlay(t *testing.T) string {
	t.Helper()
	files := map[string][]byte{}
	for file, edits := range r.edits {
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		after, err := udiff.ApplyBytes(before, edits)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if clean, err := format.Source(after); err != nil || !bytes.Equal(clean, after) {
			t.Errorf("%s: not as gofmt writes it (%v)", file, err)
		}
		files[file] = after
	}
	return passestest.Overlay(t, files)
}

// TestFixesSilenceFixtures applies the fixes of all findings on the fixtures: the result compiles, is as gofmt writes it,
// and the analysis has nothing to say of it that it did not say before.
func TestFixesSilenceFixtures(t *testing.T) {
	tool := passestest.Tool(t, "..")
	before := findFixtures(t, tool, "")
	src := loadFixtures(t)
	r := &repair{edits: map[string][]udiff.Edit{}}
	with, all := map[string]int{}, map[string]int{}
	for i, f := range before {
		all[f.Check]++
		fixes, err := passes.Fixes(src, &before[i])
		if err != nil {
			t.Error(err)
		}
		if len(fixes) > 0 {
			folder := filepath.ToSlash(filepath.Dir(f.Pos.File))
			if slices.ContainsFunc(unfixed, func(u string) bool { return strings.HasSuffix(folder, u) }) {
				t.Errorf("%s: a fix that is wrong: %s", f.Pos, fixes[0].Title)
			}
			with[f.Check]++
			r.take(f, fixes[0])
			// The packages of a module are parsed in any order.
			if !slices.IsSortedFunc(fixes[0].Edits, func(x, y finding.Edit) int { return strings.Compare(x.File, y.File) }) {
				t.Errorf("%s: the edits of %q do not come in the order of their files", f.Pos, fixes[0].Title)
			}
		}
	}
	for _, c := range passes.Checks() {
		if all[c.Name] > 0 {
			t.Logf("%-18s %d of %d findings have a fix", c.Name, with[c.Name], all[c.Name])
		}
		if with[c.Name] < fixedAtLeast[c.Name] {
			t.Errorf("%s: %d fixes, there were %d", c.Name, with[c.Name], fixedAtLeast[c.Name])
		}
	}
	after := findFixtures(t, tool, r.overlay(t))
	for _, f := range after {
		known := slices.ContainsFunc(before, func(g finding.Finding) bool { return same(f, g) })
		fixed := slices.ContainsFunc(r.fixed, func(g finding.Finding) bool { return same(f, g) })
		if !known || fixed {
			t.Errorf("%s: still or newly reported after fixes: %s", f.Pos, f.Message)
		}
	}
}

// same reports two findings of one hazard, before and after lines have moved. Of an overlay's files the go command tells
// where it found their content.
func same(f, g finding.Finding) bool {
	if len(f.Writes) == 0 || len(g.Writes) == 0 {
		return f.Fingerprint == g.Fingerprint
	}
	return f.Check == g.Check && f.Function.Package == g.Function.Package && f.Function.Name == g.Function.Name &&
		f.Writes[0].Op == g.Writes[0].Op && slices.Equal(f.Depends, g.Depends)
}
