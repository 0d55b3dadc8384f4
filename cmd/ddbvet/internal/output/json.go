package output

import (
	"encoding/json"
	"io"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// JSON writes {"findings": [...]}. Its lists are never null.
func JSON(w io.Writer, _ Run) Handler { return &jsonHandler{w: w, findings: []finding.Finding{}} }

type jsonHandler struct {
	w        io.Writer
	findings []finding.Finding
}

func (h *jsonHandler) Finding(f finding.Finding) error {
	h.findings = append(h.findings, f)
	return nil
}

func (h *jsonHandler) End() error {
	enc := json.NewEncoder(h.w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"findings": h.findings})
}
