// Package unit runs ddbvet as a vettool: on one unit of a build that the go command describes in a .cfg file.
// Before anything is parsed it decides whether the unit can hold or carry anything of DynamoDB at all,
// since the go command calls a vettool on every dependency, the standard library included.
package unit

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A config is what ddbvet itself reads of a unit's .cfg file. Fields that it does not know travel on
// unchanged, so that a newer go command loses nothing.
type config struct {
	ID            string
	Dir           string
	ImportPath    string
	GoVersion     string
	GoFiles       []string
	ModulePath    string
	ModuleVersion string
	Module        *module
	ImportMap     map[string]string
	PackageVetx   map[string]string
	VetxOnly      bool
	VetxOutput    string

	raw map[string]json.RawMessage
}

// A module is how go1.27 and later describe the unit's module.
type module struct {
	Path    string
	Version string
}

func readConfig(file string) (*config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := new(config)
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("cannot read the unit's configuration %s: %v", file, err)
	}
	if err := json.Unmarshal(data, &c.raw); err != nil {
		return nil, fmt.Errorf("cannot read the unit's configuration %s: %v", file, err)
	}
	if c.Module != nil && c.ModulePath == "" {
		c.ModulePath, c.ModuleVersion = c.Module.Path, c.Module.Version
	}
	return c, nil
}

// set changes one field, for ddbvet and for the unitchecker that reads the file next.
func (c *config) set(field string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	c.raw[field] = data
	return nil
}

// write puts the changed configuration beside the original one, in the build's own temporary folder, which the
// go command removes.
func (c *config) write(original string) (string, error) {
	data, err := json.Marshal(c.raw)
	if err != nil {
		return "", err
	}
	name := filepath.Join(filepath.Dir(original), "ddbvet.cfg")
	return name, os.WriteFile(name, data, 0o666)
}

// path is the import path without the "[p.test]" that some build systems add to a package compiled for its tests.
func (c *config) path() string {
	p, _, _ := strings.Cut(c.ImportPath, " [")
	return p
}

// isLocal tells whether the unit belongs to the code that is being worked on: the main module, the other modules of
// a workspace and modules replaced by a folder. None of them lies in the module cache, in a vendor folder or in GOROOT.
func (c *config) isLocal() bool {
	if c.ModulePath == "" {
		return !within(c.Dir, os.Getenv("GOROOT")) && !isStandard(c.path())
	}
	if c.ModuleVersion == "" {
		return true
	}
	dir := filepath.ToSlash(c.Dir)
	return !within(c.Dir, os.Getenv("GOMODCACHE")) && !strings.HasSuffix(dir, "/vendor/"+c.path())
}

// isStandard tells by its first element whether a path outside of every module is one of the standard library.
// GOROOT, which the go command sets, decides before; this serves other build systems.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return path != "command-line-arguments" && path != "main" && !strings.Contains(first, ".")
}

func within(dir, root string) bool {
	if root == "" {
		return false
	}
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
