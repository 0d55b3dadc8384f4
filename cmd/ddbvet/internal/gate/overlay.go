package gate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// hideTests hides _test.go files from the go command when nobody asked for them. It would compile what they import,
// analyse each package once with them and once without, and give up on a package whose tests do not build. The go
// command's cache goes by content, so the overlay's name does not matter to it. The caller calls remove in the end.
func (g *group) hideTests(o Options, packages []*listed) (remove func(), err error) {
	nothing := func() {}
	hidden := testFiles(packages)
	if o.Tests || len(hidden) == 0 || !g.canHide(packages) || strings.Contains(os.Getenv("GOFLAGS"), "-overlay") {
		return nothing, nil
	}
	data, err := json.Marshal(map[string]any{"Replace": hidden})
	if err != nil {
		return nothing, err
	}
	dir, err := os.MkdirTemp("", "ddbvet-")
	if err != nil {
		return nothing, err
	}
	g.overlay = filepath.Join(dir, "overlay.json")
	remove = func() { os.RemoveAll(dir) }
	if err := os.WriteFile(g.overlay, data, 0o666); err != nil {
		remove()
		return nothing, err
	}
	return remove, nil
}

// testFiles gives the test files as the go command wants them in an overlay.
func testFiles(packages []*listed) map[string]string {
	hidden := make(map[string]string)
	for _, p := range packages {
		for _, f := range append(append([]string{}, p.TestGoFiles...), p.XTestGoFiles...) {
			hidden[filepath.Join(p.Dir, f)] = ""
		}
	}
	return hidden
}

// canHide tells whether the go command finds packages enough without tests: a folder of nothing but tests is passed over by a
// pattern with dots, but is an error when it is named.
func (g *group) canHide(packages []*listed) bool {
	for _, pattern := range g.patterns {
		if !strings.Contains(pattern, "...") && !allHaveFiles(packages) {
			return false
		}
	}
	return true
}

func allHaveFiles(packages []*listed) bool {
	for _, p := range packages {
		if !p.hasFiles() && p.Error == nil {
			return false
		}
	}
	return true
}

// onlyTests tells whether there is nothing to analyse.
func onlyTests(packages []*listed) bool {
	for _, p := range packages {
		if p.hasFiles() || p.Error != nil {
			return false
		}
	}
	return true
}
