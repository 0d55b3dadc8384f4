package compose

import (
	"go/types"
	"path/filepath"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Result is what the inference knows after one package: its Summaries and the universe that a pass can
// see.
type Result struct {
	Package  *summary.Package
	Universe *Universe
}

// Options of the inference. There is one inference per set of analyzers, so that two configurations can
// live in one process.
type Options struct {
	// Tests asks for findings in _test.go files.
	Tests *bool
}

// NewAnalyzer returns the analyzer that summarises a package and exports the Summaries as facts. It
// reports nothing.
func NewAnalyzer(opts Options) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "ddbvetsummary",
		Doc:        "summarise what functions read from and write to DynamoDB\n\nThe facts of this analyzer are what the checks of ddbvet reason about.",
		URL:        "https://github.com/ddbvet/ddbvet/blob/main/docs/how-it-works.md",
		FactTypes:  []analysis.Fact{new(Fact)},
		ResultType: reflect.TypeFor[*Result](),
		Run:        func(pass *analysis.Pass) (any, error) { return run(pass, opts) },
	}
}

// concerned reports whether a package can hold anything to summarise. The packages of the program itself
// always can, since a service behind ports imports no SDK; others only when they use one or call functions
// that do. Without this, drivers that analyse every dependency would pay for all of them.
func concerned(pass *analysis.Pass) bool {
	if dynamo.SDKPackage(pass.Pkg.Path()) {
		return false
	}
	if local(pass) {
		return true
	}
	for _, p := range pass.Pkg.Imports() {
		if dynamo.ReachesDynamoDB(p.Path()) {
			return true
		}
	}
	return len(pass.AllObjectFacts()) > 0
}

// local reports a package whose source is not in the module cache: of the main module, of a workspace, or of
// a module that is replaced by a folder (whose version says nothing).
func local(pass *analysis.Pass) bool {
	if pass.Module == nil || pass.Module.Path == "" || len(pass.Files) == 0 {
		return false
	}
	name := filepath.ToSlash(pass.Fset.Position(pass.Files[0].Package).Filename)
	return !strings.Contains(name, "@") && !strings.Contains(name, "/vendor/")
}

func run(pass *analysis.Pass, opts Options) (any, error) {
	if !concerned(pass) {
		return &Result{Package: &summary.Package{Path: pass.Pkg.Path()}, Universe: New()}, nil
	}
	facts := map[*types.Func]bool{}
	known := func(f *types.Func) bool {
		f = f.Origin()
		if v, ok := facts[f]; ok {
			return v
		}
		v := pass.ImportObjectFact(f, new(Fact))
		facts[f] = v
		return v
	}
	p := summary.Build(summary.Source{
		Fset: pass.Fset, Files: pass.Files, Pkg: pass.Pkg, Info: pass.TypesInfo, Known: known, Tests: opts.Tests != nil && *opts.Tests,
	})
	u := New()
	u.Add(p)
	importFacts(pass, u)
	if err := exportFacts(pass, u); err != nil {
		return nil, err
	}
	p.Imported = foreign(pass, p, u)
	return &Result{Package: p, Universe: u}, nil
}

// exportFacts attaches to each declared function what is known of it.
func exportFacts(pass *analysis.Pass, u *Universe) error {
	objects := declarations(pass.Pkg)
	for _, b := range u.Bodies() {
		obj := objects[b.ID]
		if obj == nil {
			continue // a closure: it is known through the function around it
		}
		f, err := NewFact(u, b)
		if err != nil {
			return err
		}
		if f != nil {
			pass.ExportObjectFact(obj, f)
		}
	}
	return nil
}

// foreign lists the Summaries of functions of other modules that the package calls, hands on or converts:
// the gate sees only the packages of the module it is run on.
func foreign(pass *analysis.Pass, p *summary.Package, u *Universe) []*summary.Summary {
	var out []*summary.Summary
	seen := map[string]bool{}
	add := func(id string) {
		callee, ok := u.sealed[id]
		if !ok || seen[id] || pass.Module == nil || inModule(callee.Package, pass.Module.Path) {
			return
		}
		seen[id] = true
		out = append(out, callee)
	}
	addFlows := func(flows []summary.Flow) {
		for _, f := range flows {
			if kind, name := split(f.From); kind == 'f' || kind == 'b' {
				add(name)
			}
		}
	}
	for _, s := range p.Summaries {
		for _, e := range s.Events {
			add(e.Callee)
		}
		for _, n := range s.Terms {
			if n.Op == term.Func || n.Op == term.Closure {
				add(n.Text)
			}
		}
	}
	for _, s := range p.Summaries {
		addFlows(s.Flows)
	}
	addFlows(p.Flows)
	for _, c := range p.Conversions {
		for _, m := range c.Methods {
			add(m.ID)
		}
	}
	return out
}

func inModule(pkg, module string) bool { return pkg == module || strings.HasPrefix(pkg, module+"/") }

// importFacts makes the Summaries of imported functions visible.
func importFacts(pass *analysis.Pass, u *Universe) {
	for _, of := range pass.AllObjectFacts() {
		f, ok := of.Fact.(*Fact)
		if !ok || of.Object.Pkg() == pass.Pkg {
			continue
		}
		if s, err := f.Summary(); err == nil {
			u.Import(s)
		}
	}
}

// declarations are the functions and methods of a package by identifier.
func declarations(pkg *types.Package) map[string]*types.Func {
	out := map[string]*types.Func{}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Func:
			out[summary.FuncID(obj)] = obj
		case *types.TypeName:
			if named, ok := obj.Type().(*types.Named); ok {
				for m := range named.Methods() {
					out[summary.FuncID(m)] = m
				}
			}
		}
	}
	return out
}
