package main

import (
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes"
)

// builtin is the analysis that the command runs.
func builtin() suite.Suite {
	p := passes.New()
	s := suite.Suite{Analyzers: p.Analyzers(), Handover: p.Handover(), Compose: compose}
	for _, c := range passes.Checks() {
		s.Checks = append(s.Checks, suite.Check{Name: c.Name, Summary: c.Summary, Doc: c.Doc, URL: c.URL, On: c.On, Fix: c.Fix})
	}
	return s
}

func compose(handovers []string, cfg suite.Config) (suite.Report, error) {
	r, err := passes.Compose(handovers, passes.Config{Checks: cfg.Checks, Tests: cfg.Tests})
	return suite.Report{Findings: r.Findings, Bounds: r.Bounds, Crashes: r.Crashes}, err
}
