package gate

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/passes/finding"
)

func TestParseJSON(t *testing.T) {
	o := newOutput()
	text := "# a.com/p\n{\"a.com/p\": {\"handover\": [{\"posn\": \"x\", \"message\": \"one\"}]}}\n{}\n" +
		"{\"a.com/q [a.com/q.test]\": {\"handover\": [{\"message\": \"two\"}]}}# a.com/r\n{\"a.com/r\": {\"handover\": {\"error\": \"bad\"}}}\n"
	if err := o.parseJSON([]byte(text), "handover"); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"a.com/p": "one", "a.com/q [a.com/q.test]": "two"}; !reflect.DeepEqual(o.payloads, want) {
		t.Errorf("payloads %v", o.payloads)
	}
	if want := []failure{{"a.com/r", "bad"}}; !reflect.DeepEqual(o.failed, want) {
		t.Errorf("failed %v", o.failed)
	}
	for _, bad := range []string{"x", "{", `{"p": 1}`, `{"p": {"handover": 1}}`} {
		if err := newOutput().parseJSON([]byte(bad), "handover"); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

func TestParseErrors(t *testing.T) {
	o := newOutput()
	o.parseErrors(`go: downloading x v1
go: warning: "./x/..." matched no packages
tool: loose
	goes on
# a.com/p
tool: p/x.go:1:2: first
p/x.go:2:2: second
# a.com/q
# [a.com/q]
q/x_test.go:1:2: in a test
`, "tool")
	if want := []failure{{"a.com/p", "p/x.go:1:2: first"}, {"a.com/q", "q/x_test.go:1:2: in a test"}}; !reflect.DeepEqual(o.failed, want) {
		t.Errorf("failed %q", o.failed)
	}
	if !o.failed[1].ofTestFile() || o.failed[0].ofTestFile() {
		t.Error("the test file is not recognised")
	}
	if want := []string{"tool: loose"}; !reflect.DeepEqual(o.loose, want) {
		t.Errorf("loose %q", o.loose)
	}
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte("# p\n{\"p\": {\"handover\": [{\"message\": \"x\"}]}}"))
	f.Add([]byte("{}{}#"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := newOutput()
		if err := o.parseJSON(data, "handover"); err == nil && len(data) > 0 && o.payloads == nil {
			t.Error("no payloads")
		}
	})
}

func TestSplitPattern(t *testing.T) {
	for pattern, want := range map[string][2]string{
		"./...":      {"/d", "..."},
		"./a/b/...":  {"/d/a/b", "..."},
		"./a/b":      {"/d/a/b", ""},
		"../x/...":   {"/x", "..."},
		".":          {"/d", ""},
		"/abs/x/...": {"/abs/x", "..."},
		"./a/...b":   {"/d/a", "...b"},
		"./a.../b":   {"/d", "a.../b"},
		"a/x.go":     {"/d/a", "x.go"},
	} {
		base, rest := splitPattern("/d", filepath.FromSlash(pattern))
		if got := [2]string{filepath.ToSlash(base), rest}; got != want {
			t.Errorf("%s is %q, want %q", pattern, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	f := func(file, fingerprint string, line int) finding.Finding {
		return finding.Finding{Pos: finding.Pos{File: file, Line: line}, Fingerprint: fingerprint}
	}
	m := merged{dirs: map[string]bool{"/d/a": true, "/d/b": true}}
	got := m.choose("/d/a", []finding.Finding{
		f("/d/b/x.go", "2", 1), f("/d/a/x.go", "1", 2), f("/d/a/x.go", "1", 2), f("/d/a/x.go", "0", 2), f("/d/c/x.go", "3", 1),
	})
	var places []string
	for _, f := range got {
		places = append(places, f.Pos.String()+" "+f.Fingerprint)
		if f.Reads == nil || f.Writes == nil || f.Depends == nil || f.Schedule == nil || f.Fixes == nil {
			t.Errorf("a list is null: %+v", f)
		}
	}
	if want := []string{"../b/x.go:1 2", "x.go:2 0", "x.go:2 1"}; !reflect.DeepEqual(places, want) {
		t.Errorf("%q", places)
	}
}

func TestFailures(t *testing.T) {
	m := merged{dirs: make(map[string]bool), payloads: make(map[string]string), failed: make(map[string]bool)}
	old := "built with go1.26.8, but module a.com needs go1.99: install ddbvet again with that Go"
	out := newOutput()
	out.payloads["a.com/ok"] = "payload"
	out.failed = []failure{
		{"a.com/p", old}, {"a.com/q", old}, {"a.com/ok", "ok/x_test.go:1:1: in a test"}, {"a.com/t", "t/x_test.go:1:1: in a test"},
		{"a.com/t", "second"},
	}
	packages := []*listed{{ImportPath: "a.com/p", GoFiles: []string{"x"}}, {ImportPath: "a.com/ok", GoFiles: []string{"x"}},
		{ImportPath: "a.com/user", GoFiles: []string{"x"}}, {ImportPath: "a.com/tests"}}
	m.add(&group{dir: "/d/g"}, Options{Dir: "/d"}, packages, out)
	want := []string{old, "a.com/t: g/t/x_test.go:1:1: in a test", "a.com/user: not analysed, since a package that it imports has errors"}
	if !reflect.DeepEqual(m.failures, want) {
		t.Errorf("%q", m.failures)
	}
}

func TestMemory(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	o := Options{Dir: "/d", Patterns: []string{"./..."}}
	file := lastRun(o)
	found := suite.Report{Bounds: []string{"b"}, Findings: []finding.Finding{{Check: "c", Needs: []finding.Need{{Attr: "a"}}}}}
	remember(file, "key", found)
	if r, ok := remembered(file, "key"); !ok || !reflect.DeepEqual(r, found) {
		t.Errorf("%+v is not what was remembered", r)
	}
	if _, ok := remembered(file, "other"); ok {
		t.Error("another input gets this one's findings")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data[:len(data)/2], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, ok := remembered(file, "key"); ok {
		t.Error("half a file is read")
	}
	old := o
	old.Tolerant = true
	if lastRun(old) != "" || lastRun(Options{Dir: "/e", Patterns: o.Patterns}) == file {
		t.Error("invocations are mixed up")
	}
	a, err := keyOf([]string{"xy", "z"}, suite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := keyOf([]string{"x", "yz"}, suite.Config{}); err != nil || a == b {
		t.Error("different input has the same key")
	}
}
