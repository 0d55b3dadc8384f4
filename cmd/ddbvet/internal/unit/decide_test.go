package unit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/toy"
	"github.com/ddbvet/ddbvet/passes"
)

func TestDecide(t *testing.T) {
	t.Setenv("GOROOT", "/go")
	t.Setenv("GOMODCACHE", "/cache")
	facts := filepath.Join(t.TempDir(), "facts")
	if err := os.WriteFile(facts, []byte("facts"), 0o666); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	imports := func(paths ...string) map[string]string {
		m := make(map[string]string)
		for _, p := range paths {
			m[p] = p
		}
		return m
	}
	files := []string{"/x/a.go", "/x/a_test.go"}
	for _, test := range []struct {
		name  string
		c     config
		o     Options
		skip  bool
		files int
	}{
		{"standard library", config{ImportPath: "net/http", Dir: "/go/src/net/http", GoFiles: files, ImportMap: imports("fmt")}, Options{}, true, 0},
		{"standard library elsewhere", config{ImportPath: "net/http", Dir: "/x", GoFiles: files}, Options{}, true, 0},
		{"main module", config{ImportPath: "a.com/m/p", ModulePath: "a.com/m", Dir: "/x", GoFiles: files}, Options{}, false, 1},
		{"with tests", config{ImportPath: "a.com/m/p", ModulePath: "a.com/m", Dir: "/x", GoFiles: files}, Options{Tests: true}, false, 2},
		{"tests only", config{ImportPath: "a.com/m/p_test", ModulePath: "a.com/m", Dir: "/x", GoFiles: files[1:]}, Options{}, true, 0},
		{"a file by its name", config{ImportPath: "command-line-arguments", Dir: "/x", GoFiles: files}, Options{}, false, 1},
		{"no module", config{ImportPath: "a.com/p", Dir: "/x", GoFiles: files}, Options{}, false, 1},
		{"replaced by a folder", config{ImportPath: "a.com/r", ModulePath: "a.com/r", ModuleVersion: "v1.0.0", Dir: "/y/r", GoFiles: files}, Options{}, false, 1},
		{"replaced by a fork", config{ImportPath: "a.com/r", ModulePath: "a.com/r", ModuleVersion: "v1.0.0", Dir: "/cache/b.com/r@v2", GoFiles: files}, Options{}, true, 0},
		{"vendored", config{ImportPath: "a.com/r", ModulePath: "a.com/r", ModuleVersion: "v1.0.0", Dir: "/y/vendor/a.com/r", GoFiles: files}, Options{}, true, 0},
		{"other module", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("fmt", "b.com/q")}, Options{}, true, 0},
		{"other module with DynamoDB", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("github.com/aws/aws-sdk-go-v2/service/dynamodb/types")}, Options{}, false, 1},
		{"other module with another service", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("github.com/aws/aws-sdk-go-v2/service/dynamodbx", "github.com/aws/aws-sdk-go-v2/service/s3")}, Options{}, true, 0},
		{"other module with Lambda events", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("github.com/aws/aws-lambda-go/events")}, Options{}, false, 1},
		{"other module with an object mapper", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("github.com/guregu/dynamo/v2")}, Options{}, false, 1},
		{"the object mapper", config{ImportPath: "github.com/guregu/dynamo/v2", ModulePath: "github.com/guregu/dynamo/v2", ModuleVersion: "v2.0.0", Dir: "/cache/x", GoFiles: files,
			ImportMap: imports("github.com/aws/aws-sdk-go-v2/service/dynamodb")}, Options{}, true, 0},
		{"other module on facts", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("b.com/q"), PackageVetx: map[string]string{"b.com/q": facts}}, Options{}, false, 1},
		{"other module on empty facts", config{ImportPath: "b.com/p", ModulePath: "b.com", ModuleVersion: "v1.0.0", Dir: "/cache/b.com@v1.0.0/p", GoFiles: files,
			ImportMap: imports("b.com/q"), PackageVetx: map[string]string{"b.com/q": empty}}, Options{}, true, 0},
		{"the SDK", config{ImportPath: "github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue", ModulePath: "github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue",
			ModuleVersion: "v1.0.0", Dir: "/cache/x", GoFiles: files, ImportMap: imports("github.com/aws/aws-sdk-go-v2/service/dynamodb/types")}, Options{}, true, 0},
	} {
		test.o.Packages = known
		d := decide(&test.c, test.o)
		if d.skip != test.skip || !d.skip && len(d.files) != test.files {
			t.Errorf("%s: skip %v with %d files, want %v with %d", test.name, d.skip, len(d.files), test.skip, test.files)
		}
	}
}

