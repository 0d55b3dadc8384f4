package main

import (
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes"
)

// builtin is the analysis that the command runs.
func builtin() suite.Suite {
	all := passes.New()
	s := suite.Suite{
		Analyzers: all.Analyzers(),
		Handover:  all.Handover(),
		SetTests:  all.SetTests,
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
