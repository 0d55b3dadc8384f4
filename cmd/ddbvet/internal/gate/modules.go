package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A group is what one run of the go command can load: patterns within one module, or within one workspace.
type group struct {
	dir      string
	patterns []string
	env      []string
	// roots are the folders of the main modules.
	roots []string
	// overlay is a file that hides the tests from the go command; empty when they are not hidden.
	overlay string
}

// split groups patterns by the module they lie in, since the go command refuses folders of a module that
// is neither the current one nor in the workspace.
func split(o Options, env environment) ([]*group, error) {
	work, err := workspace(env.work)
	if err != nil {
		return nil, err
	}
	s := splitter{dir: o.Dir, here: moduleRoot(o.Dir), work: work, tolerant: o.Tolerant}
	for _, p := range o.Patterns {
		if err := s.add(p); err != nil {
			return nil, err
		}
	}
	return s.groups, nil
}

type splitter struct {
	dir, here string
	// work holds the modules of the workspace; nil without one.
	work     map[string]bool
	tolerant bool
	groups   []*group
}

func (s *splitter) add(pattern string) error {
	if !isLocalPattern(pattern) {
		s.put(s.dir, pattern)
		return nil
	}
	base, rest := splitPattern(s.dir, pattern)
	if strings.HasSuffix(rest, ".go") && !exists(filepath.Join(base, rest)) {
		return s.nothing(pattern)
	}
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		return s.nothing(pattern)
	}
	root := moduleRoot(base)
	if root == "" && rest == "..." {
		return s.addBelow(pattern, base)
	}
	s.putIn(root, base, rest, pattern)
	return nil
}

// nothing is what becomes of a pattern without packages.
func (s *splitter) nothing(pattern string) error {
	if s.tolerant {
		return nil
	}
	return noMatch(pattern)
}

// addBelow takes a folder that lies in no module but holds some: a repository of many services.
func (s *splitter) addBelow(pattern, base string) error {
	roots, err := modulesBelow(base)
	if err != nil {
		return err
	}
	if len(roots) == 0 && !s.tolerant {
		return fmt.Errorf("pattern %q: the folder is in no module, and holds none", pattern)
	}
	for _, root := range roots {
		rel, err := filepath.Rel(s.dir, root)
		if err != nil {
			return err
		}
		s.putIn(root, root, "...", local(rel, "..."))
	}
	return nil
}

// putIn files a pattern, spelled as from s.dir, of the module at root.
func (s *splitter) putIn(root, base, rest, pattern string) {
	switch {
	case root == "" || s.work[root] || s.work == nil && root == s.here:
		s.put(s.dir, pattern)
	default:
		rel, err := filepath.Rel(root, base)
		if err != nil { // cannot be: base lies below root
			rel = "."
		}
		g := s.put(root, local(rel, rest))
		g.roots = []string{root}
		if s.work != nil {
			g.env = []string{"GOWORK=off"}
		}
	}
}

func (s *splitter) put(dir, pattern string) *group {
	for _, g := range s.groups {
		if g.dir == dir {
			g.patterns = append(g.patterns, pattern)
			return g
		}
	}
	g := &group{dir: dir, patterns: []string{pattern}, roots: s.rootsAt(dir)}
	s.groups = append(s.groups, g)
	return g
}

// rootsAt gives the main modules of the go command when it runs in dir, which is where ddbvet runs or a module's root.
func (s *splitter) rootsAt(dir string) []string {
	switch {
	case dir != s.dir:
		return []string{dir}
	case s.work != nil:
		return slices.Sorted(maps.Keys(s.work))
	}
	return []string{s.here}
}

func isLocalPattern(p string) bool {
	return p == "." || p == ".." || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../") || filepath.IsAbs(p) ||
		strings.HasSuffix(p, ".go")
}

// splitPattern gives the folder that a local pattern starts at, and what follows it: "", "..." or a file's name.
func splitPattern(dir, pattern string) (base, rest string) {
	p := filepath.FromSlash(pattern)
	if !filepath.IsAbs(p) {
		p = filepath.Join(dir, p)
	}
	if i := strings.Index(p, "..."); i >= 0 {
		slash := strings.LastIndexByte(p[:i], filepath.Separator)
		return filepath.Clean(p[:slash+1]), filepath.ToSlash(p[slash+1:])
	}
	if strings.HasSuffix(p, ".go") {
		return filepath.Dir(p), filepath.Base(p)
	}
	return p, ""
}

func local(rel, rest string) string {
	p := filepath.ToSlash(filepath.Join(rel, rest))
	if strings.HasPrefix(p, "../") || p == ".." {
		return p
	}
	return "./" + p
}

func moduleRoot(dir string) string {
	for {
		if info, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && !info.IsDir() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// modulesBelow finds the modules below a folder, leaving out the folders that the go command leaves out.
func modulesBelow(dir string) ([]string, error) {
	var roots []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != dir && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") ||
			name == "testdata" || name == "vendor" || name == "node_modules") {
			return fs.SkipDir
		}
		if !d.IsDir() && name == "go.mod" {
			roots = append(roots, filepath.Dir(path))
		}
		return nil
	})
	return roots, err
}

// An environment is what ddbvet needs to know of the go command's.
type environment struct {
	// work is the file of the workspace; empty when there is none.
	work     string
	modCache string
}

func readEnvironment(ctx context.Context, dir string) (environment, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOWORK", "GOMODCACHE")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return environment{}, errors.New("the go command is not on the PATH")
	}
	if err != nil {
		return environment{}, errors.New(firstLine(stderr.String(), err))
	}
	var values struct{ GOWORK, GOMODCACHE string }
	if err := json.Unmarshal(out, &values); err != nil {
		return environment{}, fmt.Errorf("cannot read what go env printed: %v", err)
	}
	if values.GOWORK == "off" {
		values.GOWORK = ""
	}
	return environment{values.GOWORK, values.GOMODCACHE}, nil
}

// workspace gives the folders of the modules of a workspace, nil when there is none.
func workspace(file string) (map[string]bool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return nil, err
	}
	modules := make(map[string]bool)
	for _, use := range work.Use {
		path := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(file), path)
		}
		modules[filepath.Clean(path)] = true
	}
	return modules, nil
}

func noMatch(pattern string) error {
	return fmt.Errorf("pattern %q matches no packages", pattern)
}

// firstLine is the first line of what a command said, with the next one when it announces that, or the command's
// error when it said nothing.
func firstLine(text string, err error) string {
	said := ""
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "go: downloading") {
			continue
		}
		said = strings.TrimSpace(said + " " + line)
		if !strings.HasSuffix(line, ":") {
			break
		}
	}
	if said == "" {
		return err.Error()
	}
	return said
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
