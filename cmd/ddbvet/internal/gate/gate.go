// Package gate runs ddbvet over whole modules: each package through go vet, so that the go command caches it, and
// then once more over everything that the packages handed over.
package gate

import (
	"context"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/unit"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// Options say what to analyse.
type Options struct {
	// Dir is the folder that patterns and the files of findings are relative to.
	Dir      string
	Patterns []string
	// Checks holds the names that are switched on.
	Checks map[string]bool
	Tests  bool
	// Tags are build tags.
	Tags string
	// Tolerant lets patterns match nothing: an older revision may not have the folder yet.
	Tolerant bool
	// Progress, when not nil, is told of packages that are done.
	Progress func(packages int)
}

// A Result is what the gate found.
type Result struct {
	suite.Report
	// Failures names each package that could not be analysed, with its first error.
	Failures []string
	// Modules are what was analysed, for those who load source.
	Modules []Module
	// ModCache is the go command's module cache.
	ModCache string
}

// Run analyses the packages that the patterns match. An error means that nothing could be said at all.
func Run(ctx context.Context, s suite.Suite, o Options) (Result, error) {
	env, err := readEnvironment(ctx, o.Dir)
	if err != nil {
		return Result{}, err
	}
	groups, err := split(o, env)
	if err != nil {
		return Result{}, err
	}
	m := merged{dirs: make(map[string]bool), payloads: make(map[string]string), failed: make(map[string]bool)}
	for _, g := range groups {
		packages, out, err := g.run(ctx, o, s.Handover.Name)
		if err != nil {
			return Result{}, err
		}
		m.add(g, o, packages, out)
	}
	report, err := compose(s, o, m.handovers())
	if err != nil {
		return Result{}, err
	}
	report.Findings = m.choose(o.Dir, report.Findings)
	return Result{Report: report, Failures: m.failures, Modules: modules(groups, o), ModCache: env.modCache}, nil
}

// run asks which packages there are, and analyses them.
func (g *group) run(ctx context.Context, o Options, analyzer string) ([]*listed, *output, error) {
	packages, err := g.matched(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if len(packages) == 0 || !o.Tests && onlyTests(packages) {
		return packages, newOutput(), nil
	}
	remove, err := g.hideTests(o, packages)
	if err != nil {
		return nil, nil, err
	}
	defer remove()
	out, err := g.analyse(ctx, o, analyzer)
	return packages, out, err
}

// merged is what all groups together gave.
type merged struct {
	// dirs are the folders of the packages that were asked for.
	dirs     map[string]bool
	payloads map[string]string
	failures []string
	// failed are the packages that failures name.
	failed map[string]bool
}

// add takes what the run over a group gave.
func (m *merged) add(g *group, o Options, packages []*listed, out *output) {
	for id, payload := range out.payloads {
		// With -tests a package may have come twice: "p [p.test]" holds all of "p".
		if old := m.payloads[path(id)]; old == "" || id != path(id) {
			m.payloads[path(id)] = payload
		}
	}
	for _, f := range out.failed {
		// Errors in tests matter only where they kept the package itself from being analysed.
		if p := path(f.unit); o.Tests || !f.ofTestFile() || m.payloads[p] == "" {
			m.fail(p, g.rebase(f.message, o.Dir))
		}
	}
	m.failures = append(m.failures, out.loose...)
	for _, p := range packages {
		m.dirs[p.Dir] = true
		if p.hasFiles() && m.payloads[p.ImportPath] == "" && !m.failed[p.ImportPath] {
			m.fail(p.ImportPath, "not analysed, since a package that it imports has errors")
		}
	}
}

// fail names a package with its first error. What is wrong with the module or with ddbvet, rather than with a line of the
// package, would come for every package, and is said once.
func (m *merged) fail(pkg, message string) {
	if m.failed[pkg] {
		return
	}
	m.failed[pkg] = true
	if strings.HasPrefix(message, unit.TooOld) {
		if !slices.Contains(m.failures, message) {
			m.failures = append(m.failures, message)
		}
		return
	}
	m.failures = append(m.failures, pkg+": "+message)
}

// handovers gives the payloads in an order that does not depend on who was done first.
func (m *merged) handovers() []string {
	paths := make([]string, 0, len(m.payloads))
	for p := range m.payloads {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	all := make([]string, len(paths))
	for i, p := range paths {
		all[i] = m.payloads[p]
	}
	return all
}

// choose keeps the findings in the packages that were asked for, each once, with files relative to dir.
func (m *merged) choose(dir string, all []finding.Finding) []finding.Finding {
	kept := []finding.Finding{}
	type key struct {
		fingerprint string
		pos         finding.Pos
	}
	seen := make(map[key]bool)
	for _, f := range all {
		k := key{f.Fingerprint, f.Pos}
		if !m.dirs[filepath.Dir(f.Pos.File)] || seen[k] {
			continue
		}
		seen[k] = true
		kept = append(kept, relocate(dir, f))
	}
	sort.SliceStable(kept, func(i, j int) bool {
		a, b := kept[i], kept[j]
		if a.Pos != b.Pos {
			return a.Pos.Before(b.Pos)
		}
		return a.Check+a.Fingerprint+a.Message < b.Check+b.Fingerprint+b.Message
	})
	return kept
}

// relocate makes every file of the finding relative to dir, and every list of it a list, not null.
func relocate(dir string, f finding.Finding) finding.Finding {
	f.Pos.File = relative(dir, f.Pos.File)
	f.Function.File = relative(dir, f.Function.File)
	f.Reads = relocateAll(dir, f.Reads)
	f.Writes = relocateAll(dir, f.Writes)
	f.Depends = append([]finding.Dependence{}, f.Depends...)
	f.Schedule = append([]finding.Step{}, f.Schedule...)
	f.Fixes = append([]finding.Fix{}, f.Fixes...) // package repair makes them, from source
	return f
}

func relocateAll(dir string, accesses []finding.Access) []finding.Access {
	moved := make([]finding.Access, len(accesses))
	for i, a := range accesses {
		a.File = relative(dir, a.File)
		a.Via = append([]finding.Frame{}, a.Via...)
		for j := range a.Via {
			a.Via[j].File = relative(dir, a.Via[j].File)
		}
		moved[i] = a
	}
	return moved
}

// relative gives file as seen from dir, with slashes, as it stands in findings on every system.
func relative(dir, file string) string {
	if file == "" || !filepath.IsAbs(file) {
		return filepath.ToSlash(file)
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return strings.TrimPrefix(filepath.ToSlash(rel), "./")
}
