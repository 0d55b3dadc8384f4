package main

import (
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// builtin is the analysis that the command runs.
func builtin() suite.Suite {
	all := passes.New()
	s := suite.Suite{
		Analyzers: all.Analyzers(),
		Handover:  all.Handover(),
		SetTests:  all.SetTests,
		SetFixes:  all.SetFixes,
		Fixes:     fixes,
		Compose:   compose,
		Packages:  suite.Packages{Table: passes.KnownPackage, Entrance: passes.ReachesDynamoDB},
	}
	for _, c := range passes.Checks() {
		s.Checks = append(s.Checks, suite.Check(c))
	}
	return s
}

func compose(handovers []string, cfg suite.Config) (suite.Report, error) {
	r, err := passes.Compose(handovers, passes.Config{Checks: cfg.Checks, Tests: cfg.Tests})
	return suite.Report{Findings: r.Findings, Bounds: r.Bounds, Crashes: r.Crashes}, err
}

func fixes(src suite.Source, f *finding.Finding) ([]finding.Fix, error) {
	from := &passes.FixSource{Fset: src.Fset, Whole: src.Whole, Tests: src.Tests, Read: src.Read}
	for _, p := range src.Packages {
		from.Packages = append(from.Packages, (*passes.FixPackage)(&p))
	}
	return passes.Fixes(from, f)
}
