package gclplugin_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

// TestParallel runs two plugins at once over the fixtures, as golangci-lint runs one: the analyzers of a package side by
// side, and packages side by side as soon as their imports are done. What the packages share is shared by both plugins too.
// "make race" runs it with the race detector.
func TestParallel(t *testing.T) {
	root := passestest.Root(t, "../..")
	want, loaded := passestest.Want(t, root, passestest.Pass), fixtures(t, root)
	const plugins = 2
	graphs, errs := make([]*checker.Graph, plugins), make([]error, plugins)
	var both sync.WaitGroup
	for i := range plugins {
		list := analyzers(t, map[string]any{"checks": everyCheck()})
		both.Go(func() {
			graphs[i], errs[i] = checker.Analyze(list, loaded, nil)
		})
	}
	both.Wait()
	for i, graph := range graphs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		passestest.Compare(t, passestest.Pass, want, findings(t, root, graph))
	}
}

// fixtures loads the fixtures with their types. Of what they import only each other is kept: the SDK carries no facts.
func fixtures(t *testing.T, root string) []*packages.Package {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: root}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		for path, imported := range p.Imports {
			if !slices.Contains(loaded, imported) {
				delete(p.Imports, path)
			}
		}
	}
	return loaded
}

// everyCheck is the setting that switches all checks on.
func everyCheck() map[string]any {
	on := map[string]any{}
	for _, c := range passes.Checks() {
		on[c.Name] = true
	}
	return on
}

// findings collects what the checks have reported.
func findings(t *testing.T, root string, graph *checker.Graph) passestest.Findings {
	t.Helper()
	out := passestest.Findings{}
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act, act.Err)
		}
		for _, d := range act.Diagnostics {
			at := act.Package.Fset.Position(d.Pos)
			check := d.Message[strings.LastIndex(d.Message, " ")+1:]
			out.Add(t, root, at.Filename, at.Line, check)
		}
	}
	return out
}
