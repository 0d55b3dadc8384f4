// Package suite says what the drivers need from an analysis: its checks, its analyzers, the hand-over
// between the packages' runs and the gate, and the composition of what was handed over. The drivers
// know no more of it, so that their tests can run on an analysis of a few lines.
package suite

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A Check is one check as the command line shows it.
type Check struct {
	Name    string
	Summary string
	// Doc is the page that ddbvet explain prints.
	Doc string
	URL string
	// On tells that the check runs unless it is switched off; the others are advisory.
	On bool
	// Fix says what the suggested fix does; empty when there is none.
	Fix string
}

// Config is what the gate asks of Compose.
type Config struct {
	// Checks holds the names that are switched on.
	Checks map[string]bool
	// Tests tells whether findings in _test.go files are reported.
	Tests bool
}

// Report is what Compose gives.
type Report struct {
	// Findings are sorted; suppressed ones carry the reason.
	Findings []finding.Finding
	// Bounds says what a bound of the analysis cut off.
	Bounds []string
	// Crashes are "function: message" of analyses that failed.
	Crashes []string
}

// Packages say of import paths what the analysis knows of them, so that the vettool can decide from a unit's
// configuration what is worth its time. Each path stands for the packages below it too.
type Packages struct {
	// Table tells that a package's functions stand in a table, so that its source is never looked at.
	Table func(path string) bool
	// Entrance tells that a package that imports this one may come to speak of DynamoDB.
	Entrance func(path string) bool
}

// A Suite is an analysis as the drivers see it.
type Suite struct {
	Checks []Check
	// Analyzers has one analyzer for each check, for go vet.
	Analyzers []*analysis.Analyzer
	// Handover reports one diagnostic a package, whose message is the payload that Compose reads.
	Handover *analysis.Analyzer
	// Packages are those that the analysis knows.
	Packages Packages
	// SetTests asks the analyzers for findings in _test.go files as well.
	SetTests func(on bool)
	// Compose turns the payloads of all packages into findings. A payload that it cannot read,
	// one of another version for instance, is an error.
	Compose func(handovers []string, cfg Config) (Report, error)
	// SetFixes lets the analyzers suggest fixes that change what callers see as well.
	SetFixes func(all bool)
	// Fixes gives the fixes of a finding, the best one first. Files are named as Source.Fset names them. An error is one
	// of the analysis.
	Fixes func(src Source, f *finding.Finding) ([]finding.Fix, error)
}

// A Source is the typed syntax that fixes are made from.
type Source struct {
	Fset     *token.FileSet
	Packages []Package
	// Whole is set when Packages are all that can call one another.
	Whole bool
	// Tests are test files that are not among the Packages: parsed, and not checked.
	Tests []*ast.File
	// Read gives a file as it was parsed.
	Read func(file string) ([]byte, error)
}

// A Package is the typed syntax of one package, with comments.
type Package struct {
	Types *types.Package
	Info  *types.Info
	Files []*ast.File
}

// Check returns the check of that name.
func (s Suite) Check(name string) (Check, bool) {
	for _, c := range s.Checks {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
}
