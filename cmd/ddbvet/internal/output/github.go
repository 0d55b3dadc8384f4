package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// GitHub writes workflow commands that GitHub shows as annotations in the diff of a pull request
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
func GitHub(w io.Writer, _ Run) Handler { return &github{w} }

type github struct{ w io.Writer }

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (h *github) Finding(f finding.Finding) error {
	lines := []string{f.Message}
	for _, s := range f.Schedule {
		lines = append(lines, s.Client+": "+s.Does)
	}
	for _, fix := range f.Fixes {
		lines = append(lines, "fix: "+fix.Title)
	}
	if f.URL != "" {
		lines = append(lines, f.URL)
	}
	place := fmt.Sprintf("file=%s,line=%d", escapeProperty.Replace(f.Pos.File), f.Pos.Line)
	if f.Pos.Col > 0 {
		place += fmt.Sprintf(",col=%d", f.Pos.Col)
	}
	_, err := fmt.Fprintf(h.w, "::%s %s,title=%s::%s\n", level(f.Confidence), place,
		escapeProperty.Replace("ddbvet: "+f.Check), escapeData.Replace(strings.Join(lines, "\n")))
	return err
}

func (h *github) End() error { return nil }
