// Package repair offers and applies the fixes of findings. Findings come from composing summaries, without any syntax; so
// the packages that they lie in are loaded here, and only here. What is applied stays inside the main modules, leaves out
// files with changes of their own, and builds.
package repair

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
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

// A program is the source of those packages of one module, or workspace, that findings touch.
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

// load reads the packages of the module that the files lie in and, since fixes may edit the types of what is stored, those
// packages of the main modules that they import. It is nil when none of the files is the module's.
func load(ctx context.Context, m gate.Module, dir string, files []string, tests bool) (*program, error) {
	if strings.Contains(os.Getenv("GOFLAGS"), "-overlay") {
		return nil, errOverlay
	}
	dirs := folders(m, files)
	if len(dirs) == 0 {
		return nil, nil
	}
	paths, err := imported(ctx, m, dirs)
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	p := &program{module: m, dir: dir, content: make(map[string][]byte), names: make(map[string]string),
		files: make(map[string]string), generated: make(map[string]bool), dirty: make(map[string]string)}
	var mu sync.Mutex
	fset := token.NewFileSet()
	cfg := config(ctx, m, packages.LoadSyntax|packages.NeedModule)
	cfg.Fset, cfg.Tests = fset, tests
	cfg.ParseFile = func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
		mu.Lock()
		p.content[name] = src
		mu.Unlock()
		return parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	}
	all, err := packages.Load(cfg, paths...)
	if err != nil {
		return nil, err
	}
	p.source = suite.Source{Fset: fset, Read: p.read}
	for _, pkg := range richest(all) {
		p.add(pkg)
	}
	return p, nil
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

func config(ctx context.Context, m gate.Module, mode packages.LoadMode) *packages.Config {
	env := m.Command(ctx, "list").Env
	return &packages.Config{Context: ctx, Mode: mode, Dir: m.Dir(), Env: env, BuildFlags: m.BuildFlags()}
}

// folders gives the folders of the files that the module holds.
func folders(m gate.Module, files []string) []string {
	var dirs []string
	for _, f := range files {
		if d := filepath.Dir(f); !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	slices.Sort(dirs)
	return slices.DeleteFunc(dirs, func(d string) bool { return !m.Holds(d) })
}

// imported gives the paths of the packages in the folders and of all that they import of the main modules.
func imported(ctx context.Context, m gate.Module, dirs []string) ([]string, error) {
	all, err := packages.Load(config(ctx, m, packages.NeedName|packages.NeedImports|packages.NeedDeps|packages.NeedModule), dirs...)
	if err != nil {
		return nil, err
	}
	var paths []string
	packages.Visit(all, func(p *packages.Package) bool {
		ours := p.Module != nil && p.Module.Main || slices.Contains(all, p)
		if ours {
			paths = append(paths, p.PkgPath)
		}
		return ours
	}, nil)
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// add takes a package that has no errors.
func (p *program) add(pkg *packages.Package) {
	if len(pkg.Errors) > 0 || pkg.IllTyped || pkg.Types == nil {
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