// known are the packages that the real analysis knows.
var known = suite.Packages{Table: passes.KnownPackage, Entrance: passes.ReachesDynamoDB}

// Only local packages hand over, and they do so as dependencies too.
func TestDecideReport(t *testing.T) {
	t.Setenv("GOMODCACHE", "/cache")
	local := config{ImportPath: "a.com/m", ModulePath: "a.com/m", Dir: "/x", GoFiles: []string{"a.go"}, VetxOnly: true}
	if !decide(&local, Options{Handover: true, Packages: known}).report || decide(&local, Options{Packages: known}).report {
		t.Error("a local dependency hands over in the gate, and only there")
	}
	other := config{ImportPath: "b.com/m", ModulePath: "b.com/m", ModuleVersion: "v1.0.0", Dir: "/cache/b.com/m@v1.0.0", GoFiles: []string{"a.go"},
		VetxOnly: true, ImportMap: map[string]string{"e": "github.com/aws/aws-lambda-go/events"}}
	if d := decide(&other, Options{Handover: true, Packages: known}); d.skip || d.report {
		t.Errorf("another module's package is summarised but does not report: %+v", d)
	}
}

// What ddbvet does not know of a configuration reaches the unitchecker unchanged.
func TestRewriteKeepsFields(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "vet.cfg")
	text := `{"ID": "p [p.test]", "ImportPath": "p [p.test]", "GoFiles": ["a.go", "a_test.go"], "Future": {"x": [1]}, "VetxOnly": false}`
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	name, err := rewrite(c, file, decision{files: []string{"a.go"}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"ID": `"p"`, "ImportPath": `"p"`, "GoFiles": `["a.go"]`, "Future": `{"x":[1]}`} {
		if string(got[field]) != want {
			t.Errorf("%s is %s, want %s", field, got[field], want)
		}
	}
}

func TestCheckVersion(t *testing.T) {
	err := checkVersion(&config{GoVersion: "go1.999", ModulePath: "a.com/m"})
	if err == nil || !strings.Contains(err.Error(), "module a.com/m needs go1.999") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a module of a newer Go: %v", err)
	}
	if err := checkVersion(&config{GoVersion: "go1.21"}); err != nil {
		t.Error(err)
	}
}

func TestLookup(t *testing.T) {
	args := []string{"-tests", "--checks=all", "-x", "-checks", "a,b", "-handover=false", "unit.cfg"}
	if v, ok := lookup(args, "checks"); v != "a,b" || !ok {
		t.Errorf("checks is %q", v)
	}
	if !isSet(args, "tests") || isSet(args, "handover") || isSet(args, "x.cfg") || isSet(args, "unit.cfg") {
		t.Error("flags are misread")
	}
}

func TestSelect(t *testing.T) {
	s := toy.Suite()
	for value, want := range map[string]int{"": 1, "on": 1, "all": 2, "toysmell": 1, "toysmell, toylost": 2} {
		if names, err := Select(s, value); err != nil || len(names) != want {
			t.Errorf("-checks=%s gives %v, %v", value, names, err)
		}
	}
	for _, bad := range []string{"nosuch", ",", "toylost,", "ON"} {
		if names, err := Select(s, bad); err == nil {
			t.Errorf("-checks=%s gives %v", bad, names)
		}
	}
}

func TestCalled(t *testing.T) {
	for _, test := range []struct {
		args []string
		want bool
	}{
		{[]string{"-V=full"}, true}, {[]string{"-flags"}, true}, {[]string{"-tests", "/tmp/vet.cfg"}, true},
		{[]string{"-json", "./..."}, false}, {nil, false}, {[]string{"checks"}, false},
	} {
		if got := Called(test.args); got != test.want {
			t.Errorf("Called(%q) is %v", test.args, got)
		}
	}
}
