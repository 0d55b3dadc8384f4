package output

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
)

//go:embed page.html
var page string

// HTML writes one page that needs nothing besides itself: each finding with its code, its trace and the schedule of the
// two clients as a timeline. Everything that comes from the analysed code passes through html/template.
func HTML(w io.Writer, run Run) Handler {
	return &pageHandler{w: w, run: run, sources: newSources(run)}
}

type pageHandler struct {
	w        io.Writer
	run      Run
	sources  *sources
	findings []htmlFinding
}

// htmlFinding is a finding as the page shows it.
type htmlFinding struct {
	finding.Finding
	ID    string
	Code  []htmlLine
	Steps []htmlStep
	// Clients are the lanes of the timeline.
	Clients []string
	Trace   []htmlAccess
}

type htmlAccess struct {
	finding.Access
	Role string
	Code []htmlLine
}

// htmlLine is a line of code; Mark tells the one that is meant.
type htmlLine struct {
	Number int
	Text   string
	Mark   bool
}

// htmlStep is a step in its lane, counted from 1.
type htmlStep struct {
	finding.Step
	Lane, Number int
	Last         bool
}

func (h *pageHandler) Finding(f finding.Finding) error {
	x := htmlFinding{Finding: f, ID: "f" + strconv.Itoa(len(h.findings)+1), Code: h.around(f.Pos.File, f.Pos.Line, 3)}
	lanes := make(map[string]int)
	for i, s := range f.Schedule {
		if _, ok := lanes[s.Client]; !ok {
			lanes[s.Client] = len(lanes) + 1
			x.Clients = append(x.Clients, s.Client)
		}
		x.Steps = append(x.Steps, htmlStep{Step: s, Lane: lanes[s.Client], Number: i + 1, Last: i == len(f.Schedule)-1})
	}
	for _, a := range f.Reads {
		x.Trace = append(x.Trace, htmlAccess{a, "read", h.around(a.File, a.Line, 2)})
	}
	for _, a := range f.Writes {
		x.Trace = append(x.Trace, htmlAccess{a, "write", h.around(a.File, a.Line, 2)})
	}
	h.findings = append(h.findings, x)
	return nil
}

// around gives the lines about a line, as many on both sides.
func (h *pageHandler) around(file string, line, context int) []htmlLine {
	src := h.sources.get(file)
	var lines []htmlLine
	for n := max(1, line-context); n <= line+context && n <= len(src.starts); n++ {
		lines = append(lines, htmlLine{Number: n, Text: expand(src.line(n)), Mark: n == line})
	}
	return lines
}

// htmlCount is how often a check spoke.
type htmlCount struct {
	Check, Summary string
	Count          int
}

func (h *pageHandler) End() error {
	t, err := template.New("page").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }}).Parse(page)
	if err != nil {
		return err
	}
	counts := make(map[string]int)
	for _, f := range h.findings {
		counts[f.Check]++
	}
	var checks []htmlCount
	for _, c := range h.run.Checks {
		if counts[c.Name] > 0 {
			checks = append(checks, htmlCount{c.Name, c.Summary, counts[c.Name]})
			delete(counts, c.Name)
		}
	}
	return t.Execute(h.w, map[string]any{"Run": h.run, "Findings": h.findings, "Checks": checks})
}
