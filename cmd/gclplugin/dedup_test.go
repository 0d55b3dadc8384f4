package gclplugin_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes/passestest"
)

// TestDedupTable asks for the fix of a handler that counts a record twice: its claim goes into the table of the settings,
// and where there is none beside the effect.
func TestDedupTable(t *testing.T) {
	root := passestest.Root(t, "../..")
	handlers := slices.DeleteFunc(fixtures(t, root), func(p *packages.Package) bool { return !strings.Contains(p.PkgPath, "/streamdedup/") })
	own := `TableName:           aws.String("handled-records")`
	for _, settings := range []struct {
		raw   map[string]any
		fixes bool
		named bool
	}{
		{raw: map[string]any{}},
		{raw: map[string]any{"fixes": "all"}, fixes: true},
		{raw: map[string]any{"fixes": "all", "dedup-table": map[string]any{"name": "handled-records", "key": "record"}}, fixes: true, named: true},
	} {
		graph, err := checker.Analyze(analyzers(t, settings.raw), handlers, nil)
		if err != nil {
			t.Fatal(err)
		}
		edits := suggested(graph)
		if got := len(edits) > 0; got != settings.fixes {
			t.Errorf("%v: %d edits", settings.raw, len(edits))
		}
		got := strings.Contains(strings.Join(strings.Fields(string(edits)), " "), strings.Join(strings.Fields(own), " "))
		if got != settings.named || got != bytes.Contains(edits, []byte("attribute_not_exists(record)")) {
			t.Errorf("%v: the claim goes into the table of the settings: %t\n%s", settings.raw, got, edits)
		}
	}
}

// suggested is what the fixes of streamdedup insert.
func suggested(graph *checker.Graph) []byte {
	var out []byte
	for _, act := range graph.Roots {
		for _, d := range act.Diagnostics {
			for _, f := range d.SuggestedFixes {
				for _, e := range f.TextEdits {
					if act.Analyzer.Name == "streamdedup" {
						out = append(out, e.NewText...)
					}
				}
			}
		}
	}
	return out
}
