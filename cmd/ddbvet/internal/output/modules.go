package output

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// NameModules gives the findings with files of other modules named as their readers know them, module@version/file, rather
// than by where this machine keeps its module cache. Other files keep their names.
func NameModules(findings []finding.Finding, run Run) []finding.Finding {
	if run.ModCache == "" {
		return findings
	}
	named := slices.Clone(findings)
	for i := range named {
		f := &named[i]
		f.Function.File = run.name(f.Function.File)
		f.Reads, f.Writes = run.nameAll(f.Reads), run.nameAll(f.Writes)
	}
	return named
}

func (run Run) nameAll(accesses []finding.Access) []finding.Access {
	named := slices.Clone(accesses)
	for i := range named {
		a := &named[i]
		a.File, a.Via = run.name(a.File), slices.Clone(a.Via)
		for j := range a.Via {
			a.Via[j].File = run.name(a.Via[j].File)
		}
	}
	return named
}

// name gives module@version/file for a file in the module cache. The cache writes capital letters as "!" and a small one
// (https://go.dev/ref/mod#module-cache).
func (run Run) name(file string) string {
	rel, err := filepath.Rel(run.ModCache, absolute(run.Dir, file))
	if err != nil || file == "" {
		return file
	}
	escaped, rest, isModule := strings.Cut(filepath.ToSlash(rel), "@")
	version, inside, _ := strings.Cut(rest, "/")
	mod, err := module.UnescapePath(escaped)
	if err != nil || !isModule {
		return file
	}
	if version, err = module.UnescapeVersion(version); err != nil {
		return file
	}
	return mod + "@" + version + "/" + inside
}

// find gives the place of a file on this machine: below the folder of the run, or in the module cache.
func (run Run) find(file string) string {
	if mod, version, inside, ok := ofModule(file); ok && run.ModCache != "" {
		m, merr := module.EscapePath(mod)
		v, verr := module.EscapeVersion(version)
		if merr == nil && verr == nil {
			return filepath.Join(run.ModCache, filepath.FromSlash(m+"@"+v+"/"+inside))
		}
	}
	return absolute(run.Dir, file)
}

// ofModule takes a name that NameModules has given apart.
func ofModule(file string) (mod, version, inside string, ok bool) {
	mod, rest, isModule := strings.Cut(file, "@")
	version, inside, hasFile := strings.Cut(rest, "/")
	return mod, version, inside, isModule && hasFile && module.Check(mod, version) == nil && path.Clean(inside) == inside
}

func absolute(dir, file string) string {
	file = filepath.FromSlash(file)
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}
