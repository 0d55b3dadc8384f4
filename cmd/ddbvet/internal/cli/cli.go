// Package cli is the command line of ddbvet: it decides whether the go command or a person is calling, reads the flags
// and turns findings into outputs and an exit status.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/unit"
)

// Exit statuses.
const (
	clean    = 0
	findings = 1
	failure  = 2
)

// Main runs ddbvet with these arguments, the program's name left out, and returns the exit status. The analysis
// is built when it is needed: for most units of a build it is not.
func Main(analysis func() suite.Suite, args []string) int {
	// The go command's calls come first: it knows nothing of our flags.
	if unit.Called(args) {
		return unit.Main(analysis, args)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &command{suite: analysis(), stdout: os.Stdout, stderr: os.Stderr}
	if len(args) > 0 {
		switch args[0] {
		case "checks":
			return c.checks(args[1:])
		case "explain":
			return c.explain(args[1:])
		case "version":
			fmt.Fprintln(c.stdout, "ddbvet", version())
			return clean
		case "help", "-h", "-help", "--help":
			return c.help(args[1:])
		}
	}
	return c.gate(ctx, args)
}

type command struct {
	suite          suite.Suite
	stdout, stderr io.Writer
}

// fail says what went wrong, in one line.
func (c *command) fail(err error) int {
	fmt.Fprintln(c.stderr, "ddbvet:", err)
	return failure
}

// version is that of the module ddbvet was installed from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
