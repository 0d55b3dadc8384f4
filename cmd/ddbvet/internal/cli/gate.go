package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/baseline"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/unit"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// settings are the flags of the gate.
type settings struct {
	checks, tags, debug      string
	json, github             bool
	sarif, codeClimate, html string
	markdown                 string
	tests, suppressed        bool
	baseline, writeBaseline  string
	newFrom                  string
	fix, diff, fixDirty      bool
	fixes, fixTo             string
}

// flags declares the flags of the gate.
func (c *command) flags() (*flag.FlagSet, *settings) {
	s := new(settings)
	set := flag.NewFlagSet("ddbvet", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.checks, "checks", "on", "`LIST` of checks: on, all (the advisory checks too) or names with commas between")
	set.BoolVar(&s.tests, "tests", false, "analyse _test.go files too")
	set.StringVar(&s.tags, "tags", "", "build `TAGS` for the go command")
	set.BoolVar(&s.json, "json", false, `print {"findings": [...]}`)
	set.BoolVar(&s.github, "github", false, "print annotations for a GitHub workflow")
	set.StringVar(&s.sarif, "sarif", "", "write a SARIF 2.1.0 log to `FILE`, - for stdout")
	set.StringVar(&s.codeClimate, "codeclimate", "", "write a GitLab code quality report to `FILE`, - for stdout")
	set.StringVar(&s.html, "html", "", "write a page to `FILE`, - for stdout")
	set.StringVar(&s.markdown, "markdown", "", "write a table for the summary of a job to `FILE`, - for stdout")
	set.StringVar(&s.baseline, "baseline", "", "report only what is not in this `FILE`")
	set.StringVar(&s.writeBaseline, "write-baseline", "", "write the findings to `FILE`, as a baseline")
	set.StringVar(&s.newFrom, "new-from", "", "report only what was not there at this git `REV`")
	set.BoolVar(&s.suppressed, "suppressed", false, "list what is silenced, and why, in place of the findings")
	set.BoolVar(&s.fix, "fix", false, "apply the fixes and report what is left; only in the main module, and only what builds then")
	set.BoolVar(&s.diff, "diff", false, "print what -fix would change as a unified diff, and write nothing")
	set.StringVar(&s.fixes, "fixes", unit.SafeFixes, unit.FixesUsage+": `safe|all`")
	set.BoolVar(&s.fixDirty, "fix-dirty", false, "with -fix: edit files too that have changes which are not committed to git")
	set.StringVar(&s.fixTo, "fix-to", "", "write the fixed files to `DIR`, not to the module, with an overlay.json for go test -overlay")
	set.StringVar(&s.debug, "debug", "", "`bounds`: print what the bounds of the analysis cut off")
	return set, s
}

// check finds flags that contradict each other or mean nothing.
func (s *settings) check() error {
	if s.debug != "" && s.debug != "bounds" {
		return fmt.Errorf("-debug: there is only -debug=bounds, not %q", s.debug)
	}
	if s.baseline != "" && s.newFrom != "" {
		return errors.New("-baseline and -new-from cannot be used together")
	}
	if s.writeBaseline != "" && s.newFrom != "" {
		return errors.New("-write-baseline and -new-from cannot be used together")
	}
	if flag := s.alarming(); s.suppressed && flag != "" {
		return fmt.Errorf("-suppressed and %s cannot be used together: what is silenced would be shown as new", flag)
	}
	if s.writeBaseline == "-" {
		return errors.New("-write-baseline needs the name of a file")
	}
	if err := s.checkFixes(); err != nil {
		return err
	}
	return s.checkForms()
}

// alarming names the flag of a form whose readers take everything in it for something to be mended.
func (s *settings) alarming() string {
	switch {
	case s.sarif != "":
		return "-sarif"
	case s.github:
		return "-github"
	case s.codeClimate != "":
		return "-codeclimate"
	}
	return ""
}

// checkForms finds two forms of output that would go to one place.
func (s *settings) checkForms() error {
	taken := map[string]string{s.writeBaseline: "-write-baseline"}
	for _, f := range s.forms() {
		switch other := taken[f.file]; {
		case f.file == "":
		case other != "" && f.file == "-":
			return fmt.Errorf("only one of %s and %s can go to stdout", other, f.flag)
		case other != "":
			return fmt.Errorf("only one of %s and %s can be written to %s", other, f.flag, f.file)
		}
		taken[f.file] = f.flag
	}
	return nil
}

