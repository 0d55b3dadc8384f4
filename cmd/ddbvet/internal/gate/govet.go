package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A listed is a package as go list describes it.
type listed struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	CgoFiles     []string
	TestGoFiles  []string
	XTestGoFiles []string
	Incomplete   bool
	DepOnly      bool
	Standard     bool
	Module       *listedModule
	Error        *listError
	DepsErrors   []*listError
}

type listedModule struct {
	Path, Version string
	Main          bool
	Replace       *listedModule
}

// isLocal tells whether the package belongs to the code that is being worked on, as package unit has it.
func (p *listed) isLocal() bool {
	m := p.Module
	if m == nil {
		return !p.Standard
	}
	return m.Main || m.Version == "" || m.Replace != nil && m.Replace.Version == ""
}

type listError struct {
	ImportStack []string
	Pos         string
	Err         string
}

func (e *listError) String() string {
	text := firstLine(e.Err, errors.New("cannot be loaded"))
	if e.Pos == "" {
		return text
	}
	return e.Pos + ": " + text
}

// hasFiles tells whether there is anything besides tests.
func (p *listed) hasFiles() bool { return len(p.GoFiles)+len(p.CgoFiles) > 0 }

// goCommand prepares a run of the go command for a group.
func (g *group) goCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), g.env...)
	cmd.Env = append(cmd.Env, "PWD="+g.dir)
	return cmd
}

// list asks which packages the patterns match. Without dependencies it is quick: nothing but names is looked at.
func (g *group) list(ctx context.Context, o Options, args ...string) ([]*listed, string, error) {
	args = append(append([]string{"list", "-e"}, args...), g.buildFlags(o)...)
	cmd := g.goCommand(ctx, append(append(args, "--"), g.patterns...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, "", errors.New(firstLine(stderr.String(), err))
	}
	var all []*listed
	for dec := json.NewDecoder(&stdout); ; {
		p := new(listed)
		if err := dec.Decode(p); err == io.EOF {
			return all, stderr.String(), nil
		} else if err != nil {
			return nil, "", fmt.Errorf("cannot read what go list printed: %v", err)
		}
		all = append(all, p)
	}
}

// matched lists what the patterns match; a pattern that matches nothing is an error.
func (g *group) matched(ctx context.Context, o Options) ([]*listed, error) {
	all, stderr, err := g.list(ctx, o, "-find", "-json=ImportPath,Dir,Standard,Module,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Error")
	if err != nil {
		return nil, err
	}
	if o.Tolerant {
		return all, nil
	}
	for line := range strings.Lines(stderr) {
		if w, ok := strings.CutPrefix(strings.TrimSpace(line), "go: warning: "); ok && strings.HasSuffix(w, "matched no packages") {
			return nil, fmt.Errorf("pattern %s matches no packages", strings.TrimSuffix(w, " matched no packages"))
		}
	}
	for _, p := range all {
		if p.Dir == "" && p.Error != nil {
			return nil, errors.New(p.Error.String())
		}
	}
	if len(all) == 0 {
		return nil, noMatch(strings.Join(g.patterns, " "))
	}
	return g.local(all)
}

// local leaves out the packages of the standard library and of other modules, which "all" matches too: they are looked
// at as dependencies, not for findings of their own.
func (g *group) local(all []*listed) ([]*listed, error) {
	kept := slices.DeleteFunc(slices.Clone(all), func(p *listed) bool { return !p.isLocal() })
	if len(kept) == 0 {
		return nil, fmt.Errorf("pattern %q matches only packages of other modules", strings.Join(g.patterns, " "))
	}
	if len(kept) < len(all) {
		g.patterns = nil
		for _, p := range kept {
			g.patterns = append(g.patterns, p.ImportPath)
		}
	}
	return kept, nil
}

// analyse runs go vet over the group with ddbvet itself as the tool.
func (g *group) analyse(ctx context.Context, o Options, analyzer string) (*output, error) {
	out, ok, err := g.vet(ctx, o, analyzer, g.patterns)
	if err != nil || ok || len(out.payloads)+len(out.failed) > 0 {
		return out, err
	}
	return g.analyseLoadable(ctx, o, analyzer, out)
}

// analyseLoadable names the packages that go vet could not even load, for which it gives up on all, and analyses the others.
func (g *group) analyseLoadable(ctx context.Context, o Options, analyzer string, first *output) (*output, error) {
	all, _, err := g.list(ctx, o, "-deps", "-json=ImportPath,Dir,Incomplete,DepOnly,Error,DepsErrors")
	if err != nil {
		return nil, err
	}
	var good []string
	var broken []failure
	for _, p := range all {
		switch {
		case p.DepOnly:
		case !p.Incomplete:
			good = append(good, p.ImportPath)
		case p.Error != nil:
			broken = append(broken, failure{p.ImportPath, p.Error.String()})
		case len(p.DepsErrors) > 0:
			broken = append(broken, failure{p.ImportPath, p.DepsErrors[0].String()})
		default:
			broken = append(broken, failure{p.ImportPath, "cannot be loaded"})
		}
	}
	if len(broken) == 0 {
		return nil, errors.New(firstLine(strings.Join(first.loose, "\n"), errors.New("go vet failed and said nothing")))
	}
	out := newOutput()
	if len(good) > 0 {
		if out, _, err = g.vet(ctx, o, analyzer, good); err != nil {
			return nil, err
		}
	}
	out.failed = append(out.failed, broken...)
	return out, nil
}

// vet runs the go command once. ok tells that it ended well.
func (g *group) vet(ctx context.Context, o Options, analyzer string, patterns []string) (out *output, ok bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, false, err
	}
	// -trimpath would let the go command serve positions of another copy of the same source.
	args := []string{"vet", "-vettool=" + self, "-json", "-trimpath=false", "-" + analyzer}
	if o.Tests {
		args = append(args, "-tests")
	}
	args = append(append(args, g.buildFlags(o)...), "--")
	cmd := g.goCommand(ctx, append(args, patterns...)...)
	stdout := &counter{notify: o.Progress}
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	ran := cmd.Run()
	if _, isExit := errors.AsType[*exec.ExitError](ran); ran != nil && !isExit {
		return nil, false, ran
	}
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	out = newOutput()
	out.parseErrors(stderr.String(), filepath.Base(self))
	return out, ran == nil, out.parseJSON(stdout.Bytes(), analyzer)
}

func newOutput() *output { return &output{payloads: make(map[string]string)} }

func (g *group) buildFlags(o Options) []string {
	var flags []string
	if g.overlay != "" {
		flags = append(flags, "-overlay="+g.overlay)
	}
	if o.Tags != "" {
		flags = append(flags, "-tags="+o.Tags)
	}
	return flags
}

// counter collects go vet's output and counts the packages in it while it comes.
type counter struct {
	bytes.Buffer
	mu     sync.Mutex
	notify func(packages int)
}

func (c *counter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := bytes.Count(p, []byte("\n}\n")); n > 0 && c.notify != nil {
		c.notify(n)
	}
	return c.Buffer.Write(p)
}

// rebase makes the position at the start of a message, relative to the group, relative to dir.
func (g *group) rebase(message, dir string) string {
	m := position.FindStringSubmatchIndex(message)
	if m == nil {
		return message
	}
	file := message[m[2]:m[3]]
	if !filepath.IsAbs(file) {
		file = filepath.Join(g.dir, file)
	}
	return relative(dir, file) + message[m[3]:]
}
