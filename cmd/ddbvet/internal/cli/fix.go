package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/repair"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/unit"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// checkFixes finds flags about fixes that contradict others.
func (s *settings) checkFixes() error {
	if _, err := unit.AllFixes([]string{"-fixes=" + s.fixes}); err != nil {
		return err
	}
	applied := s.applied()
	switch {
	case s.fix && s.fixTo != "":
		return errors.New("-fix and -fix-to cannot be used together")
	case applied == "" && s.fixDirty:
		return errors.New("-fix-dirty does nothing without -fix")
	case applied == "" && s.fixes == unit.EveryFix:
		return errors.New("-fixes=all does nothing without -fix, -diff or -fix-to")
	case applied != "" && s.suppressed:
		return fmt.Errorf("%s and -suppressed cannot be used together", applied)
	case applied != "" && s.writeBaseline != "":
		return fmt.Errorf("%s and -write-baseline cannot be used together", applied)
	case s.diff && len(s.toStdout()) > 0:
		return fmt.Errorf("only one of -diff and %s can go to stdout", s.toStdout()[0])
	}
	return nil
}

// applied names the flag that asks for fixes to be put together; -diff with another one only looks, as with go vet.
func (s *settings) applied() string {
	switch {
	case s.diff:
		return "-diff"
	case s.fix:
		return "-fix"
	case s.fixTo != "":
		return "-fix-to"
	}
	return ""
}

// readable is the number of findings up to which text and annotations name their fixes. A run that finds more is
// the first one over old code: nobody reads that many fixes there, and putting them together means loading the source.
const readable = 20

// showsFixes tells whether anything that was asked for names fixes of so many findings: what else there is saves
// loading the source.
func (s *settings) showsFixes(findings int) bool {
	text := len(s.toStdout()) == 0 && s.writeBaseline == "" && !s.suppressed
	return findings > 0 && (s.applied() != "" || s.json || s.sarif != "" || s.html != "" || (text || s.github) && findings <= readable)
}

// repair offers fixes, applies them where that is asked for, and gives the findings that are left to report.
func (c *command) repair(ctx context.Context, s *settings, o gate.Options, result gate.Result, fresh []finding.Finding) ([]finding.Finding, error) {
	if !s.showsFixes(len(fresh)) {
		return fresh, nil
	}
	src, err := repair.Load(ctx, c.suite, o.Dir, o.Tests, result.Modules, fresh)
	if err != nil {
		if s.applied() != "" {
			return nil, err
		}
		fmt.Fprintln(c.stderr, "ddbvet:", err)
	}
	for _, err := range src.Offer(fresh) {
		fmt.Fprintln(c.stderr, "ddbvet:", err)
	}
	if s.applied() == "" {
		return fresh, nil
	}
	plan, err := src.Plan(ctx, fresh, repair.Options{All: s.fixes == unit.EveryFix, Clean: s.applied() == "-fix" && !s.fixDirty})
	if err != nil {
		return nil, err
	}
	if err := c.apply(s, o, plan); err != nil {
		return nil, err
	}
	c.account(s, plan, fresh)
	if s.diff {
		return fresh, nil
	}
	left := []finding.Finding{}
	for _, l := range plan.Left {
		left = append(left, l.Finding)
	}
	return left, nil
}

// apply prints or writes what the plan changes.
func (c *command) apply(s *settings, o gate.Options, plan repair.Plan) error {
	switch s.applied() {
	case "-diff":
		return plan.Diff(c.stdout, o.Dir)
	case "-fix":
		return plan.Write()
	}
	return plan.WriteOverlay(s.fixTo, o.Dir)
}

// account says on stderr which fixes were not applied, and for each check how many findings have a fix.
func (c *command) account(s *settings, plan repair.Plan, all []finding.Finding) {
	for _, l := range plan.Left {
		if l.Why != repair.NoFix {
			fmt.Fprintf(c.stderr, "ddbvet: %s: %s: the fix %q %s\n", l.Finding.Pos, l.Finding.Check, l.Fix, oneLine(l.Why))
		}
	}
	done := "applied"
	if s.diff {
		done = "in the diff"
	}
	for _, check := range c.suite.Checks {
		found, offered, applied := 0, 0, 0
		for _, f := range all {
			if f.Check == check.Name {
				found++
				offered += min(len(f.Fixes), 1)
			}
		}
		for _, f := range plan.Fixed {
			if f.Check == check.Name {
				applied++
			}
		}
		if found > 0 {
			fmt.Fprintf(c.stderr, "ddbvet: %s: %d found, %d with a fix, %d %s\n", check.Name, found, offered, applied, done)
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
