package gate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// output is what one run of go vet said.
type output struct {
	// payloads by unit: "p", or "p [p.test]" with tests.
	payloads map[string]string
	// failed holds the first error of each package that has one.
	failed []failure
	// loose are lines that belong to no package.
	loose []string
}

// A failure is a package that could not be analysed.
type failure struct {
	unit, message string
}

// parseJSON reads the stream of objects that the units printed, one unit {"id": {"analyzer": [diagnostic] or error}} each.
// Lines of comment, "# package", stood between them in some versions of the go command.
func (o *output) parseJSON(stdout []byte, analyzer string) error {
	for {
		stdout = bytes.TrimLeft(stdout, " \t\r\n")
		if len(stdout) == 0 {
			return nil
		}
		if stdout[0] == '#' {
			_, stdout, _ = bytes.Cut(stdout, []byte("\n"))
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(stdout))
		var units map[string]map[string]json.RawMessage
		if err := dec.Decode(&units); err != nil {
			return fmt.Errorf("cannot read what go vet printed: %v", err)
		}
		stdout = stdout[dec.InputOffset():]
		for unit, analyzers := range units {
			if err := o.add(unit, analyzers[analyzer]); err != nil {
				return err
			}
		}
	}
}

func (o *output) add(unit string, result json.RawMessage) error {
	var diagnostics []struct{ Message string }
	if err := json.Unmarshal(result, &diagnostics); err == nil {
		for _, d := range diagnostics {
			o.payloads[unit] = d.Message
		}
		return nil
	}
	var failed struct{ Error string }
	if err := json.Unmarshal(result, &failed); err != nil {
		return fmt.Errorf("cannot read what go vet printed of %s: %v", unit, err)
	}
	o.failed = append(o.failed, failure{unit, failed.Error})
	return nil
}

// parseErrors reads what the go command wrote to stderr: blocks of "# package" and the lines of its compiler
// or of the vettool, and lines of its own. The vettool's lines begin with its name.
func (o *output) parseErrors(stderr, tool string) {
	unit, named := "", false
	for line := range strings.Lines(stderr) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "# ["): // repeats the package for a build with its tests
		case strings.HasPrefix(line, "# "):
			unit, named = strings.TrimPrefix(line, "# "), false
		case isChatter(line):
		case unit == "" && strings.HasPrefix(line, "\t"): // goes on about the line before
		case unit == "":
			o.loose = append(o.loose, line)
		case !named:
			named = true
			message := strings.TrimPrefix(strings.TrimPrefix(line, tool+": "), "ddbvet: ")
			o.failed = append(o.failed, failure{unit, message})
		}
	}
}

func isChatter(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "go: downloading ") || strings.HasPrefix(line, "go: finding ") ||
		strings.HasPrefix(line, "go: warning: ")
}

// path is a unit's package without the brackets of its test variant.
func path(unit string) string {
	p, _, _ := strings.Cut(unit, " [")
	return p
}

var position = regexp.MustCompile(`^(\S[^:]*\.go):(\d+)`)

// ofTestFile tells whether an error stands in a _test.go file.
func (f failure) ofTestFile() bool {
	m := position.FindStringSubmatch(f.message)
	return m != nil && strings.HasSuffix(m[1], "_test.go")
}
