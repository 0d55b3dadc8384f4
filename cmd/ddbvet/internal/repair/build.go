package repair

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A trial finds out with which fixes a module builds. The go command is the judge, with an overlay in the place of what is
// not written yet: so build tags, cgo, vendoring and tests are as in a build of the user's.
type trial struct {
	ctx     context.Context
	program *program
	plan    *Plan
	// before names the packages that do not build as they are; it is nil until that matters.
	before map[string]string
}

func newTrial(ctx context.Context, p *program, plan *Plan) *trial {
	return &trial{ctx: ctx, program: p, plan: plan}
}

// settle gives those fixes, kept and as many as possible of the others, with which the module builds. It halves what does
// not build, so that one wrong fix among many costs few builds.
func (t *trial) settle(kept, others []*candidate) ([]*candidate, error) {
	if len(others) == 0 {
		return kept, nil
	}
	together := append(slices.Clip(kept), others...)
	problem, err := t.build(together)
	if err != nil {
		return nil, err
	}
	if problem == "" {
		return together, nil
	}
	if len(others) > 1 {
		half := len(others) / 2
		if kept, err = t.settle(kept, others[:half]); err != nil {
			return nil, err
		}
		return t.settle(kept, others[half:])
	}
	why := "is taken back, since it does not compile: " + problem
	if len(kept) > 0 {
		alone, err := t.build(others)
		if err != nil {
			return nil, err
		}
		if alone == "" {
			why = "does not compile together with other fixes: run ddbvet again"
		}
	}
	t.plan.leave(others[0], why)
	return kept, nil
}

// build says what does not compile with these fixes that did without: the first error, or nothing.
func (t *trial) build(fixes []*candidate) (string, error) {
	files, err := t.program.apply(fixes)
	if err != nil {
		return err.Error(), nil
	}
	packages, err := t.program.dependents(t.ctx, slices.Sorted(maps.Keys(files)))
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "ddbvet-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(dir, t.program.dir, files)
	if err != nil {
		return "", err
	}
	after, err := t.program.compile(t.ctx, packages, "-overlay="+overlay)
	if err != nil || len(after) == 0 {
		return "", err
	}
	if t.before == nil {
		if t.before, err = t.program.compile(t.ctx, packages); err != nil {
			return "", err
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(after)) {
		if t.before[unit] == "" {
			return ownNames(after[unit]), nil
		}
	}
	return "", nil
}

// overlayFolder holds the files of an overlay. The go command's patterns pass over folders with such a name.
const overlayFolder = "_fixed"

var overlaid = regexp.MustCompile(`\S*[/\\]` + overlayFolder + `[/\\]`)

// ownNames turns the names of an overlay's files, in a message of the compiler, back to those of the files they stand for.
func ownNames(message string) string {
	return strings.ReplaceAll(overlaid.ReplaceAllLiteralString(message, ""), upwards+"/", "../")
}

// upwards stands for ".." in an overlay.
const upwards = "_up"

// writeOverlay writes the files to a folder, below it as they lie below from, and the overlay that puts them in the place of
// the originals.
func writeOverlay(dir, from string, files map[string][]byte) (string, error) {
	replace := make(map[string]string)
	for name, text := range files {
		rel := strings.ReplaceAll(relative(from, name), "../", upwards+"/")
		file := filepath.Join(dir, overlayFolder, filepath.FromSlash(rel))
		replace[name] = file
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, text, 0o666); err != nil {
			return "", err
		}
	}
	data, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, append(data, '\n'), 0o666)
}

// A unit is a package as go list describes it, or what its tests make of it.
type unit struct {
	ImportPath, ForTest string
	Imports             []string
	Error               *struct{ Err, Pos string }
}

func (p *program) list(ctx context.Context, args ...string) ([]unit, error) {
	cmd := p.module.Command(ctx, "list", append([]string{"-e", "-test"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return nil, errors.New(strings.TrimSpace("cannot check that the fixes build: go list: " + first + " (" + err.Error() + ")"))
	}
	var all []unit
	for dec := json.NewDecoder(&stdout); ; {
		var u unit
		if err := dec.Decode(&u); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("cannot read what go list printed: %v", err)
		}
		all = append(all, u)
	}
}

// dependents gives the packages of the files and those that they, or their tests, need them for.
func (p *program) dependents(ctx context.Context, files []string) ([]string, error) {
	all, err := p.list(ctx, append([]string{"-json=ImportPath,ForTest,Imports", "--"}, p.module.Everything()...)...)
	if err != nil {
		return nil, err
	}
	users := make(map[string][]unit)
	var reached []unit
	edited := make(map[string]bool)
	for _, f := range files {
		edited[p.files[f]] = true
	}
	for _, u := range all {
		for _, i := range u.Imports {
			users[i] = append(users[i], u)
		}
		if edited[strings.Fields(u.ImportPath)[0]] {
			reached = append(reached, u)
		}
	}
	packages := make(map[string]bool)
	for len(reached) > 0 {
		u := reached[0]
		reached = reached[1:]
		if base := u.base(); !packages[u.ImportPath] {
			packages[u.ImportPath], packages[base] = true, true
			reached = append(reached, users[u.ImportPath]...)
		}
	}
	maps.DeleteFunc(packages, func(path string, _ bool) bool { return strings.Contains(path, " ") || strings.HasSuffix(path, ".test") })
	return slices.Sorted(maps.Keys(packages)), nil
}

// base is the package that one names to get this unit.
func (u unit) base() string {
	if u.ForTest != "" {
		return u.ForTest
	}
	return u.ImportPath
}

// compile compiles packages and their tests, and gives the first error of each that has one.
func (p *program) compile(ctx context.Context, packages []string, flags ...string) (map[string]string, error) {
	args := append(slices.Clip(flags), "-export", "-json=ImportPath,ForTest,Error", "--")
	all, err := p.list(ctx, append(args, packages...)...)
	if err != nil {
		return nil, err
	}
	failed := make(map[string]string)
	for _, u := range all {
		if u.Error != nil {
			failed[u.ImportPath] = firstError(u.Error.Err)
		}
	}
	return failed, nil
}

// firstError takes the first line that is not the compiler's heading.
func firstError(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return line
		}
	}
	return "it cannot be built"
}
