package summary

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Source is a type-checked package, as an analysis pass has it.
type Source struct {
	Fset  *token.FileSet
	Files []*ast.File
	Pkg   *types.Package
	Info  *types.Info
	// Known reports whether a function of another package has a Summary.
	Known func(*types.Func) bool
	// Tests asks for findings in _test.go files too.
	Tests bool
}

// Build summarises every function of a package. The Summaries are sealed. A crash in one function costs
// only that function and is noted in Crashes.
func Build(src Source) *Package {
	prog, pkg := buildSSA(src)
	p := &Package{Path: src.Pkg.Path(), Types: declaredTypes(src.Pkg), Entities: declaredEntities(src.Pkg)}
	silent := silentFiles(src)
	fl, ends := newFlows(), exits{}
	p.Directives = directives(src)
	for _, fn := range functions(prog, pkg, src) {
		s, err := protect(&Env{arena: term.NewArena(), fset: src.Fset, pkg: src.Pkg, known: src.Known, flows: fl, exits: ends}, fn)
		if err != nil {
			p.Crashes = append(p.Crashes, err.Error())
			continue
		}
		s.Silent = silent[s.Pos.File]
		s.Ignores = within(src.Fset, fn, p.Directives)
		p.Summaries = append(p.Summaries, s)
	}
	fl.fill(p)
	if flows, err := initFlows(&Env{fset: src.Fset, pkg: src.Pkg, known: src.Known, flows: fl}, pkg.Func("init")); err != nil {
		p.Crashes = append(p.Crashes, err.Error())
	} else {
		p.Flows = flows
	}
	return p
}

// ignore starts a directive that silences a check on its line and the one below.
const ignore = "//ddbvet:ignore"

// initFlows are the flows of the function that initialises package variables.
func initFlows(env *Env, init *ssa.Function) (flows []Flow, err error) {
	if init == nil {
		return nil, nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: internal error: %v", displayName(init), r)
		}
	}()
	c := newCarrier(&builder{env: env, fn: init})
	c.run()
	return c.sorted(), nil
}

// directives lists the package's //ddbvet:ignore comments.
func directives(src Source) []Directive {
	var out []Directive
	for _, f := range src.Files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				rest, ok := strings.CutPrefix(c.Text, ignore)
				if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
					continue
				}
				check, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
				at := src.Fset.Position(c.Pos())
				out = append(out, Directive{Pos: finding.Pos{File: at.Filename, Line: at.Line, Col: at.Column}, Check: check, Reason: strings.TrimSpace(reason)})
			}
		}
	}
	return out
}

// within gives the directives in the text of a function, closures included; those in a closure are its function's.
func within(fset *token.FileSet, fn *ssa.Function, all []Directive) []Directive {
	if fn.Syntax() == nil || fn.Parent() != nil && fn.Parent().Syntax() != nil {
		return nil
	}
	from, to := fset.Position(fn.Syntax().Pos()), fset.Position(fn.Syntax().End())
	var out []Directive
	for _, d := range all {
		if d.Pos.File == from.Filename && from.Line <= d.Pos.Line && d.Pos.Line <= to.Line {
			out = append(out, d)
		}
	}
	return out
}

// protect keeps a crash in one function from costing the others.
func protect(env *Env, fn *ssa.Function) (s *Summary, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: internal error: %v", displayName(fn), r)
		}
	}()
	s = summarize(env, fn)
	s.Seal(env.arena)
	return s, nil
}

// buildSSA builds the package's SSA form; of imported packages only the types.
func buildSSA(src Source) (*ssa.Program, *ssa.Package) {
	prog := ssa.NewProgram(src.Fset, ssa.BuilderMode(0))
	created := map[*types.Package]bool{}
	var create func([]*types.Package)
	create = func(pkgs []*types.Package) {
		for _, p := range pkgs {
			if !created[p] {
				created[p] = true
				prog.CreatePackage(p, nil, nil, true)
				create(p.Imports())
			}
		}
	}
	create(src.Pkg.Imports())
	pkg := prog.CreatePackage(src.Pkg, src.Files, src.Info, false)
	pkg.Build()
	return prog, pkg
}

// functions lists the source functions of the package in the order of the files, each followed by the
// closures in it.
func functions(prog *ssa.Program, pkg *ssa.Package, src Source) []*ssa.Function {
	var out []*ssa.Function
	var add func(*ssa.Function)
	add = func(fn *ssa.Function) {
		if len(fn.Blocks) > 0 {
			out = append(out, fn)
		}
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	if init := pkg.Func("init"); init != nil {
		for _, anon := range init.AnonFuncs {
			add(anon)
		}
	}
	for _, f := range src.Files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Name.Name == "_" {
				continue
			}
			if obj, ok := src.Info.Defs[d.Name].(*types.Func); ok {
				if fn := prog.FuncValue(obj); fn != nil {
					add(fn)
				}
			}
		}
	}
	return out
}

// silentFiles are the files in which nothing is reported: generated ones and, unless asked for, tests.
func silentFiles(src Source) map[string]bool {
	out := map[string]bool{}
	for _, f := range src.Files {
		name := src.Fset.Position(f.Package).Filename
		if isGenerated(f) || !src.Tests && (strings.HasSuffix(name, "_test.go") || helpsTests(f)) {
			out[name] = true
		}
	}
	return out
}

// cgoHeader begins the form that cgo gives a file before it is compiled.
const cgoHeader = "// Code generated by cmd/cgo; DO NOT EDIT."

// isGenerated reports a file that no person maintains. What cgo has made of a person's file is that person's.
func isGenerated(f *ast.File) bool {
	if !ast.IsGenerated(f) {
		return false
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() < f.Package && c.Text != cgoHeader && strings.HasPrefix(c.Text, "// Code generated ") && strings.HasSuffix(c.Text, " DO NOT EDIT.") {
				return true
			}
		}
	}
	return false
}

// helpsTests reports a file that serves tests only: it imports package testing.
func helpsTests(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"testing"` })
}
