// Package gclplugin makes ddbvet a module plugin of golangci-lint: a golangci-lint that is built with a blank
// import of this package knows the custom linter "ddbvet". See docs/golangci-lint.md.
//
// golangci-lint shows one line for each finding, makes separate issues of related information, which
// //nolint does not cover, and applies no more than one fix; so that is what it gets.
package gclplugin

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/passes"
)

// Name is the name of the linter in .golangci.yml and in //nolint comments.
const Name = "ddbvet"

func init() { register.Plugin(Name, New) }

// Settings are what stands under linters.settings.custom.ddbvet.settings in .golangci.yml.
type Settings struct {
	// Checks switches single checks on or off, by name; those that are not named are as ddbvet has them.
	Checks map[string]bool `json:"checks"`
	// Tests asks for findings in _test.go files.
	Tests bool `json:"tests"`
	// Fixes is "all" to suggest fixes that change what callers see as well, "safe" or nothing to leave them out.
	Fixes string `json:"fixes"`
	// DedupTable is where the fix of streamdedup puts the claim on a record; without a name, beside the effect.
	DedupTable DedupTable `json:"dedup-table"`
}

// A DedupTable is a table of records that were handled.
type DedupTable struct {
	Name string `json:"name"`
	// Key is its key attribute, a string; "id" where it is not given.
	Key string `json:"key"`
}

// tableName is what DynamoDB allows for one, see
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html.
var tableName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

// New returns the plugin. It is an error when the settings have an unknown key, a value of the wrong type or
// a check that does not exist.
func New(raw any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](raw)
	if err != nil {
		return nil, fmt.Errorf("ddbvet: %w", err)
	}
	if err := s.validate(); err != nil {
		return nil, fmt.Errorf("ddbvet: %w", err)
	}
	return &plugin{settings: s}, nil
}

func (s Settings) validate() error {
	switch {
	case s.Fixes != "" && s.Fixes != "safe" && s.Fixes != "all":
		return fmt.Errorf(`settings: fixes is "safe" or "all", not %q`, s.Fixes)
	case s.DedupTable.Name != "" && !tableName.MatchString(s.DedupTable.Name):
		return fmt.Errorf("settings: dedup-table: %q is no name of a table", s.DedupTable.Name)
	case s.DedupTable.Name == "" && s.DedupTable.Key != "":
		return fmt.Errorf("settings: dedup-table: key %q, and no name", s.DedupTable.Key)
	}
	var known []string
	for _, c := range passes.Checks() {
		known = append(known, c.Name)
	}
	var unknown []string
	for name := range s.Checks {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("settings: there is no check %s; there are %s", strings.Join(unknown, ", "), strings.Join(known, ", "))
	}
	return nil
}

// on names the checks that are switched on.
func (s Settings) on() map[string]bool {
	out := map[string]bool{}
	for _, c := range passes.Checks() {
		on, set := s.Checks[c.Name]
		out[c.Name] = on || !set && c.On
	}
	return out
}

// A plugin is one configuration of the linter.
type plugin struct{ settings Settings }

// GetLoadMode asks for types.
func (*plugin) GetLoadMode() string { return register.LoadModeTypesInfo }

// BuildAnalyzers returns an analyzer for each check that is switched on, and those that they require, since
// golangci-lint caches findings under the names of the analyzers that it is given.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	suite := passes.New()
	suite.SetTests(p.settings.Tests)
	suite.SetFixes(p.settings.Fixes == "all")
	if t := p.settings.DedupTable; t.Name != "" {
		suite.SetClaimTable(passes.ClaimTable{Name: t.Name, Key: cmp.Or(t.Key, "id")})
	}
	on := p.settings.on()
	var out []*analysis.Analyzer
	for _, a := range suite.Analyzers() {
		if on[a.Name] {
			out = append(out, plain(a))
		}
	}
	id, err := version()
	if err != nil {
		return nil, fmt.Errorf("ddbvet: %w", err)
	}
	return append(out, stamp(out, id)...), nil
}

// plain makes an analyzer report as golangci-lint can show it: one line, nothing related, one fix.
func plain(a *analysis.Analyzer) *analysis.Analyzer {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		p := *pass
		p.Report = func(d analysis.Diagnostic) {
			d.Message, _, _ = strings.Cut(d.Message, "\n")
			d.Related = nil
			d.SuggestedFixes = d.SuggestedFixes[:min(1, len(d.SuggestedFixes))]
			pass.Report(d)
		}
		return run(&p)
	}
	return a
}
