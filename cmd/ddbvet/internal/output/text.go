package output

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// Text writes findings for people: the line that is at fault, then the read, the write, the calls that lead to them,
// the schedule of two clients that breaks the data, and the fix.
func Text(w io.Writer, run Run, color bool) Handler {
	return &text{w: w, sources: newSources(run), color: color}
}

type text struct {
	w       io.Writer
	sources *sources
	color   bool
	count   int
}

const (
	bold  = "1"
	faint = "2"
	red   = "31"
	green = "32"
	cyan  = "36"
)

func (t *text) paint(code, s string) string {
	if !t.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *text) Finding(f finding.Finding) error {
	var b bytes.Buffer
	if t.count > 0 {
		b.WriteByte('\n')
	}
	t.count++
	fmt.Fprintf(&b, "%s: %s\n", t.paint(bold, f.Pos.String()), t.paint(red, f.Message))
	t.source(&b, f.Pos)
	if f.Suppressed != "" {
		t.label(&b, "silenced", f.Suppressed)
	}
	if f.Function.Name != "" {
		t.label(&b, "in", f.Function.Name+t.at(f.Function.File, f.Function.Line))
	}
	for _, a := range f.Reads {
		t.access(&b, "read", a)
	}
	for _, a := range f.Writes {
		t.access(&b, "write", a)
	}
	t.schedule(&b, f.Schedule)
	for _, fix := range f.Fixes {
		t.label(&b, "fix", t.paint(green, fix.Title))
	}
	if f.URL != "" {
		t.label(&b, "more", f.URL)
	}
	_, err := t.w.Write(b.Bytes())
	return err
}

// source shows the line of a position with a mark below its column.
func (t *text) source(b *bytes.Buffer, p finding.Pos) {
	line := t.sources.line(p.File, p.Line)
	if strings.TrimSpace(line) == "" {
		return
	}
	number := fmt.Sprintf("%6d", p.Line)
	fmt.Fprintf(b, "%s %s\n", t.paint(faint, number+" |"), expand(line))
	if p.Col < 1 || p.Col > len(line) {
		return
	}
	indent := strings.Map(blank, expand(line[:p.Col-1]))
	fmt.Fprintf(b, "%s %s%s\n", t.paint(faint, "       |"), indent, t.paint(red, "^"))
}

// expand keeps tabs four columns wide, so that the mark stands where it should on every terminal.
func expand(s string) string { return strings.ReplaceAll(s, "\t", "    ") }

func blank(rune) rune { return ' ' }

func (t *text) label(b *bytes.Buffer, name, value string) {
	fmt.Fprintf(b, "  %s %s\n", t.paint(cyan, fmt.Sprintf("%-8s", name)), value)
}

func (t *text) at(file string, line int) string {
	if file == "" {
		return ""
	}
	return t.paint(faint, fmt.Sprintf("  %s:%d", file, line))
}

// access shows a request and, indented, the calls that lead to it.
func (t *text) access(b *bytes.Buffer, name string, a finding.Access) {
	t.label(b, name, a.Words()+t.at(a.File, a.Line))
	for _, frame := range a.Via {
		t.label(b, "", "  by "+frame.Name+t.at(frame.File, frame.Line))
	}
}

// schedule draws the steps of each client in a column of its own.
func (t *text) schedule(b *bytes.Buffer, steps []finding.Step) {
	indent := make(map[string]string)
	for i, s := range steps {
		if _, ok := indent[s.Client]; !ok {
			indent[s.Client] = strings.Repeat("    ", len(indent))
		}
		name := ""
		if i == 0 {
			name = "schedule"
		}
		t.label(b, name, indent[s.Client]+t.paint(bold, s.Client)+"  "+s.Does)
	}
}

func (t *text) End() error { return nil }
