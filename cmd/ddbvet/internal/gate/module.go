package gate

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A Module is what one run of the go command can load: a module, or a workspace of several.
type Module struct {
	// Roots are the folders of its main modules.
	Roots []string
	group *group
	o     Options
}

// modules describes the groups to those who load source after the analysis.
func modules(groups []*group, o Options) []Module {
	all := make([]Module, len(groups))
	for i, g := range groups {
		seen := *g
		seen.overlay = "" // is gone, and its reason too: what is written must build with its tests
		all[i] = Module{Roots: g.roots, group: &seen, o: o}
	}
	return all
}

// Dir is the folder in which the go command runs.
func (m Module) Dir() string { return m.group.dir }

// Command prepares a run of the go command, with the environment and the build flags of the analysis.
func (m Module) Command(ctx context.Context, verb string, args ...string) *exec.Cmd {
	return m.group.goCommand(ctx, append(append([]string{verb}, m.BuildFlags()...), args...)...)
}

// BuildFlags are the build flags of the analysis.
func (m Module) BuildFlags() []string { return m.group.buildFlags(m.o) }

// Everything gives the patterns of all packages of the main modules, and those of the run, which may name folders that
// the dots pass over: testdata for instance.
func (m Module) Everything() []string {
	patterns := slices.Clone(m.group.patterns)
	for _, root := range m.Roots {
		patterns = append(patterns, filepath.Join(root, "..."))
	}
	return patterns
}

// Holds tells whether a folder lies in one of the main modules, and not in a module below it, nor in copies of others.
func (m Module) Holds(dir string) bool {
	root := moduleRoot(dir)
	if !slices.Contains(m.Roots, root) {
		return false
	}
	rel, err := filepath.Rel(root, dir)
	return err == nil && !slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), "vendor")
}
