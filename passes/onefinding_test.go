package passes

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// A driver runs the inference over packages as go vet does, imports first, without the go command between.
type driver struct {
	facts    map[string][]*summary.Summary // by package
	known    map[string]bool
	handed   []string
	findings []finding.Finding
}

func (d *driver) run(t *testing.T, p *packages.Package) {
	t.Helper()
	if _, done := d.facts[p.PkgPath]; done || len(p.Syntax) == 0 {
		return
	}
	d.facts[p.PkgPath] = nil
	u := compose.New()
	imported := map[string]bool{}
	for _, q := range sortedImports(p) {
		d.run(t, q)
	}
	s := summary.Build(summary.Source{Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, Info: p.TypesInfo, Known: func(f *types.Func) bool {
		return d.known[summary.FuncID(f)]
	}})
	u.Add(s)
	d.importAll(u, p, imported)
	for _, b := range u.Bodies() {
		f, err := compose.NewFact(u, b)
		if err != nil {
			t.Fatal(err)
		}
		if f == nil {
			continue
		}
		fact, err := f.Summary()
		if err != nil {
			t.Fatal(err)
		}
		d.known[fact.ID] = true
		d.facts[p.PkgPath] = append(d.facts[p.PkgPath], fact)
	}
	d.findings = append(d.findings, inPass(&compose.Result{Package: s, Universe: u})...)
	text, err := compose.Handover(s)
	if err != nil {
		t.Fatal(err)
	}
	d.handed = append(d.handed, text)
}

// importAll makes the facts of all packages that p leads to visible.
func (d *driver) importAll(u *compose.Universe, p *packages.Package, seen map[string]bool) {
	for _, q := range sortedImports(p) {
		if seen[q.PkgPath] {
			continue
		}
		seen[q.PkgPath] = true
		for _, f := range d.facts[q.PkgPath] {
			u.Import(f)
		}
		d.importAll(u, q, seen)
	}
}

func sortedImports(p *packages.Package) []*packages.Package {
	var out []*packages.Package
	for _, q := range p.Imports {
		out = append(out, q)
	}
	slices.SortFunc(out, func(x, y *packages.Package) int { return strings.Compare(x.PkgPath, y.PkgPath) })
	return out
}

// TestOneFinding demands that whatever a pass reports, in its place or at the wiring, is a finding of the gate too, in the
// same function and with the same fingerprint, and that no pass reports one twice.
func TestOneFinding(t *testing.T) {
	mode := packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
	pkgs, err := packages.Load(&packages.Config{Mode: mode, Dir: "../testdata"}, "./lostupdate/...", "./checkthenact/...", "./weakguard/...")
	if err != nil || len(pkgs) == 0 || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("the fixtures cannot be loaded: %v", err)
	}
	d := &driver{facts: map[string][]*summary.Summary{}, known: map[string]bool{}}
	for _, p := range pkgs {
		d.run(t, p)
	}
	all := map[string]bool{}
	for _, c := range Checks() {
		all[c.Name] = true
	}
	rep, err := Compose(d.handed, Config{Checks: all})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := 0
	seen := map[string]bool{}
	for _, f := range d.findings {
		i := slices.IndexFunc(rep.Findings, func(g finding.Finding) bool { return g.Fingerprint == f.Fingerprint && g.Function == f.Function })
		if i < 0 {
			t.Errorf("%v: %s %s: the gate has no finding of this fingerprint, reads %v, writes %v", f.Pos, f.Fingerprint, f.Message, f.Reads[0].Via, f.Writes[0].Via)
			continue
		}
		if f.Pos != rep.Findings[i].Pos {
			elsewhere++
		}
		if seen[f.Fingerprint+f.Pos.File] {
			t.Errorf("%v: reported twice: %s", f.Pos, f.Message)
		}
		seen[f.Fingerprint+f.Pos.File] = true
	}
	if elsewhere < 5 {
		t.Errorf("%d findings at the wiring among %d: too few to say anything", elsewhere, len(d.findings))
	}
}
