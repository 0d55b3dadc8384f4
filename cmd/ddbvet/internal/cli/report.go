package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/baseline"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/gate"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/output"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// report writes the result in every form that was asked for and gives the exit status.
func (c *command) report(ctx context.Context, s *settings, o gate.Options, result gate.Result, known baseline.Set) int {
	shown := active(result.Findings)
	if s.writeBaseline != "" {
		if err := baseline.Write(s.writeBaseline, shown); err != nil {
			return c.fail(err)
		}
	}
	fresh, old := known.Split(shown)
	fresh, err := c.repair(ctx, s, o, result, fresh)
	if err != nil {
		return c.fail(err)
	}
	status := clean
	if len(fresh) > 0 && s.writeBaseline == "" && !s.suppressed {
		status = findings
	}
	if shown = fresh; s.suppressed {
		shown = silenced(result.Findings, old, s)
	}
	if s.writeBaseline == "" || len(s.toStdout()) > 0 {
		run := output.Run{Dir: o.Dir, ModCache: result.ModCache, Version: version(), Checks: c.suite.Checks, Failures: result.Failures}
		if err := c.write(s, run, output.NameModules(shown, run)); err != nil {
			return c.fail(err)
		}
	}
	c.notes(s, result)
	if len(result.Failures) > 0 {
		return failure
	}
	return status
}

// notes tells what went wrong, on stderr, where no form of output shows it.
func (c *command) notes(s *settings, result gate.Result) {
	if s.debug == "bounds" {
		for _, b := range result.Bounds {
			fmt.Fprintln(c.stderr, "ddbvet: bound:", b)
		}
	}
	for _, crash := range result.Crashes {
		fmt.Fprintln(c.stderr, "ddbvet: the analysis failed in", crash)
	}
	for _, f := range result.Failures {
		fmt.Fprintln(c.stderr, "ddbvet:", f)
	}
}

// silenced gives what is not reported, with the reason: a directive, the baseline or an older revision.
func silenced(all, old []finding.Finding, s *settings) []finding.Finding {
	isOld := make(map[string]bool)
	for _, f := range old {
		isOld[key(f)] = true
	}
	why := "known from baseline " + s.baseline
	if s.newFrom != "" {
		why = "there already at " + s.newFrom
	}
	list := []finding.Finding{}
	for _, f := range all {
		if f.Suppressed == "" && isOld[key(f)] {
			f.Suppressed = why
		}
		if f.Suppressed != "" {
			list = append(list, f)
		}
	}
	return list
}

func key(f finding.Finding) string { return f.Fingerprint + " " + f.Pos.String() }

// A form is one way to write findings. Its file is "" when nobody asked for it, "-" for stdout.
type form struct {
	flag, file string
	handler    func(io.Writer, output.Run) output.Handler
}

func (s *settings) forms() []form {
	stdout := map[bool]string{true: "-"}
	return []form{
		{"-json", stdout[s.json], output.JSON},
		{"-github", stdout[s.github], output.GitHub},
		{"-sarif", s.sarif, output.SARIF},
		{"-codeclimate", s.codeClimate, output.CodeClimate},
		{"-html", s.html, output.HTML},
		{"-markdown", s.markdown, output.Markdown},
	}
}

// toStdout names the flags whose form goes to stdout.
func (s *settings) toStdout() []string {
	var flags []string
	for _, f := range s.forms() {
		if f.file == "-" {
			flags = append(flags, f.flag)
		}
	}
	return flags
}

// write writes each form to its place; text goes to stdout when no other form does.
func (c *command) write(s *settings, run output.Run, shown []finding.Finding) error {
	for _, f := range s.forms() {
		switch f.file {
		case "":
		case "-":
			if err := output.Emit(shown, f.handler(c.stdout, run)); err != nil {
				return err
			}
		default:
			if err := writeFile(f, run, shown); err != nil {
				return fmt.Errorf("%s: %v", f.flag, err)
			}
		}
	}
	if len(s.toStdout()) > 0 || s.diff {
		return nil
	}
	return output.Emit(shown, output.Text(c.stdout, run, colored(os.Stdout)))
}

func writeFile(f form, run output.Run, shown []finding.Finding) error {
	w, err := os.Create(f.file)
	if err != nil {
		return err
	}
	if err := output.Emit(shown, f.handler(w, run)); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// colored tells whether colour helps: on a terminal whose user did not refuse it (no-color.org).
func colored(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
