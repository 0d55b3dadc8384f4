// Package passes lists the analyzers of ddbvet, in one place.
package passes

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/passes/batchwrite"
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/readwrite"
	"github.com/ddbvet/ddbvet/passes/streams"
)

// A Check describes one check of the suite.
type Check struct {
	Name, Summary, Doc, URL string
	// On is false for an advisory check, which runs only when asked for.
	On bool
	// Fix says what the suggested fix does; empty when there is none.
	Fix string
}

// A Suite is one configuration of all analyzers; two suites can live in one process.
type Suite struct {
	tests     bool
	inference *analysis.Analyzer
}

// New returns a suite.
func New() *Suite {
	s := &Suite{}
	s.inference = compose.NewAnalyzer(compose.Options{Tests: &s.tests})
	return s
}

// SetTests asks for findings in _test.go files as well.
func (s *Suite) SetTests(on bool) { s.tests = on }

// Checks lists every check.
func Checks() []Check {
	var out []Check
	add := func(c report.Check) {
		first, _, _ := strings.Cut(c.Doc, "\n")
		_, summary, _ := strings.Cut(first, ": ")
		out = append(out, Check{Name: c.Name, Summary: summary, Doc: c.Doc, URL: report.URL(c.Name), On: c.On, Fix: c.Fix})
	}
	for _, c := range readwrite.Checks() {
		add(report.Check{Name: c.Name, Doc: c.Doc, On: c.On, Fix: c.Fix})
	}
	for _, c := range slices.Concat(batchwrite.Checks(), streams.Checks()) {
		add(c)
	}
	return out
}

// find reports what the functions of a universe's own packages hold.
func find(u *compose.Universe) []finding.Finding {
	bodies := u.Bodies()
	return slices.Concat(readwrite.Find(u, bodies), batchwrite.Find(u, bodies), streams.Find(u, bodies))
}

// Analyzers returns one analyzer for each check. Advisory checks are silent unless their flag -on is set.
func (s *Suite) Analyzers() []*analysis.Analyzer {
	var out []*analysis.Analyzer
	for _, c := range Checks() {
		out = append(out, s.analyzer(c))
	}
	return out
}

func (s *Suite) analyzer(c Check) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: c.Name, Doc: c.Doc, URL: c.URL, Requires: []*analysis.Analyzer{s.inference},
		Run: func(pass *analysis.Pass) (any, error) {
			r := pass.ResultOf[s.inference].(*compose.Result)
			for _, f := range find(r.Universe) {
				if f.Check == c.Name {
					pass.Report(analysis.Diagnostic{Pos: place(pass, f.Pos), Category: f.Check, Message: f.Message, URL: f.URL})
				}
			}
			return nil, nil
		},
	}
}

// place finds a position of a finding in the files of a pass.
func place(pass *analysis.Pass, p finding.Pos) token.Pos {
	for _, f := range pass.Files {
		tf := pass.Fset.File(f.FileStart)
		if tf != nil && tf.Name() == p.File && p.Line > 0 && p.Line <= tf.LineCount() {
			return tf.LineStart(p.Line) + token.Pos(max(p.Col-1, 0))
		}
	}
	if len(pass.Files) > 0 {
		return pass.Files[0].Package
	}
	return token.NoPos
}

// Handover returns the analyzer by which a package's run gives its Summaries to the gate: it reports one
// diagnostic whose message is the hand-over.
func (s *Suite) Handover() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "handover", Doc: "hand over what the gate of ddbvet composes\n\nNot for users: the message is in a form of ddbvet's own.",
		Requires: []*analysis.Analyzer{s.inference},
		Run: func(pass *analysis.Pass) (any, error) {
			r := pass.ResultOf[s.inference].(*compose.Result)
			text, err := compose.Handover(r.Package)
			if err != nil {
				return nil, err
			}
			pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Message: text})
			return nil, nil
		},
	}
}

// Config selects what Compose reports.
type Config struct {
	// Checks are the names of the checks that are switched on.
	Checks map[string]bool
	// Tests asks for findings in _test.go files.
	Tests bool
}

// A Report is what Compose has found.
type Report struct {
	Findings []finding.Finding
	// Bounds says what a bound has cut off, Crashes which functions could not be analysed.
	Bounds  []string
	Crashes []string
}

// Compose puts the hand-overs of all packages together and reports what they hold. A hand-over of another
// version of ddbvet is an error.
func Compose(handovers []string, cfg Config) (Report, error) {
	var rep Report
	u := compose.New()
	for _, h := range handovers {
		p, err := compose.Takeover(h)
		if err != nil {
			return rep, err
		}
		u.Add(p)
		rep.Crashes = append(rep.Crashes, p.Crashes...)
	}
	for _, f := range find(u) {
		if cfg.Checks[f.Check] {
			rep.Findings = append(rep.Findings, f)
		}
	}
	slices.SortStableFunc(rep.Findings, func(x, y finding.Finding) int {
		return cmp.Or(cmp.Compare(x.Pos.File, y.Pos.File), cmp.Compare(x.Pos.Line, y.Pos.Line), cmp.Compare(x.Pos.Col, y.Pos.Col), cmp.Compare(x.Check, y.Check))
	})
	rep.Crashes = append(rep.Crashes, u.Crashes...)
	for reason, n := range u.Bounds {
		rep.Bounds = append(rep.Bounds, fmt.Sprintf("%s (%d times)", reason, n))
	}
	slices.Sort(rep.Bounds)
	return rep, nil
}
