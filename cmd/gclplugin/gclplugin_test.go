package gclplugin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/cmd/gclplugin"
	"github.com/ddbvet/ddbvet/passes"
)

func analyzers(t *testing.T, settings any) []*analysis.Analyzer {
	t.Helper()
	p, err := gclplugin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	if p.GetLoadMode() != register.LoadModeTypesInfo {
		t.Errorf("load mode is %q", p.GetLoadMode())
	}
	list, err := p.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(list); err != nil {
		t.Error(err)
	}
	return list
}

// checks names the analyzers that are checks.
func checks(list []*analysis.Analyzer) []string {
	var out []string
	for _, c := range passes.Checks() {
		if slices.ContainsFunc(list, func(a *analysis.Analyzer) bool { return a.Name == c.Name }) {
			out = append(out, c.Name)
		}
	}
	return out
}

func TestRegistered(t *testing.T) {
	if _, err := register.GetPlugin(gclplugin.Name); err != nil {
		t.Error(err)
	}
}

func TestDefaults(t *testing.T) {
	var want []string
	for _, c := range passes.Checks() {
		if c.On {
			want = append(want, c.Name)
		}
	}
	if got := checks(analyzers(t, nil)); !slices.Equal(got, want) {
		t.Errorf("checks are %v, want %v", got, want)
	}
}

func TestSettings(t *testing.T) {
	got := checks(analyzers(t, map[string]any{"checks": map[string]any{"lostupdate": false, "writeskew": true}, "tests": true}))
	if slices.Contains(got, "lostupdate") || !slices.Contains(got, "writeskew") || !slices.Contains(got, "weakguard") {
		t.Errorf("checks are %v", got)
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		settings any
		want     string
	}{
		{map[string]any{"checks": map[string]any{"lostudpate": true}}, "there is no check lostudpate; there are lostupdate, "},
		{map[string]any{"test": true}, `unknown field "test"`},
		{map[string]any{"tests": "yes"}, "cannot unmarshal string"},
		{map[string]any{"checks": []string{"lostupdate"}}, "cannot unmarshal array"},
		{map[string]any{"fixes": "some"}, `fixes is "safe" or "all", not "some"`},
		{map[string]any{"dedup-table": map[string]any{"name": "a b"}}, `"a b" is no name of a table`},
		{map[string]any{"dedup-table": map[string]any{"key": "id"}}, `key "id", and no name`},
	} {
		_, err := gclplugin.New(c.settings)
		if err == nil || !strings.HasPrefix(err.Error(), "ddbvet: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want one with %q", c.settings, err, c.want)
		}
	}
}

// TestStamp: what the checks require, and what their findings are cached under, has a name of this build's.
func TestStamp(t *testing.T) {
	list := analyzers(t, nil)
	last := list[len(list)-1]
	name, id, ok := strings.Cut(last.Name, "_")
	if len(last.FactTypes) == 0 || !ok || len(id) != 16 {
		t.Fatalf("the last analyzer is %s (%s, %s)", last.Name, name, id)
	}
	if name != "ddbvetsummary" {
		t.Errorf("%s is stamped, not the inference", name)
	}
	if again := analyzers(t, nil); again[len(again)-1].Name != last.Name {
		t.Errorf("the stamp of a second plugin is another: %s, %s", last.Name, again[len(again)-1].Name)
	}
}

// TestReports: a finding is one line, without related information.
func TestReports(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: "../.."}, "./testdata/lostupdate/readmodifyput")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loaded {
		p.Imports = nil // the SDK carries no facts
	}
	graph, err := checker.Analyze(analyzers(t, nil), loaded, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Err)
		}
		for _, d := range act.Diagnostics {
			found++
			if strings.Contains(d.Message, "\n") || d.Related != nil || !strings.HasSuffix(d.Message, ": "+act.Analyzer.Name) {
				t.Errorf("%s reports %q with %d related", act.Analyzer.Name, d.Message, len(d.Related))
			}
		}
	}
	if found != 1 {
		t.Errorf("%d findings, want 1", found)
	}
}

// TestPlain: what is too much for golangci-lint is left out.
func TestPlain(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", "package p", 0)
	if err != nil {
		t.Fatal(err)
	}
	fix := analysis.SuggestedFix{Message: "fix"}
	a := gclplugin.Plain(&analysis.Analyzer{Run: func(pass *analysis.Pass) (any, error) {
		pass.Report(analysis.Diagnostic{
			Pos: f.Package, Message: "first\nsecond",
			Related: []analysis.RelatedInformation{{Pos: f.Package}}, SuggestedFixes: []analysis.SuggestedFix{fix, fix},
		})
		return nil, nil
	}})
	var got []analysis.Diagnostic
	pass := &analysis.Pass{Fset: fset, Files: []*ast.File{f}, Report: func(d analysis.Diagnostic) { got = append(got, d) }}
	if _, err := a.Run(pass); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Message != "first" || len(got[0].Related) != 0 || len(got[0].SuggestedFixes) != 1 {
		t.Errorf("reported %+v", got)
	}
}
