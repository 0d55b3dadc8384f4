// Package baseline knows which findings were there before: by a file of fingerprints, or by the analysis of an older revision.
package baseline

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// header is the first line of a baseline; its number changes when fingerprints do.
const header = "# ddbvet baseline 1"

// A Set holds fingerprints, each as often as it occurs: a function may hold two findings of one kind.
type Set map[string]int

// Of gives the fingerprints of findings.
func Of(findings []finding.Finding) Set {
	s := make(Set)
	for _, f := range findings {
		s[clean(f.Fingerprint)]++
	}
	return s
}

// Split parts findings into those that are new and those that the set holds, in their order.
func (s Set) Split(findings []finding.Finding) (fresh, known []finding.Finding) {
	used := make(Set)
	for _, f := range findings {
		if used[clean(f.Fingerprint)] < s[clean(f.Fingerprint)] {
			used[clean(f.Fingerprint)]++
			known = append(known, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	return fresh, known
}

// Read reads a baseline file. The order of its lines does not matter, so that what git merges is right.
func Read(file string) (Set, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the baseline: %v", err)
	}
	s := make(Set)
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if n == 1 {
			if line != header {
				return nil, fmt.Errorf("%s:1: not a baseline of this version: the first line is not %q", file, header)
			}
			continue
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fingerprint, _, ok := strings.Cut(line, "\t")
		if !ok || fingerprint == "" {
			return nil, fmt.Errorf("%s:%d: not a line of a baseline: %q", file, n, line)
		}
		s[fingerprint]++
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("cannot read the baseline: %v", err)
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("%s: empty: the first line is not %q", file, header)
	}
	return s, nil
}

// Write writes the findings as a baseline: sorted, one line each, without line numbers, so that it changes and
// merges no more than the findings do. The file is replaced at once or not at all.
func Write(file string, findings []finding.Finding) error {
	lines := make([]string, 0, len(findings))
	for _, f := range findings {
		lines = append(lines, strings.Join([]string{clean(f.Fingerprint), clean(f.Check), clean(f.Function.Name)}, "\t"))
	}
	sort.Strings(lines)
	text := header + "\n"
	for _, l := range lines {
		text += l + "\n"
	}
	if err := replace(file, []byte(text)); err != nil {
		return fmt.Errorf("cannot write the baseline: %v", err)
	}
	return nil
}

// clean keeps a field on its line and in its column.
func clean(s string) string { return strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(s) }

// replace puts data in place of a file's content. A link stays a link, and what is no ordinary file, /dev/stdout for
// instance, is written to.
func replace(file string, data []byte) error {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(file, data, 0o644)
	}
	t, err := os.CreateTemp(filepath.Dir(file), ".ddbvet-*")
	if err != nil {
		return err
	}
	defer os.Remove(t.Name()) // gone already when all went well
	if _, err := t.Write(data); err != nil {
		t.Close()
		return err
	}
	if err := t.Chmod(0o644); err != nil {
		t.Close()
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	return os.Rename(t.Name(), file)
}
