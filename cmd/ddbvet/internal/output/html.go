package output

import (
	_ "embed"
	"html/template"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

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
	Repairs []htmlRepair
}

// Title is the message without the check's name at its end, which the page shows above it.
func (f htmlFinding) Title() string { return strings.TrimSuffix(f.Message, ": "+f.Check) }

// htmlRepair is a fix, file by file.
type htmlRepair struct {
	Title string
	Files []htmlPatch
}

// htmlPatch is what a fix does to one file: hunks of lines that stay, go and come.
type htmlPatch struct {
	Name  string
	Hunks [][]htmlChange
}

type htmlChange struct{ Class, Sign, Text string }

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
	for _, fix := range f.Fixes {
		x.Repairs = append(x.Repairs, htmlRepair{fix.Title, h.patches(fix.Edits)})
	}
	h.findings = append(h.findings, x)
	return nil
}

// patches shows the edits of a fix in their files, in the order in which the fix names them.
func (h *pageHandler) patches(edits []finding.Edit) []htmlPatch {
	var out []htmlPatch
	byFile := make(map[string][]udiff.Edit)
	for _, e := range edits {
		if byFile[e.File] == nil {
			out = append(out, htmlPatch{Name: e.File})
		}
		byFile[e.File] = append(byFile[e.File], udiff.Edit{Start: e.Start, End: e.End, New: e.New})
	}
	for i := range out {
		out[i].Hunks = hunks(string(h.sources.get(out[i].Name).data), byFile[out[i].Name])
	}
	return out
}

// hunks gives the lines that edits change, and those around them. A file that has changed since the analysis has none.
func hunks(text string, edits []udiff.Edit) [][]htmlChange {
	diff, err := udiff.ToUnified("a", "b", text, edits, 2)
	if err != nil {
		return nil
	}
	var out [][]htmlChange
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "@@") {
			out = append(out, nil)
		} else if n := len(out); n > 0 {
			out[n-1] = append(out[n-1], change(strings.TrimRight(line, "\r\n")))
		}
	}
	for _, h := range out {
		dedent(len(h), func(i int) *string { return &h[i].Text })
	}
	return out
}

// change is one line of a unified diff.
func change(line string) htmlChange {
	c := htmlChange{Sign: line[:1], Text: expand(line[1:])}
	switch c.Sign {
	case "-":
		c.Class, c.Sign = "del", "−"
	case "+":
		c.Class = "add"
	}
	return c
}

// breakable lets a line end within a long name: before the name of a method, after a slash.
func breakable(s string) template.HTML {
	return template.HTML(joint.ReplaceAllStringFunc(template.HTMLEscapeString(s), func(at string) string { return at[:1] + "<wbr>" + at[1:] }))
}

// joint is where a name may be broken. None is within what HTMLEscapeString writes for a character.
var joint = regexp.MustCompile(`[a-z)\]]\.[A-Z]|/[A-Za-z]`)

// around gives the lines about a line, as many on both sides.
func (h *pageHandler) around(file string, line, context int) []htmlLine {
	src := h.sources.get(file)
	var lines []htmlLine
	for n := max(1, line-context); n <= line+context && n <= len(src.starts); n++ {
		lines = append(lines, htmlLine{Number: n, Text: expand(src.line(n)), Mark: n == line})
	}
	dedent(len(lines), func(i int) *string { return &lines[i].Text })
	return lines
}

// dedent takes from lines the blanks that all of them begin with: a phone has no room for them.
func dedent(n int, text func(i int) *string) {
	common := -1
	for i := range n {
		if line := *text(i); strings.TrimSpace(line) != "" {
			if indent := len(line) - len(strings.TrimLeft(line, " ")); common < 0 || indent < common {
				common = indent
			}
		}
	}
	for i := range n {
		line := text(i)
		*line = (*line)[min(max(common, 0), len(*line)):]
	}
}

// htmlCount is how often a check spoke.
type htmlCount struct {
	Check, Summary string
	Count          int
}

func (h *pageHandler) End() error {
	t, err := template.New("page").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }, "breakable": breakable}).Parse(page)
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
