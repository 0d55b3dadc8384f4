package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/unit"
)

// settings are the flags of the gate.
type settings struct {
	json, tests  bool
	checks, tags string
}

// flags declares the flags of the gate.
func (c *command) flags() (*flag.FlagSet, *settings) {
	s := new(settings)
	set := flag.NewFlagSet("ddbvet", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&s.json, "json", false, `print {"findings": [...]}`)
	set.StringVar(&s.checks, "checks", "on", "`LIST` of checks: on, all (the advisory checks too) or names with commas between")
	set.BoolVar(&s.tests, "tests", false, "analyse _test.go files too")
	set.StringVar(&s.tags, "tags", "", "build `TAGS` for the go command")
	return set, s
}

// gate analyses packages and reports.
func (c *command) gate(ctx context.Context, args []string) int {
	set, s := c.flags()
	if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
		return c.help(nil)
	} else if err != nil {
		return c.fail(fmt.Errorf("%v; \"ddbvet help\" lists the flags", err))
	}
	o, err := c.options(s, set.Args())
	if err != nil {
		return c.fail(err)
	}
	result, err := gate.Run(ctx, c.suite, o)
	if err != nil {
		return c.fail(err)
	}
	return c.report(s, o, result)
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
	return gate.Options{Dir: dir, Patterns: patterns, Checks: checks, Tests: s.tests, Tags: s.tags}, nil
}
