package repair

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// Options say which fixes are applied.
type Options struct {
	// All applies fixes that change what callers see, too.
	All bool
	// Clean leaves out fixes of files that have changes which are not committed.
	Clean bool
}

// A Plan is what fixes change, each file once.
type Plan struct {
	Files []File
	// Fixed are the findings whose fix is in it.
	Fixed []finding.Finding
	Left  []Left
}

// A File is a file that is changed.
type File struct {
	Name          string
	Before, After []byte
}

// Left is a finding whose fix is not applied, and why.
type Left struct {
	Finding finding.Finding
	// Fix is the fix's title, empty where there is none.
	Fix, Why string
}

// NoFix is why most findings are left.
const NoFix = "has no fix"

// Plan puts the fixes of findings together: one fix each, the first that may be applied. Where two fixes change the same
// lines the first one wins, and a fix with which the module does not build is taken back. An error means that nothing can
// be said, for instance because the go command does not run.
func (s *Source) Plan(ctx context.Context, findings []finding.Finding, o Options) (Plan, error) {
	var plan Plan
	chosen := make(map[*program][]*candidate)
	for _, f := range findings {
		c, why := s.choose(f, o)
		if c == nil {
			plan.Left = append(plan.Left, why)
			continue
		}
		chosen[c.program] = append(chosen[c.program], c)
	}
	for _, p := range s.programs {
		if err := p.plan(ctx, chosen[p], &plan); err != nil {
			return Plan{}, err
		}
	}
	slices.SortStableFunc(plan.Left, func(x, y Left) int { return order(x.Finding, y.Finding) })
	slices.SortStableFunc(plan.Fixed, order)
	return plan, nil
}

func order(x, y finding.Finding) int {
	switch {
	case x.Pos.Before(y.Pos):
		return -1
	case y.Pos.Before(x.Pos):
		return 1
	}
	return 0
}

// A candidate is a fix that may be applied.
type candidate struct {
	program *program
	finding finding.Finding
	fix     finding.Fix
	// edits by absolute file.
	edits patch
}

// choose takes the first fix of a finding that may be applied; where there is none it says why.
func (s *Source) choose(f finding.Finding, o Options) (*candidate, Left) {
	left := Left{Finding: f, Why: NoFix}
	p := s.programOf(f)
	if p == nil {
		return nil, left
	}
	for _, x := range f.Fixes {
		if why := s.refuse(p, x, o); why != "" {
			if left.Fix == "" {
				left.Fix, left.Why = x.Title, why
			}
			continue
		}
		edits := newPatch(renameFix(x, func(file string) string { return absolute(s.dir, file) }))
		return &candidate{program: p, finding: f, fix: x, edits: edits}, Left{}
	}
	return nil, left
}

// refuse says why a fix may not be applied.
func (s *Source) refuse(p *program, x finding.Fix, o Options) string {
	if x.Changes && !o.All {
		return "changes what callers see, which takes -fixes=all"
	}
	for _, e := range x.Edits {
		file := absolute(s.dir, e.File)
		switch _, ours := p.files[file]; {
		case !ours:
			return "edits " + e.File + ", which is not of the main module"
		case p.generated[file]:
			return "edits " + e.File + ", which is generated"
		case o.Clean:
			if why := p.uncommitted(file); why != "" {
				return "edits " + e.File + ", which " + why + "; -fix-dirty does so all the same"
			}
		}
	}
	return ""
}

// plan adds what can be applied of the candidates of a program.
func (p *program) plan(ctx context.Context, candidates []*candidate, plan *Plan) error {
	var fitting []*candidate
	merged := patch{}
	for _, c := range candidates {
		with, ok := merged.with(c.edits, p.pastImports)
		if !ok {
			plan.leave(c, "changes the same lines as another fix: run ddbvet again")
			continue
		}
		merged = with
		fitting = append(fitting, c)
	}
	kept, err := newTrial(ctx, p, plan).settle(nil, fitting)
	if err != nil || len(kept) == 0 {
		return err
	}
	files, err := p.apply(kept)
	if err != nil {
		return err // cannot be: it was tried
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		plan.Files = append(plan.Files, File{Name: name, Before: p.content[name], After: files[name]})
	}
	for _, c := range kept {
		plan.Fixed = append(plan.Fixed, c.finding)
	}
	return nil
}

func (p *Plan) leave(c *candidate, why string) {
	p.Left = append(p.Left, Left{Finding: c.finding, Fix: c.fix.Title, Why: why})
}

// apply gives the files that fixes change, as they are then.
func (p *program) apply(fixes []*candidate) (map[string][]byte, error) {
	merged := patch{}
	for _, c := range fixes {
		with, ok := merged.with(c.edits, p.pastImports)
		if !ok {
			return nil, fmt.Errorf("%q overlaps another fix", c.fix.Title)
		}
		merged = with
	}
	after := make(map[string][]byte)
	for name, edits := range merged {
		text, err := p.finish(name, edits)
		if err != nil {
			return nil, err
		}
		after[name] = text
	}
	return after, nil
}
