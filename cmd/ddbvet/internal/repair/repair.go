package repair

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// A Source is the loaded source of findings.
type Source struct {
	suite    suite.Suite
	dir      string
	programs []*program
}

// Load reads the source that the findings lie in. Their files are relative to dir. An error says what could not be loaded;
// there is a Source all the same, for what could.
func Load(ctx context.Context, s suite.Suite, dir string, tests bool, modules []gate.Module, findings []finding.Finding) (*Source, error) {
	src := &Source{suite: s, dir: dir}
	var files []string
	for _, f := range findings {
		for _, file := range places(f) {
			files = append(files, absolute(dir, file))
		}
	}
	var failed error
	for _, m := range modules {
		p, err := load(ctx, m, dir, files, tests)
		if err != nil && failed == nil {
			failed = fmt.Errorf("no fixes in %s: %v", m.Dir(), err)
		}
		if p != nil {
			src.programs = append(src.programs, p)
		}
	}
	return src, failed
}

// Offer fills in the fixes of the findings, and gives the errors of those that could not be made.
func (s *Source) Offer(findings []finding.Finding) []error {
	var errs []error
	for i := range findings {
		f := &findings[i]
		p := s.programOf(*f)
		if p == nil || f.Suppressed != "" {
			continue
		}
		named := rename(*f, func(file string) string { return absolute(s.dir, file) })
		fixes, err := s.suite.Fixes(p.source, &named)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		f.Fixes = make([]finding.Fix, len(fixes))
		for j, x := range fixes {
			f.Fixes[j] = renameFix(x, func(file string) string { return relative(s.dir, file) })
		}
	}
	return errs
}

// programOf gives the program that a finding lies in.
func (s *Source) programOf(f finding.Finding) *program {
	file := absolute(s.dir, f.Pos.File)
	for _, p := range s.programs {
		if _, ok := p.content[file]; ok {
			return p
		}
	}
	return nil
}

func absolute(dir, file string) string {
	file = filepath.FromSlash(file)
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

func relative(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil {
		file = rel
	}
	return filepath.ToSlash(file)
}

// rename gives a copy of a finding with its files under other names.
func rename(f finding.Finding, to func(string) string) finding.Finding {
	f.Pos.File, f.Function.File = to(f.Pos.File), to(f.Function.File)
	f.Reads, f.Writes = renameAll(f.Reads, to), renameAll(f.Writes, to)
	return f
}

func renameAll(all []finding.Access, to func(string) string) []finding.Access {
	all = slices.Clone(all)
	for i, a := range all {
		all[i].File, all[i].Via = to(a.File), slices.Clone(a.Via)
		for j, frame := range a.Via {
			all[i].Via[j].File = to(frame.File)
		}
	}
	return all
}

func renameFix(x finding.Fix, to func(string) string) finding.Fix {
	x.Edits = slices.Clone(x.Edits)
	for i, e := range x.Edits {
		x.Edits[i].File = to(e.File)
	}
	return x
}
