// Package passes lists the analyzers of ddbvet, in one place.
package passes

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/passes/batchwrite"
	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
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
	fixes     bool
	claims    ClaimTable
	inference *analysis.Analyzer
	judgement *analysis.Analyzer
}

// New returns a suite.
func New() *Suite {
	s := &Suite{}
	s.inference = compose.NewAnalyzer(compose.Options{Tests: &s.tests})
	s.judgement = &analysis.Analyzer{
		Name:       "ddbvetfindings",
		Doc:        "judge what a package reads from and writes to DynamoDB\n\nThe checks of ddbvet report what this analyzer has found.",
		URL:        "https://github.com/ddbvet/ddbvet/blob/main/docs/how-it-works.md",
		Requires:   []*analysis.Analyzer{s.inference},
		ResultType: reflect.TypeFor[[]finding.Finding](),
		Run: func(pass *analysis.Pass) (any, error) {
			return inPass(pass.ResultOf[s.inference].(*compose.Result)), nil
		},
	}
	return s
}

// SetTests asks for findings in _test.go files as well.
func (s *Suite) SetTests(on bool) { s.tests = on }

// SetFixes asks for fixes that change what callers see as well; they are left out otherwise, since go vet -fix and
// golangci-lint --fix apply whatever a diagnostic suggests.
func (s *Suite) SetFixes(all bool) { s.fixes = all }

// SetClaimTable names the table into which fixes put claims on records; without it they go beside the effect.
func (s *Suite) SetClaimTable(t ClaimTable) { s.claims = t }

// Checks lists every check.
func Checks() []Check {
	var out []Check
	add := func(c report.Check) {
		out = append(out, Check{Name: c.Name, Summary: summaryLine(c.Doc), Doc: c.Doc, URL: report.URL(c.Name), On: c.On, Fix: c.Fix})
	}
	for _, c := range readwrite.Checks() {
		add(c.Check)
	}
	for _, c := range slices.Concat(batchwrite.Checks(), streams.Checks()) {
		add(c)
	}
	return append(out, Check{Name: uselessIgnore, Summary: summaryLine(uselessIgnoreDoc), Doc: uselessIgnoreDoc, URL: report.URL(uselessIgnore), On: true})
}

// summaryLine is the first line of a page without the check's name.
func summaryLine(doc string) string {
	first, _, _ := strings.Cut(doc, "\n")
	_, line, _ := strings.Cut(first, ": ")
	return line
}

// find reports what some functions of a universe hold.
func find(u *compose.Universe, bodies []*compose.Body) []finding.Finding {
	deliveries := streams.Find(u, bodies)
	pairs := slices.DeleteFunc(readwrite.Find(u, bodies), func(f finding.Finding) bool { return streams.Names(deliveries, f) })
	return slices.Concat(pairs, batchwrite.Find(u, bodies), deliveries)
}

// Analyzers returns one analyzer for each check; which of them run is for the driver to decide.
func (s *Suite) Analyzers() []*analysis.Analyzer {
	var out []*analysis.Analyzer
	for _, c := range Checks() {
		out = append(out, s.analyzer(c))
	}
	return out
}

func (s *Suite) analyzer(c Check) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: c.Name, Doc: c.Doc, URL: c.URL, Requires: []*analysis.Analyzer{s.judgement},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, f := range pass.ResultOf[s.judgement].([]finding.Finding) {
				if f.Check == c.Name && f.Suppressed == "" {
					pass.Report(analysis.Diagnostic{
						Pos: place(pass, f.Pos), Category: f.Check, Message: f.Message, URL: f.URL, SuggestedFixes: s.suggest(pass, &f),
					})
				}
			}
			return nil, nil
		},
	}
}

// inPass finds what one package's run can see: the hazards of its own functions, and those of imported functions whose
// calls through interfaces and function values this package resolves. The latter are reported where it does so. Each is
// reported once, whichever of the functions around it were looked at.
func inPass(r *compose.Result) []finding.Finding {
	ignores := r.Universe.Ignores()
	move := func(f finding.Finding, at finding.Pos) finding.Finding { return elsewhere(ignored(f, ignores), at) }
	var wired []finding.Finding
	for _, w := range r.Universe.Wired(r.Package) {
		for _, f := range find(r.Universe, []*compose.Body{w.Body}) {
			if !reported(wired, f) {
				wired = append(wired, move(f, w.Pos))
			}
		}
	}
	var out []finding.Finding
	bodies := r.Universe.Bodies()
	for _, f := range find(r.Universe, bodies) {
		switch {
		case f.Function.Package == r.Package.Path:
			out = append(out, f)
		case !reported(wired, f) && !reported(out, f):
			out = append(out, move(f, f.From))
		}
	}
	open := waiting(bodies)
	return silence(append(out, wired...), r.Package.Directives, func(d summary.Directive) bool { return isOn(d.Check) && !slices.Contains(open, d) })
}

// waiting are the directives in functions whose calls other packages resolve: whether they silence something is seen there,
// and in the gate.
func waiting(bodies []*compose.Body) []summary.Directive {
	var out []summary.Directive
	for _, b := range bodies {
		if b.Unresolved() {
			out = append(out, b.Ignores...)
		}
	}
	return out
}

// reported tells whether a finding is among others, wherever they were placed.
func reported(others []finding.Finding, f finding.Finding) bool {
	return slices.ContainsFunc(others, func(g finding.Finding) bool { return g.Fingerprint == f.Fingerprint })
}

// elsewhere places a finding in a function of another package where this package has led to it.
func elsewhere(f finding.Finding, at finding.Pos) finding.Finding {
	f.Message = fmt.Sprintf("in %s (%s:%d): %s", f.Function.Name, filepath.Base(f.Function.File), f.Function.Line, f.Message)
	f.Pos = at
	return f
}

// isOn reports a check that is on by default.
func isOn(name string) bool {
	return slices.ContainsFunc(Checks(), func(c Check) bool { return c.Name == name && c.On })
}

// place finds a position of a finding in the files of a pass.
func place(pass *analysis.Pass, p finding.Pos) token.Pos {
	for _, f := range pass.Files {
		tf := pass.Fset.File(f.FileStart)
		if tf != nil && tf.Name() == p.File && p.Line > 0 && p.Line <= tf.LineCount() {
			return tf.LineStart(p.Line) + token.Pos(max(p.Col-1, 0))
		}
	}
	for _, f := range pass.Files {
		if pass.Fset.Position(f.Package).Filename == p.File {
			return placeBehind(pass.Fset, pass.Fset.File(f.FileStart), p)
		}
	}
	if len(pass.Files) > 0 {
		return pass.Files[0].Package
	}
	return token.NoPos
}

// placeBehind finds a position in a file that stands for another one by line directives, as cgo writes it.
func placeBehind(fset *token.FileSet, tf *token.File, p finding.Pos) token.Pos {
	for offset := range tf.Size() {
		if at := fset.Position(tf.Pos(offset)); at.Filename == p.File && at.Line == p.Line && at.Column >= p.Col {
			return tf.Pos(offset)
		}
	}
	return tf.Pos(0)
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
	var directives []summary.Directive
	u := compose.New()
	for _, h := range handovers {
		p, err := compose.Takeover(h)
		if err != nil {
			return rep, err
		}
		u.Add(p)
		rep.Crashes = append(rep.Crashes, p.Crashes...)
		directives = append(directives, p.Directives...)
	}
	u.Whole = true
	known := func(d summary.Directive) bool { return cfg.Checks[d.Check] }
	for _, f := range silence(find(u, u.Bodies()), directives, known) {
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
