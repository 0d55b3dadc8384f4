package repair

import (
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// TestPatchWith puts two fixes of one file together, whose imports end at byte 20.
func TestPatchWith(t *testing.T) {
	edit := func(start, end int, text string) finding.Edit {
		return finding.Edit{File: "a.go", Start: start, End: end, New: text}
	}
	tests := []struct {
		name string
		x, y []finding.Edit
		want int // edits together; -1 when they clash
	}{
		{"apart", []finding.Edit{edit(30, 31, "x")}, []finding.Edit{edit(40, 41, "y")}, 2},
		{"the same", []finding.Edit{edit(30, 31, "x")}, []finding.Edit{edit(30, 31, "x")}, 1},
		{"the same and another", []finding.Edit{edit(30, 30, "x")}, []finding.Edit{edit(30, 30, "x"), edit(50, 50, "z")}, 2},
		{"over each other", []finding.Edit{edit(30, 40, "x")}, []finding.Edit{edit(35, 45, "y")}, -1},
		{"at one place", []finding.Edit{edit(30, 30, "x")}, []finding.Edit{edit(30, 30, "y")}, -1},
		{"next to each other", []finding.Edit{edit(30, 35, "x")}, []finding.Edit{edit(35, 40, "y")}, -1},
		{"two imports at one place", []finding.Edit{edit(18, 18, "x")}, []finding.Edit{edit(18, 18, "y")}, 2},
		{"in two files", []finding.Edit{edit(30, 30, "x")}, []finding.Edit{{File: "b.go", Start: 30, End: 30, New: "y"}}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sum, ok := newPatch(finding.Fix{Edits: tt.x}).with(newPatch(finding.Fix{Edits: tt.y}), func(string) int { return 20 })
			if ok != (tt.want >= 0) {
				t.Fatalf("ok is %v", ok)
			}
			if n := len(sum["a.go"]) + len(sum["b.go"]); ok && n != tt.want {
				t.Errorf("%d edits, want %d: %v", n, tt.want, sum)
			}
		})
	}
}

// TestWithKeeps: a patch that something was added to is as it was, so that a fix can be left out again.
func TestWithKeeps(t *testing.T) {
	p := newPatch(finding.Fix{Edits: []finding.Edit{{File: "a.go", Start: 1, End: 2, New: "x"}}})
	more := newPatch(finding.Fix{Edits: []finding.Edit{{File: "a.go", Start: 5, End: 6, New: "y"}}})
	if _, ok := p.with(more, func(string) int { return 0 }); !ok || len(p["a.go"]) != 1 {
		t.Errorf("after with: %v, %v", p, ok)
	}
}

// TestFinish makes the edits of a file: imports without a use go, those that came twice are one, line ends stay.
func TestFinish(t *testing.T) {
	const src = "package a\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nvar x = fmt.Sprint(os.Args)\n"
	tests := []struct{ name, old, new, want string }{
		{"an import without a use", "os.Args", "1", "package a\n\nimport (\n\t\"fmt\"\n)\n\nvar x = fmt.Sprint(1)\n"},
		{"an import that came twice", "\t\"os\"\n", "\t\"os\"\n\t\"os\"\n", src},
		{"spaces", "fmt.Sprint(os.Args)", "fmt.Sprint( os.Args )", src},
	}
	for _, crlf := range []bool{false, true} {
		for _, tt := range tests {
			text, want := src, tt.want
			if crlf {
				text, want, tt.old = strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(want, "\n", "\r\n"), strings.ReplaceAll(tt.old, "\n", "\r\n")
			}
			p := &program{content: map[string][]byte{"a.go": []byte(text)}, names: map[string]string{"fmt": "fmt", "os": "os"}}
			at := strings.Index(text, tt.old)
			got, err := p.finish("a.go", []udiff.Edit{{Start: at, End: at + len(tt.old), New: tt.new}})
			if err != nil || string(got) != want {
				t.Errorf("%s (%v): %v\n%q, want\n%q", tt.name, crlf, err, got, want)
			}
		}
	}
	const untidy = "package a\n\nvar x  = 1\nvar y = 2\n"
	p := &program{content: map[string][]byte{"a.go": []byte(src), "b.go": []byte(untidy)}}
	at := strings.Index(untidy, "2")
	if got, err := p.finish("b.go", []udiff.Edit{{Start: at, End: at + 1, New: "3"}}); err != nil || string(got) != strings.Replace(untidy, "2", "3", 1) {
		t.Errorf("a file that gofmt has not seen: %v\n%s", err, got)
	}
	const twice = "package a\n\nimport (\n\t\"fmt\"\n)\n\nvar x  = fmt.Sprint(1)\n" // two fixes add os, which one of them needs
	p.content["c.go"] = []byte(twice)
	at = strings.Index(twice, ")")
	got, err := p.finish("c.go", []udiff.Edit{{Start: at, End: at, New: "\t\"os\"\n\t\"os\"\n"}, {Start: len(twice), End: len(twice), New: "var y = os.Args\n"}})
	if want := strings.Replace(twice, ")", "\t\"os\"\n)", 1) + "var y = os.Args\n"; err != nil || string(got) != want {
		t.Errorf("imports that came twice in a file that gofmt has not seen: %v\n%s", err, got)
	}
	if _, err := p.finish("a.go", []udiff.Edit{{Start: 0, End: 7, New: "paket"}}); err == nil {
		t.Error("what is no Go is finished")
	}
}

// TestFirstError takes the compiler's heading away.
func TestFirstError(t *testing.T) {
	for text, want := range map[string]string{
		"# example.com/a\n./a.go:3:2: undefined: x\n./a.go:4:2: y\n": "./a.go:3:2: undefined: x",
		"\n": "it cannot be built",
	} {
		if got := firstError(text); got != want {
			t.Errorf("firstError(%q) = %q", text, got)
		}
	}
}

// TestOwnNames: what the compiler says of an overlay's files is said of the files they stand for.
func TestOwnNames(t *testing.T) {
	for said, want := range map[string]string{
		"/tmp/ddbvet-1/_fixed/a/a.go:3:2: undefined: x":   "a/a.go:3:2: undefined: x",
		"/tmp/ddbvet-1/_fixed/_up/b/b.go:1:1: no package": "../b/b.go:1:1: no package",
	} {
		if got := ownNames(said); got != want {
			t.Errorf("ownNames(%q) = %q", said, got)
		}
	}
}
