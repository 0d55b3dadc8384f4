package proof

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const testdata = "../../testdata"

// proven are the folders whose fixtures are run here.
var proven = []string{"lostupdate", "weakguard", "checkthenact", "phantomread", "writeskew", "readback", "silent", "unprocessed", "batchatomicity", "batchoverwrite", "guardbypass", "tornsequence", "blindbatch", "chunkedtransaction",
	"streamdedup", "racydedup", "markerfirst", "swallowedrecord", "wrongfailureid", "continueafterfailure", "detachedgoroutine"}

// exceptions are fixtures without a scenario, and why.
var exceptions = map[string]string{
	"batchoverwrite/guregu Rename":     "is batchoverwrite/copies by another mapper, on the SDK's version 1",
	"batchoverwrite/guregu RenameSafe": "is the twin of a fixture without a scenario",
	"unprocessed/counted Import":       "the sum is wrong only when two items of a table are left, and a fault leaves one",
	"unprocessed/counted ImportSafe":   "is the twin of a fixture without a scenario",
	"weakguard/lambdaport CheckIn":     "a main package cannot be imported; its shape is that of weakguard/presence",
	"weakguard/lambdaport CheckInSafe": "a main package cannot be imported",
	"streamdedup/forms Start":          "can only be run by lambda.Start; its shape is that of streamdedup/counter",
	"streamdedup/port handle":          "can only be run by lambda.Start; its shape is that of streamdedup/counter",
	"racydedup/memory HandleGlobal":    "what a process keeps in a package variable outlives a test's deliveries",
	"phantomread/seedscript Seed":      "ends the process when there is an administrator",
	"phantomread/seedscript SeedSafe":  "ends the process when there is an administrator",
	"silent/config":                    "nobody writes the configuration, so no two clients conflict",
	"silent/inmemory/dynamo":           "adds archive rows only; what is changed lives in memory and makes no API calls",
	"silent/inmemory/memory":           "is the memory that silent/inmemory/notes changes notes in",
	"silent/inmemory/notes":            "changes notes in memory, with no API call to put in another order",
	"silent/namecollision":             "talks to a file server, not to DynamoDB",
}

// fixture is a function of a fixture that needs a scenario.
type fixture struct {
	name string // "folder function"
	want bool   // it holds a finding; otherwise it must not
}

var wantComment = regexp.MustCompile(`^// want \w+`)

// fixtures finds the functions with a "want" in them, the corrected twins by
// their names, and the exported functions that must be silent.
func fixtures(t *testing.T) []fixture {
	var found []fixture
	for _, check := range proven {
		err := filepath.WalkDir(filepath.Join(testdata, check), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			folder, err := filepath.Rel(testdata, filepath.Dir(path))
			if err != nil {
				return err
			}
			of, err := fixturesOf(path, filepath.ToSlash(folder))
			found = append(found, of...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func fixturesOf(path, folder string) ([]fixture, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	wants := wantsOf(file)
	var found []fixture
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		before := len(wants)
		wants = slices.DeleteFunc(wants, func(p token.Pos) bool { return f.Pos() < p && p < f.End() })
		want, safe := len(wants) < before, strings.HasSuffix(f.Name.Name, "Safe")
		if want || safe && f.Name.IsExported() {
			found = append(found, fixture{folder + " " + f.Name.Name, want})
		}
	}
	if len(wants) > 0 {
		return nil, fmt.Errorf("%s: a want outside a function", path)
	}
	if len(found) == 0 && strings.HasPrefix(folder, "silent/") && file.Name.Name != "main" {
		found = append(found, fixture{name: folder})
	}
	return found, nil
}

// wantsOf are where a file says that a check must report something.
func wantsOf(file *ast.File) []token.Pos {
	var at []token.Pos
	for _, group := range file.Comments {
		for _, c := range group.List {
			if wantComment.MatchString(c.Text) {
				at = append(at, c.Pos())
			}
		}
	}
	return at
}

// scenarioNames are what the scenarios prove: functions that break, and folders
// and functions that do not.
func scenarioNames() (broken, unbroken map[string]bool) {
	broken, unbroken = map[string]bool{}, map[string]bool{}
	for _, s := range scenarios() {
		if s.bug != nil {
			broken[s.at] = true
		}
		if s.safe != nil {
			unbroken[s.folder()] = true
			for _, twin := range s.twins() {
				unbroken[s.folder()+" "+twin] = true
			}
		}
	}
	return broken, unbroken
}

// TestEveryFixtureHasAScenario counts: nothing that is reported, and nothing
// that must not be, goes without a proof.
func TestEveryFixtureHasAScenario(t *testing.T) {
	broken, unbroken := scenarioNames()
	excused := map[string]bool{}
	wanted := map[string]bool{}
	for _, f := range fixtures(t) {
		proof := unbroken
		if f.want {
			proof, wanted[f.name] = broken, true
		}
		switch {
		case proof[f.name]:
		case exceptions[f.name] != "":
			excused[f.name] = true
		default:
			t.Errorf("%s has no scenario", f.name)
		}
	}
	for name := range broken {
		if !wanted[name] {
			t.Errorf("the scenario of %s proves a bug where nothing is to be reported", name)
		}
	}
	for name, reason := range exceptions {
		if !excused[name] {
			t.Errorf("nothing needs the exception of %s (%s)", name, reason)
		}
	}
	t.Logf("%d functions that must be reported, %d exceptions", len(wanted), len(excused))
}
