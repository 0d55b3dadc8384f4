// Package toy is an analysis of a few lines for the tests of the drivers: a function that calls something named
// Read and after it something named Write is a finding. It has facts, a hand-over and a composition, so that
// everything a driver does can be tested without the real analysis, whose answers change while it is built.
package toy

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"os"
	"reflect"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// version begins each payload.
const version = "toy1 "

const url = "https://example.com/checks/"

// reads is the fact of a function that calls Read or a function with the fact.
type reads struct{}

func (*reads) AFact()         {}
func (*reads) String() string { return "reads" }

// Suite has a check that is on, toylost, and an advisory one, toysmell.
func Suite() suite.Suite {
	infer := inference()
	on, smell := analyzer("toylost", infer), analyzer("toysmell", infer)
	on.Flags.String("table", "", "a flag of the analyzer")
	return suite.Suite{
		Checks: []suite.Check{
			{Name: "toylost", Summary: "a write after a read", Doc: "toylost reports a write after a read.\n", URL: url + "toylost", On: true, Fix: "adds a condition"},
			{Name: "toysmell", Summary: "two writes", Doc: "toysmell reports two writes.\n", URL: url + "toysmell"},
		},
		Analyzers: []*analysis.Analyzer{on, smell},
		Handover:  handover(infer),
		SetTests:  func(bool) {}, // the driver leaves the files out
		SetFixes:  func(bool) {},
		Fixes:     fixes,
		Compose:   compose,
		Packages:  suite.Packages{Table: none, Entrance: none},
	}
}

// none is what the analysis knows of packages.
func none(string) bool { return false }

// inference finds what the others report and exports the facts.
func inference() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "toyinfer", Doc: "toyinfer finds", FactTypes: []analysis.Fact{new(reads)}, ResultType: reflect.TypeFor[[]found](),
		Run: func(pass *analysis.Pass) (any, error) {
			if err := note(pass.Pkg.Path()); err != nil {
				return nil, err
			}
			return inPackage(pass), nil
		},
	}
}

// note appends the package to the file that TOY_LOG names, so that a test sees what is analysed and what comes
// out of the go command's cache.
func note(path string) error {
	name := os.Getenv("TOY_LOG")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, path); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func analyzer(name string, infer *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: name, Doc: name + " is a check for tests", URL: url + name, Requires: []*analysis.Analyzer{infer},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, f := range pass.ResultOf[infer].([]found) {
				if f.found.Check == name && f.found.Suppressed == "" {
					pass.Report(analysis.Diagnostic{Pos: f.node.Pos(), End: f.node.End(), Message: f.found.Message})
				}
			}
			return nil, nil
		},
	}
}

func handover(infer *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "handover", Doc: "handover gives the gate what the package holds", Requires: []*analysis.Analyzer{infer},
		Run: func(pass *analysis.Pass) (any, error) {
			all := []finding.Finding{}
			for _, f := range pass.ResultOf[infer].([]found) {
				all = append(all, f.found)
			}
			data, err := json.Marshal(all)
			if err != nil {
				return nil, err
			}
			pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Name.Pos(), Message: version + string(data)})
			return nil, nil
		},
	}
}

func compose(handovers []string, cfg suite.Config) (suite.Report, error) {
	var r suite.Report
	if err := note("composed"); err != nil {
		return r, err
	}
	for _, h := range handovers {
		data, ok := strings.CutPrefix(h, version)
		if !ok {
			return r, errors.New("a payload of another version")
		}
		var all []finding.Finding
		if err := json.Unmarshal([]byte(data), &all); err != nil {
			return r, err
		}
		for _, f := range all {
			if strings.Contains(f.Function.Name, "Crash") {
				r.Crashes = append(r.Crashes, f.Function.Name+": index out of range")
			}
			if cfg.Checks[f.Check] {
				r.Findings = append(r.Findings, f)
			}
		}
	}
	r.Bounds = []string{"recursion: 0 calls cut off"}
	sort.SliceStable(r.Findings, func(i, j int) bool { return r.Findings[i].Pos.Before(r.Findings[j].Pos) })
	return r, nil
}

type found struct {
	node  ast.Node
	found finding.Finding
}

func inPackage(pass *analysis.Pass) []found {
	var all []found
	for _, file := range pass.Files {
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				all = append(all, inFunc(pass, fn)...)
			}
		}
	}
	return all
}

func inFunc(pass *analysis.Pass, fn *ast.FuncDecl) []found {
	var read, write *ast.CallExpr
	var all []found
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch name := calledName(call); {
		case name == "Read" || hasFact(pass, call):
			read = call
		case name == "Write" && read != nil:
			all = append(all, report(pass, "toylost", fn, read, call))
		case name == "Write" && write != nil:
			all = append(all, report(pass, "toysmell", fn, write, call))
		case name == "Write":
			write = call
		}
		return true
	})
	if obj := pass.TypesInfo.Defs[fn.Name]; read != nil && obj != nil {
		pass.ExportObjectFact(obj, new(reads))
	}
	return all
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func hasFact(pass *analysis.Pass, call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && pass.TypesInfo.Uses[sel.Sel] != nil && pass.ImportObjectFact(pass.TypesInfo.Uses[sel.Sel], new(reads))
}

func report(pass *analysis.Pass, check string, fn *ast.FuncDecl, read, write *ast.CallExpr) found {
	at := func(n ast.Node) finding.Pos {
		p := pass.Fset.Position(n.Pos())
		return finding.Pos{File: p.Filename, Line: p.Line, Col: p.Column}
	}
	r, w, f := at(read), at(write), at(fn.Name)
	path, _, _ := strings.Cut(pass.Pkg.Path(), " ")
	suppressed := ""
	if strings.Contains(fn.Name.Name, "Quiet") {
		suppressed = "only one client runs this"
	}
	return found{write, finding.Finding{
		Suppressed: suppressed,
		Check:      check, Confidence: finding.High,
		Message:  fmt.Sprintf("%s writes what it read: another client's change is lost (%s)", fn.Name.Name, check),
		Pos:      w,
		Function: finding.Function{Name: fn.Name.Name, File: f.File, Line: f.Line, Package: path},
		Reads: []finding.Access{{Op: "GetItem", Table: "toys", File: r.File, Line: r.Line, Col: r.Col,
			Via: []finding.Frame{{Name: "Read", File: r.File, Line: r.Line}}}},
		Writes:  []finding.Access{{Op: "PutItem", Table: "toys", File: w.File, Line: w.Line, Col: w.Col, Guard: "nothing"}},
		Depends: []finding.Dependence{{On: "item", Kind: "value"}},
		Schedule: []finding.Step{{Client: "A", Does: "GetItem n = 1"}, {Client: "B", Does: "GetItem n = 1"},
			{Client: "B", Does: "PutItem n = 2"}, {Client: "A", Does: "PutItem n = 2: B's <update> is lost"}},
		Fingerprint: strings.Join([]string{check, path, fn.Name.Name, "GetItem", "PutItem"}, ":"),
		URL:         url + check,
	}}
}
