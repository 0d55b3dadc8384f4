package repair

import (
	"strings"
	"testing"
)

// TestDiffNumbers holds the heads of the hunks against both texts.
func TestDiffNumbers(t *testing.T) {
	var before, after []string
	for i := range 120 {
		line := strings.Repeat("x", i%7) + string(rune('a'+i%26))
		before = append(before, line)
		switch {
		case i == 10:
			after = append(after, "new 1", line)
		case i == 40 || i == 46:
			after = append(after, "inserted", "twice", line)
		case i == 43:
			after = append(after, "changed", "and", "much", "longer")
		case i >= 70 && i < 74:
		case i == 100:
			after = append(after, line, "new 2")
		default:
			after = append(after, line)
		}
	}
	text := func(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
	var b strings.Builder
	if err := (Plan{Files: []File{{Name: "a.go", Before: text(before), After: text(after)}}}).Diff(&b, ""); err != nil {
		t.Fatal(err)
	}
	hunks := 0
	var old, new int
	for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		if m := hunk.FindStringSubmatch(line); m != nil {
			hunks, old, new = hunks+1, number(m[1]), number(m[3])
			continue
		}
		if hunks == 0 {
			continue // names of files
		}
		if line[0] != '+' {
			if before[old-1] != line[1:] {
				t.Errorf("hunk %d says that line %d was %q, it was %q", hunks, old, line[1:], before[old-1])
			}
			old++
		}
		if line[0] != '-' {
			if after[new-1] != line[1:] {
				t.Errorf("hunk %d says that line %d is %q, it is %q", hunks, new, line[1:], after[new-1])
			}
			new++
		}
	}
	if hunks != 4 {
		t.Errorf("%d hunks, want 4\n%s", hunks, b.String())
	}
}
