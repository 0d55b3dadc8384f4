package output

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// SARIF writes a log of version 2.1.0 of the Static Analysis Results Interchange Format
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). It is written also when there are no findings:
// only then does a code scanning service close what was fixed.
func SARIF(w io.Writer, run Run) Handler {
	h := &sarif{w: w, sources: newSources(run), rules: make(map[string]int)}
	h.run = sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "ddbvet", Version: run.Version, InformationURI: "https://github.com/ddbvet/ddbvet", Rules: []sarifRule{},
		}},
		Bases: map[string]sarifBase{
			sourceRoot: {Description: said("the folder in which ddbvet ran")},
			cacheRoot:  {Description: said("the go command's module cache: module@version/file")},
		},
		Invocations: []sarifInvocation{invocation(run.Failures)},
		ColumnKind:  "utf16CodeUnits",
		Results:     []sarifResult{},
	}
	for i, c := range run.Checks {
		h.rules[c.Name] = i
		h.run.Tool.Driver.Rules = append(h.run.Tool.Driver.Rules, rule(c))
	}
	return h
}

type sarif struct {
	w       io.Writer
	sources *sources
	rules   map[string]int
	run     sarifRun
}

func (h *sarif) End() error {
	enc := json.NewEncoder(h.w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{h.run},
	})
}

func (h *sarif) Finding(f finding.Finding) error {
	r := sarifResult{
		RuleID: f.Check, Level: level(f.Confidence), Message: said(f.Message),
		Locations:           []sarifLocation{h.location(f.Pos, f.Function)},
		PartialFingerprints: map[string]string{"ddbvet/v1": f.Fingerprint},
		Properties:          map[string]any{"confidence": f.Confidence},
	}
	if i, ok := h.rules[f.Check]; ok {
		r.RuleIndex = &i
	}
	for _, a := range append(append([]finding.Access{}, f.Reads...), f.Writes...) {
		l := h.at(finding.Pos{File: a.File, Line: a.Line, Col: a.Col}, a.Words())
		r.RelatedLocations = append(r.RelatedLocations, l)
	}
	if flow := h.flow(f); len(flow.ThreadFlows[0].Locations) > 0 {
		r.CodeFlows = []sarifCodeFlow{flow}
	}
	for _, fix := range f.Fixes {
		if changes, ok := h.changes(fix.Edits); ok {
			r.Fixes = append(r.Fixes, sarifFix{Description: said(fix.Title), ArtifactChanges: changes})
		}
	}
	h.run.Results = append(h.run.Results, r)
	return nil
}

// flow walks from the place where read and write meet to the read, then to the write.
func (h *sarif) flow(f finding.Finding) sarifCodeFlow {
	var steps []sarifThreadFlowLocation
	add := func(p finding.Pos, depth int, words string) {
		steps = append(steps, sarifThreadFlowLocation{Location: h.at(p, words), NestingLevel: depth})
	}
	for _, a := range append(append([]finding.Access{}, f.Reads...), f.Writes...) {
		for depth, frame := range a.Via {
			add(finding.Pos{File: frame.File, Line: frame.Line}, depth, "calls "+frame.Name)
		}
		add(finding.Pos{File: a.File, Line: a.Line, Col: a.Col}, len(a.Via), a.Words())
	}
	var schedule []string
	for _, s := range f.Schedule {
		schedule = append(schedule, s.Client+": "+s.Does)
	}
	flow := sarifCodeFlow{ThreadFlows: []sarifThreadFlow{{Locations: steps}}}
	if len(schedule) > 0 {
		m := said(strings.Join(schedule, "; "))
		flow.Message = &m
	}
	return flow
}

// changes turns edits into replacements, one list for each file. A file that cannot be read has no fix.
func (h *sarif) changes(edits []finding.Edit) ([]sarifArtifactChange, bool) {
	var changes []sarifArtifactChange
	index := make(map[string]int)
	for _, e := range edits {
		src := h.sources.get(e.File)
		line, col, ok := src.position(e.Start)
		endLine, endCol, ok2 := src.position(e.End)
		if !ok || !ok2 {
			return nil, false
		}
		i, seen := index[e.File]
		if !seen {
			i = len(changes)
			index[e.File] = i
			changes = append(changes, sarifArtifactChange{ArtifactLocation: artifact(e.File)})
		}
		changes[i].Replacements = append(changes[i].Replacements, sarifReplacement{
			DeletedRegion: sarifRegion{
				StartLine: line, StartColumn: src.utf16Column(line, col),
				EndLine: endLine, EndColumn: src.utf16Column(endLine, endCol),
			},
			InsertedContent: said(e.New),
		})
	}
	return changes, len(changes) > 0
}

func (h *sarif) location(p finding.Pos, fn finding.Function) sarifLocation {
	l := h.at(p, "")
	if fn.Name != "" {
		l.LogicalLocations = []sarifLogicalLocation{{
			Name: fn.Name, FullyQualifiedName: strings.TrimPrefix(fn.Package+"."+fn.Name, "."), Kind: "function",
		}}
	}
	return l
}

func (h *sarif) at(p finding.Pos, words string) sarifLocation {
	l := sarifLocation{PhysicalLocation: sarifPhysicalLocation{
		ArtifactLocation: artifact(p.File),
		Region:           sarifRegion{StartLine: max(p.Line, 1)},
	}}
	if p.Col > 0 {
		l.PhysicalLocation.Region.StartColumn = h.sources.get(p.File).utf16Column(p.Line, p.Col)
	}
	if words != "" {
		m := said(words)
		l.Message = &m
	}
	return l
}

// The roots that URIs are relative to: that of the analysed source, and the module cache, whose place is of no use to a reader.
const (
	sourceRoot = "%SRCROOT%"
	cacheRoot  = "GOMODCACHE"
)

// artifact names a file by a relative URI, as code scanning services want it.
func artifact(file string) sarifArtifactLocation {
	u, base := url.URL{Path: file}, sourceRoot
	if _, _, _, ok := ofModule(file); ok {
		base = cacheRoot
	}
	return sarifArtifactLocation{URI: u.String(), URIBaseID: base}
}

func rule(c suite.Check) sarifRule {
	r := sarifRule{
		ID: c.Name, Name: c.Name, ShortDescription: said(c.Summary), HelpURI: c.URL,
		Help:                 sarifMultiformat{Text: c.Doc, Markdown: c.Doc},
		DefaultConfiguration: sarifConfiguration{Enabled: c.On, Level: "warning"},
		Properties:           map[string]any{"tags": []string{"correctness", "dynamodb", "concurrency"}},
	}
	if c.Doc == "" {
		r.Help = sarifMultiformat{Text: c.Summary, Markdown: c.Summary}
	}
	return r
}

func invocation(failures []string) sarifInvocation {
	in := sarifInvocation{ExecutionSuccessful: len(failures) == 0}
	for _, f := range failures {
		in.Notifications = append(in.Notifications, sarifNotification{Level: "error", Message: said(f)})
	}
	return in
}

func level(confidence string) string {
	if confidence == finding.High {
		return "error"
	}
	return "warning"
}

func said(s string) sarifMessage { return sarifMessage{Text: s} }