// gate analyses packages and reports.
func (c *command) gate(ctx context.Context, args []string) int {
	set, s := c.flags()
	if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
		return c.help(nil)
	} else if err != nil {
		return c.fail(fmt.Errorf("%v; \"ddbvet help\" lists the flags", err))
	}
	if err := s.check(); err != nil {
		return c.fail(err)
	}
	o, err := c.options(s, set.Args())
	if err != nil {
		return c.fail(err)
	}
	known, err := s.readBaseline()
	if err != nil {
		return c.fail(err)
	}
	p := startProgress(c.stderr)
	o.Progress = p.add
	result, err := gate.Run(ctx, c.suite, o)
	if err == nil && s.newFrom != "" {
		known, err = c.atRevision(ctx, s.newFrom, o)
	}
	p.stop()
	if err != nil {
		return c.fail(err)
	}
	if s.newFrom != "" {
		fresh, _ := known.Split(active(result.Findings))
		c.tellOthers(ctx, o, s.newFrom, fresh)
	}
	return c.report(ctx, s, o, result, known)
}

func (c *command) options(s *settings, patterns []string) (gate.Options, error) {
	dir, err := os.Getwd()
	if err != nil {
		return gate.Options{}, err
	}
	checks, err := unit.Select(c.suite, s.checks)
	if err != nil {
		return gate.Options{}, err
	}
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	if slices.Contains(patterns, "") {
		return gate.Options{}, errors.New("a pattern is empty")
	}
	return gate.Options{Dir: dir, Patterns: patterns, Checks: checks, Tests: s.tests, Tags: s.tags}, nil
}

func (s *settings) readBaseline() (baseline.Set, error) {
	if s.baseline == "" {
		return nil, nil
	}
	return baseline.Read(s.baseline)
}

// atRevision gives what was there at an older revision.
func (c *command) atRevision(ctx context.Context, rev string, o gate.Options) (baseline.Set, error) {
	var known baseline.Set
	err := baseline.Worktree(ctx, o.Dir, rev, func(dir string) error {
		old := o
		old.Dir, old.Tolerant = dir, true
		old.Patterns = move(o.Patterns, o.Dir, dir)
		if _, err := os.Stat(dir); err != nil {
			known = baseline.Set{}
			return nil // the folder is new
		}
		result, err := gate.Run(ctx, c.suite, old)
		if err != nil {
			return fmt.Errorf("at %s: %v", rev, err)
		}
		for _, f := range result.Failures {
			fmt.Fprintf(c.stderr, "ddbvet: at %s: %s; its findings count as new\n", rev, f)
		}
		known = baseline.Of(active(result.Findings))
		return nil
	})
	return known, err
}

// tellOthers names the repositories of their own, submodules mostly, in which there are new findings: how they were at an older
// revision is not known.
func (c *command) tellOthers(ctx context.Context, o gate.Options, rev string, fresh []finding.Finding) {
	here, _ := baseline.Repository(ctx, o.Dir)
	told := map[string]bool{here: true}
	for _, f := range fresh {
		dir := filepath.Join(o.Dir, filepath.Dir(filepath.FromSlash(f.Pos.File)))
		if top, err := baseline.Repository(ctx, dir); err == nil && !told[top] {
			told[top] = true
			fmt.Fprintf(c.stderr, "ddbvet: at %s: %s is a git repository of its own; its findings count as new\n", rev, top)
		}
	}
}

// move turns absolute patterns to the same place in another copy of the source.
func move(patterns []string, from, to string) []string {
	moved := make([]string, len(patterns))
	for i, p := range patterns {
		moved[i] = p
		if filepath.IsAbs(p) {
			if rel, err := filepath.Rel(from, p); err == nil {
				moved[i] = filepath.Join(to, rel)
			}
		}
	}
	return moved
}

// active leaves out what a directive silences.
func active(all []finding.Finding) []finding.Finding {
	kept := []finding.Finding{}
	for _, f := range all {
		if f.Suppressed == "" {
			kept = append(kept, f)
		}
	}
	return kept
}
