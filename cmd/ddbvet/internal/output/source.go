package output

import (
	"bytes"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// sources reads the analysed files, each once.
type sources struct {
	run   Run
	files map[string]*source
}

func newSources(run Run) *sources {
	return &sources{run: run, files: make(map[string]*source)}
}

// source is a file; starts holds the offset of each of its lines.
type source struct {
	data   []byte
	starts []int
}

// get gives a file; one that is gone has no lines.
func (s *sources) get(file string) *source {
	if src, ok := s.files[file]; ok {
		return src
	}
	src := new(source)
	if data, err := os.ReadFile(s.run.find(file)); err == nil {
		src.data, src.starts = data, []int{0}
		for i, b := range data {
			if b == '\n' {
				src.starts = append(src.starts, i+1)
			}
		}
	}
	s.files[file] = src
	return src
}

// line gives a line of a file without its end, "" when there is none.
func (s *sources) line(file string, n int) string {
	return s.get(file).line(n)
}

func (s *source) line(n int) string {
	if n < 1 || n > len(s.starts) {
		return ""
	}
	rest := s.data[s.starts[n-1]:]
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return strings.ToValidUTF8(strings.TrimSuffix(string(line), "\r"), "\ufffd")
}

// position gives line and byte column, from 1, of an offset.
func (s *source) position(offset int) (line, col int, ok bool) {
	if offset < 0 || offset > len(s.data) || s.starts == nil {
		return 0, 0, false
	}
	line = 1
	for line < len(s.starts) && s.starts[line] <= offset {
		line++
	}
	return line, offset - s.starts[line-1] + 1, true
}

// utf16Column turns a column in bytes into one in UTF-16 code units, both from 1.
func (s *source) utf16Column(line, col int) int {
	text := s.line(line)
	if col < 1 || col-1 > len(text) {
		return col
	}
	units := 0
	for _, r := range text[:col-1] {
		if n := utf16.RuneLen(r); n > 0 && r != utf8.RuneError {
			units += n
		} else {
			units++
		}
	}
	return units + 1
}
