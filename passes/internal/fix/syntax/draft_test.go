package syntax

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// TestLinesOfTwin puts a function behind one that it is like, into a file that gofmt has not seen: a diff shows it as put into
// that one, and the rest of the file is left as it is.
func TestLinesOfTwin(t *testing.T) {
	const put = "func put(n int) error {\n\tif n < 0 {\n\t\treturn err\n\t}\n\treturn nil\n}"
	before := "package p\n\nvar err   error\n\n" + put + "\n\nvar n int\n\nvar last   int\n"
	at := strings.Index(before, put) + len(put)
	c := &change{Edits: []udiff.Edit{{Start: at, End: at, New: "\n\n" + strings.Replace(put, "put(n int", "putIf(n, m int", 1)}}}
	after, ok := c.apply([]byte(before))
	if !ok {
		t.Fatal("no Go comes out")
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", after, 0); err != nil {
		t.Fatal(err)
	}
	got, err := udiff.Apply(before, c.lines([]byte(before), after, len("package p")))
	if err != nil {
		t.Fatal(err)
	}
	if want := before[:at] + c.Edits[0].New + before[at:]; got != want {
		t.Errorf("%s", udiff.Unified("want", "got", want, got))
	}
}
