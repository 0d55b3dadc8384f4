package output

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestJSONHasNoNull(t *testing.T) {
	_, findings := sample(t)
	text := render(t, func(b *bytes.Buffer) Handler { return JSON(b, Run{}) }, findings[:1])
	if strings.Contains(text, "null") {
		t.Errorf("null in %s", text)
	}
	var doc struct{ Findings []struct{ Message string } }
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Findings) != 1 || doc.Findings[0].Message != nasty {
		t.Errorf("the message does not survive: %+v", doc)
	}
}

func TestGitHubEscapes(t *testing.T) {
	run, findings := sample(t)
	text := render(t, func(b *bytes.Buffer) Handler { return GitHub(b, run) }, findings)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != len(findings) {
		t.Fatalf("%d lines for %d findings:\n%s", len(lines), len(findings), text)
	}
	if want := "::error file=my shop/a%3Ab%2520%2Cc.go,line=4,col=20,title=ddbvet%3A lostupdate::a <script>"; !strings.HasPrefix(lines[0], want) {
		t.Errorf("%s\nwant %s…", lines[0], want)
	}
	if !strings.Contains(lines[0], "100%25") || !strings.Contains(lines[0], "%0Asecond: line") {
		t.Errorf("the message is not escaped: %s", lines[0])
	}
	if want := "::warning file=gone.go,line=1,title=ddbvet%3A nameless::bare"; lines[1] != want {
		t.Errorf("%s\nwant %s", lines[1], want)
	}
}

func TestCodeClimateFingerprintsAreUnique(t *testing.T) {
	run, findings := sample(t)
	text := render(t, func(b *bytes.Buffer) Handler { return CodeClimate(b, run) }, findings)
	var issues []climateIssue
	if err := json.Unmarshal([]byte(text), &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != 2 || issues[0].Fingerprint == issues[1].Fingerprint {
		t.Errorf("fingerprints are not unique: %s", text)
	}
}

func TestHTMLEscapes(t *testing.T) {
	run, findings := sample(t)
	run.Failures = []string{nasty}
	text := render(t, func(b *bytes.Buffer) Handler { return HTML(b, run) }, findings)
	for _, bad := range []string{"<script>alert", "<i>balance", "<b>a condition", "putIf</pre>", "<Get>", "&lt;nil&gt;"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	for _, want := range []string{"2 findings", "&lt;script&gt;alert", "put(&lt;-ch)", `class="mark"`, "second: line, here", `id="f2"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not contain %q", want)
		}
	}
	for _, outside := range []string{"src=\"http", "href=\"//", "@import", "url("} {
		if strings.Contains(text, outside) {
			t.Errorf("the page needs something from outside: %q", outside)
		}
	}
}

func TestHTMLClean(t *testing.T) {
	text := render(t, func(b *bytes.Buffer) Handler { return HTML(b, Run{}) }, nil)
	if !strings.Contains(text, "Nothing to report.") {
		t.Error(text)
	}
}

func TestMarkdownKeepsItsTable(t *testing.T) {
	run, findings := sample(t)
	text := render(t, func(b *bytes.Buffer) Handler { return Markdown(b, run) }, findings)
	for line := range strings.Lines(text) {
		plain := strings.ReplaceAll(line, `\|`, "")
		if strings.HasPrefix(line, "|") && strings.Count(plain, "|") != 4 {
			t.Errorf("not a row of three cells: %s", line)
		}
		if strings.Contains(line, "<script>") {
			t.Errorf("not escaped: %s", line)
		}
	}
	if !strings.Contains(text, "### ddbvet: 2 findings\n") {
		t.Error(text)
	}
}

func TestTextColor(t *testing.T) {
	run, findings := sample(t)
	plain := render(t, func(b *bytes.Buffer) Handler { return Text(b, run, false) }, findings)
	if strings.Contains(plain, "\x1b") {
		t.Error("escape sequences without colour")
	}
	colored := render(t, func(b *bytes.Buffer) Handler { return Text(b, run, true) }, findings)
	if !strings.Contains(colored, "\x1b[31m") {
		t.Error("no colour")
	}
	if strip := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[36m", ""); strip.Replace(colored) != plain {
		t.Error("colour changes the text")
	}
}

func TestColumns(t *testing.T) {
	s := &source{data: []byte("aé漢😀\xffz\r\nx"), starts: []int{0, 14}}
	for col, want := range map[int]int{1: 1, 2: 2, 4: 3, 7: 4, 11: 6, 99: 99, 0: 0} {
		if got := s.utf16Column(1, col); got != want {
			t.Errorf("column %d is %d in UTF-16, want %d", col, got, want)
		}
	}
	if got := s.line(1); strings.HasSuffix(got, "\r") || s.line(3) != "" || s.line(0) != "" {
		t.Errorf("line 1 is %q", got)
	}
	for offset, want := range map[int][2]int{0: {1, 1}, 13: {1, 14}, 14: {2, 1}, 15: {2, 2}} {
		if line, col, ok := s.position(offset); !ok || line != want[0] || col != want[1] {
			t.Errorf("offset %d is %d:%d, want %v", offset, line, col, want)
		}
	}
	if _, _, ok := s.position(16); ok {
		t.Error("an offset behind the end has a position")
	}
}
