package output

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// CodeClimate writes the report that GitLab shows as code quality in a merge request
// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
func CodeClimate(w io.Writer, _ Run) Handler {
	return &codeClimate{w: w, issues: []climateIssue{}, seen: make(map[string]int)}
}

type codeClimate struct {
	w      io.Writer
	issues []climateIssue
	seen   map[string]int
}

type climateIssue struct {
	Type        string          `json:"type"`
	CheckName   string          `json:"check_name"`
	Description string          `json:"description"`
	Categories  []string        `json:"categories"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"`
	Location    climateLocation `json:"location"`
}

type climateLocation struct {
	Path  string       `json:"path"`
	Lines climateLines `json:"lines"`
}

type climateLines struct {
	Begin int `json:"begin"`
}

func (h *codeClimate) Finding(f finding.Finding) error {
	severity := "major"
	if f.Confidence == finding.High {
		severity = "critical"
	}
	// GitLab drops an issue whose fingerprint it has seen, so a second finding of the same kind in one function counts on.
	n := h.seen[f.Fingerprint]
	h.seen[f.Fingerprint]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s#%d", f.Fingerprint, n))
	h.issues = append(h.issues, climateIssue{
		Type: "issue", CheckName: f.Check, Description: f.Message, Categories: []string{"Bug Risk"},
		Fingerprint: hex.EncodeToString(sum[:16]), Severity: severity,
		Location: climateLocation{Path: f.Pos.File, Lines: climateLines{Begin: f.Pos.Line}},
	})
	return nil
}

func (h *codeClimate) End() error {
	enc := json.NewEncoder(h.w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(h.issues)
}
