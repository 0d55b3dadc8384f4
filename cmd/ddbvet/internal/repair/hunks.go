package repair

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// hunk matches the head of a hunk: where it begins before the change, how many lines it has, and the same after it. One
// line is not counted.
var hunk = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// numbered gives the hunks of a unified diff the lines at which they begin after the change: go-udiff 0.4.1 miscounts them
// behind a hunk with several changes.
func numbered(diff string) string {
	lines := strings.SplitAfter(diff, "\n")
	grown := 0
	for i, line := range lines {
		m := hunk.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		from, before, after := number(m[1]), count(m[2]), count(m[4])
		to := from + grown
		if before == 0 { // it begins behind the line that it names
			to++
		}
		if after == 0 {
			to--
		}
		grown += after - before
		lines[i] = fmt.Sprintf("@@ -%s +%s @@%s", span(from, m[2]), span(to, m[4]), line[len(m[0]):])
	}
	return strings.Join(lines, "")
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // digits, by the pattern
	return n
}

// count is how many lines a hunk has.
func count(text string) int {
	if text == "" {
		return 1
	}
	return number(text)
}

func span(from int, lines string) string {
	if lines == "" {
		return strconv.Itoa(from)
	}
	return strconv.Itoa(from) + "," + lines
}
