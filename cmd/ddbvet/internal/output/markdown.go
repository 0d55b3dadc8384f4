package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// Markdown writes a table of the findings, and below it the schedule of each, for the summary of a job.
func Markdown(w io.Writer, run Run) Handler { return &markdown{w: w, run: run} }

type markdown struct {
	w        io.Writer
	run      Run
	findings []finding.Finding
}

func (h *markdown) Finding(f finding.Finding) error {
	h.findings = append(h.findings, f)
	return nil
}

func (h *markdown) End() error {
	var b strings.Builder
	fmt.Fprintf(&b, "### ddbvet: %d finding%s\n", len(h.findings), plural(len(h.findings)))
	if len(h.findings) > 0 {
		b.WriteString("\n| Check | Where | What |\n|---|---|---|\n")
	}
	for _, f := range h.findings {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", link(f.Check, f.URL), code(f.Pos.String()), cell(f.Message))
	}
	for _, f := range h.findings {
		if len(f.Schedule) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n| | Client | Does |\n|---|---|---|\n", cell(f.Pos.String()))
		for i, s := range f.Schedule {
			fmt.Fprintf(&b, "| %d | %s | %s |\n", i+1, cell(s.Client), cell(s.Does))
		}
		b.WriteString("\n</details>\n")
	}
	for _, f := range h.run.Failures {
		fmt.Fprintf(&b, "\nNot analysed: %s\n", cell(f))
	}
	_, err := io.WriteString(h.w, b.String())
	return err
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// escapeCell keeps text on its line of the table and out of Markdown's and HTML's syntax.
var escapeCell = strings.NewReplacer("\r", " ", "\n", " ", "&", "&amp;", "<", "&lt;", ">", "&gt;", "|", `\|`, "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "\\", `\\`)

func cell(s string) string { return escapeCell.Replace(s) }

func code(s string) string { return "<code>" + cell(s) + "</code>" }

func link(text, url string) string {
	if url == "" {
		return cell(text)
	}
	return fmt.Sprintf("[%s](<%s>)", cell(text), strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "", "|", "%7C").Replace(url))
}
