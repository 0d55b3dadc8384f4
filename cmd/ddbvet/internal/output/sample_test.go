package output

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

// sampleSource has a line with characters of every width before the call.
const sampleSource = "package shop\n\nfunc Pay() {\n\t/* é 漢 😀 */ put(<-ch)\r\n}\n"

// nasty is text that every form must escape in its own way.
const nasty = "a <script>alert(window.hacked='x')</script> | 100% \"q\" `b` *c* & {{.}} \\ é😀\nsecond: line, here"

// sample is a run over a file with an awkward name, and findings that use every field, or none.
func sample(t *testing.T) (Run, []finding.Finding) {
	t.Helper()
	dir := t.TempDir()
	file := "my shop/a:b%20,c.go"
	if err := os.MkdirAll(filepath.Join(dir, "my shop"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(file)), []byte(sampleSource), 0o666); err != nil {
		t.Fatal(err)
	}
	col := bytes.Index([]byte(sampleSource[bytes.IndexByte([]byte(sampleSource), '\t'):]), []byte("put")) + 1
	start := bytes.Index([]byte(sampleSource), []byte("put"))
	full := finding.Finding{
		Check: "lostupdate", Confidence: finding.High, Message: nasty,
		Pos:      finding.Pos{File: file, Line: 4, Col: col},
		Function: finding.Function{Name: "Pay", File: file, Line: 3, Package: "example.com/shop"},
		Reads: []finding.Access{{Op: "GetItem", Table: nasty, File: file, Line: 3, Col: 1,
			Via: []finding.Frame{{Name: "(*repo.<Get>).AllOfTheGiftCardsOfOneCustomerThatAreNotUsedUp", File: file, Line: 3}}}},
		Writes:   []finding.Access{{Op: "PutItem", File: file, Line: 4, Col: col, Guard: "none", Via: []finding.Frame{}}},
		Depends:  []finding.Dependence{{On: "<i>balance</i>", Kind: "value"}},
		Schedule: []finding.Step{{Client: "A", Does: "reads"}, {Client: "B", Does: "reads"}, {Client: "B", Does: "writes"}, {Client: "A", Does: nasty}},
		Fixes: []finding.Fix{{Title: "Add <b>a condition</b>", Edits: []finding.Edit{
			{File: file, Start: start, End: start + 3, New: "putIf</pre>"}}}},
		Fingerprint: "lostupdate:example.com/shop:Pay", URL: "https://example.com/checks/lostupdate",
	}
	bare := finding.Finding{Check: "nameless", Confidence: finding.Medium, Message: "bare", Pos: finding.Pos{File: "gone.go", Line: 1},
		Fingerprint: full.Fingerprint}
	run := Run{Dir: dir, Version: "v1.2.3", Checks: []suite.Check{
		{Name: "lostupdate", Summary: "a write replaces what another client wrote", Doc: "# lostupdate\n\nText.", URL: full.URL, On: true},
		{Name: "weakguard", Summary: "a condition that guards something else"},
	}}
	return run, []finding.Finding{full, bare}
}

func render(t *testing.T, h func(*bytes.Buffer) Handler, findings []finding.Finding) string {
	t.Helper()
	var b bytes.Buffer
	if err := Emit(findings, h(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
