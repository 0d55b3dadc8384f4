package gclplugin

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// stamp gives those analyzers with facts that the checks require a name that no other version of ddbvet has,
// and returns them.
//
// golangci-lint keys its cache by its own version, the settings and the names of analyzers. The version of a
// plugin is in none of them unless the builder puts it into golangci-lint's version, as "golangci-lint custom"
// does. With the stamp, neither facts nor findings of another version are found.
func stamp(checks []*analysis.Analyzer, id string) []*analysis.Analyzer {
	var required []*analysis.Analyzer
	var visit func([]*analysis.Analyzer)
	visit = func(list []*analysis.Analyzer) {
		for _, a := range list {
			if len(a.FactTypes) > 0 && !slices.Contains(required, a) {
				a.Name += "_" + id
				required = append(required, a)
			}
			visit(a.Requires)
		}
	}
	visit(checks)
	return required
}

// version names the code that is running: the module's version and checksum where it was built from
// the module proxy, else a hash of the executable.
func version() (string, error) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/ddbvet/ddbvet" && m.Replace == nil && m.Sum != "" {
				return short([]byte(m.Version + " " + m.Sum)), nil
			}
		}
	}
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

func short(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
