package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
)

const usage = `ddbvet finds integrity bugs in Go code that uses DynamoDB: lost updates, check-then-act races and their kin.

Usage:
  ddbvet [flags] [patterns]     analyse packages as a gate; the patterns are those of the go command, ./... when none is given
  ddbvet checks                 list the checks
  ddbvet explain CHECK          print the page of a check
  go vet -vettool=$(which ddbvet) ./...

Exit status: 0 no findings, 1 findings, 2 errors.

Flags:
`

// help prints how to call ddbvet, or the page of a check.
func (c *command) help(args []string) int {
	if len(args) > 0 {
		return c.explain(args)
	}
	fmt.Fprint(c.stdout, usage)
	set, _ := c.flags()
	set.SetOutput(c.stdout)
	set.PrintDefaults()
	return clean
}

// checks lists all checks: whether each is on, what it reports, what its fix does.
func (c *command) checks(args []string) int {
	if len(args) > 0 {
		return c.fail(errors.New("ddbvet checks takes no arguments"))
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, check := range c.suite.Checks {
		state := "advisory"
		if check.On {
			state = "on"
		}
		fix := ""
		if check.Fix != "" {
			fix = "fix: " + check.Fix
		}
		fmt.Fprintln(w, strings.TrimRight(check.Name+"\t"+state+"\t"+check.Summary+"\t"+fix, "\t"))
	}
	if err := w.Flush(); err != nil {
		return c.fail(err)
	}
	return clean
}

// explain prints the page of a check.
func (c *command) explain(args []string) int {
	if len(args) != 1 {
		return c.fail(errors.New("usage: ddbvet explain CHECK; \"ddbvet checks\" lists them"))
	}
	check, ok := c.suite.Check(args[0])
	if !ok {
		return c.fail(fmt.Errorf("there is no check %q; \"ddbvet checks\" lists them", args[0]))
	}
	fmt.Fprintln(c.stdout, strings.TrimSpace(check.Doc))
	if check.URL != "" {
		fmt.Fprintln(c.stdout, "\n"+check.URL)
	}
	return clean
}
