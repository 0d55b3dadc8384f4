// Package repair offers and applies the fixes of findings. Findings come from composing summaries, without any syntax; so
// the modules that they lie in are loaded here, and only here. What is applied stays inside the main modules, leaves out
// files with changes of their own, and builds.
package repair

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// A program is the source of one module, or workspace, in which there are findings.
type program struct {
	module gate.Module
	// dir is what the names of files are relative to for people.
	dir    string
	source suite.Source
	// content is each file as it was parsed.
	content map[string][]byte
	// names are the packages' names by their paths, for imports.
	names map[string]string
	// files holds the package of each file that may be edited.
	files map[string]string
	// generated are files that are written by programs.
	generated map[string]bool
	// dirty says of files that were asked for why git does not have them.
	dirty map[string]string
}

// errOverlay is why source is not loaded: what the analysis has seen is not what is on disk.
var errOverlay = errors.New("fixes cannot be made while GOFLAGS holds an -overlay")

// load reads the main modules, since a fix of what is stored has to know everybody who stores it, behind interfaces too. It
// gives nil when none of the files is theirs.
func load(ctx context.Context, m gate.Module, dir string, files []string, tests bool) (*program, error) {
	if strings.Contains(os.Getenv("GOFLAGS"), "-overlay") {
		return nil, errOverlay
	}
	if !slices.ContainsFunc(files, func(file string) bool { return m.Holds(filepath.Dir(file)) }) {
		return nil, nil
	}
	p := &program{module: m, dir: dir, content: make(map[string][]byte), names: make(map[string]string),
		files: make(map[string]string), generated: make(map[string]bool), dirty: make(map[string]string)}
	var mu sync.Mutex
	fset := token.NewFileSet()
	cfg := &packages.Config{
		Context: ctx, Mode: packages.LoadSyntax | packages.NeedModule, Fset: fset, Tests: tests,
		Dir: m.Dir(), Env: m.Command(ctx, "list").Env, BuildFlags: m.BuildFlags(),
	}
	cfg.ParseFile = func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
		mu.Lock()
		p.content[name] = src
		mu.Unlock()
		return parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	}
	all, err := packages.Load(cfg, m.Everything()...)
	if err != nil {
		return nil, err
	}
	p.source = suite.Source{Fset: fset, Read: p.read, Whole: true}
	for _, pkg := range richest(all) {
		p.add(pkg)
	}
	p.parseTests()
	return p, nil
}

// parseTests reads the test files that were not loaded: they may hold fakes of what a fix changes. A file that is no Go is
// left to the build.
func (p *program) parseTests() {
	packages := make(map[string]string)
	for file, path := range p.files {
		packages[filepath.Dir(file)] = path
	}
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			continue // a folder whose name is a pattern
		}
		for _, name := range names {
			if _, loaded := p.content[name]; loaded {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			f, err := parser.ParseFile(p.source.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				continue
			}
			p.content[name], p.files[name], p.generated[name] = text, packages[dir], ast.IsGenerated(f)
			p.source.Tests = append(p.source.Tests, f)
		}
	}
}

// richest leaves out packages that come once more with their tests, and the programs that run tests.
func richest(all []*packages.Package) []*packages.Package {
	tested := make(map[string]bool)
	for _, pkg := range all {
		if pkg.ID != pkg.PkgPath && !strings.HasSuffix(pkg.PkgPath, "_test") {
			tested[pkg.PkgPath] = true
		}
	}
	return slices.DeleteFunc(all, func(pkg *packages.Package) bool {
		return strings.HasSuffix(pkg.ID, ".test") || pkg.ID == pkg.PkgPath && tested[pkg.PkgPath]
	})
}

// add takes a package that has no errors.
func (p *program) add(pkg *packages.Package) {
	if len(pkg.Errors) > 0 || pkg.IllTyped || pkg.Types == nil {
		p.source.Whole = false
		return
	}
	for path, i := range pkg.Imports {
		p.names[path] = i.Name
	}
	p.source.Packages = append(p.source.Packages, suite.Package{Types: pkg.Types, Info: pkg.TypesInfo, Files: pkg.Syntax})
	if pkg.Module != nil && !pkg.Module.Main {
		return
	}
	for _, f := range pkg.Syntax {
		name := p.source.Fset.File(f.FileStart).Name()
		// Files that cgo has written are compiled in the place of others.
		if slices.Contains(pkg.GoFiles, name) {
			p.files[name] = pkg.PkgPath
			p.generated[name] = ast.IsGenerated(f)
		}
	}
}

func (p *program) read(file string) ([]byte, error) {
	if data, ok := p.content[file]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("%s is not loaded", file)
}

// places gives every file that a finding names.
func places(f finding.Finding) []string {
	files := []string{f.Pos.File, f.Function.File}
	for _, a := range append(slices.Clip(f.Reads), f.Writes...) {
		files = append(files, a.File)
		for _, frame := range a.Via {
			files = append(files, frame.File)
		}
	}
	return slices.DeleteFunc(files, func(file string) bool { return file == "" })
}
