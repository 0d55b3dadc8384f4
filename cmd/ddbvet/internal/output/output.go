// Package output renders findings. Every form is a handler of the same stream: the findings in their order, one by one,
// and then the end.
package output

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// A Run is what the handlers know before the first finding.
type Run struct {
	// Dir is the folder that the files of findings are relative to.
	Dir string
	// Version of ddbvet.
	Version string
	// Checks are all checks, for the forms that describe them.
	Checks []suite.Check
}

// A Handler writes findings in one form.
type Handler interface {
	// Finding takes the next finding.
	Finding(f finding.Finding) error
	// End finishes the document; it is called once, also when there was no finding.
	End() error
}

// Emit gives all findings to all handlers.
func Emit(findings []finding.Finding, handlers ...Handler) error {
	for _, h := range handlers {
		for _, f := range findings {
			if err := h.Finding(f); err != nil {
				return err
			}
		}
		if err := h.End(); err != nil {
			return err
		}
	}
	return nil
}

// sources reads lines of the analysed files, each file once.
type sources struct {
	dir   string
	files map[string][][]byte
}

func newSources(dir string) *sources {
	return &sources{dir: dir, files: make(map[string][][]byte)}
}

// line gives a line of a file without its end, "" when there is none: the file may be generated or gone.
func (s *sources) line(file string, n int) string {
	lines := s.lines(file)
	if n < 1 || n > len(lines) {
		return ""
	}
	return string(lines[n-1])
}

func (s *sources) lines(file string) [][]byte {
	lines, ok := s.files[file]
	if ok {
		return lines
	}
	path := filepath.FromSlash(file)
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	if data, err := os.ReadFile(path); err == nil {
		lines = bytes.Split(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"))
	}
	s.files[file] = lines
	return lines
}
