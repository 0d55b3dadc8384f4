package output

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	log "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ddbvet/ddbvet/passes/finding"
)

func sarifOf(t *testing.T, run Run, findings []finding.Finding) string {
	t.Helper()
	return render(t, func(b *bytes.Buffer) Handler { return SARIF(b, run) }, findings)
}

// validate holds a log to the schema.
func validate(t *testing.T, name, text string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := sarifSchema(t).Validate(doc); err != nil {
		t.Errorf("%s: %v\n%s", name, err, text)
	}
}

func TestSARIFIsValid(t *testing.T) {
	run, findings := sample(t)
	failed := run
	failed.Failures = []string{"example.com/x: x.go:1:1: broken"}
	for name, text := range map[string]string{
		"findings": sarifOf(t, run, findings),
		"clean":    sarifOf(t, run, nil),
		"failed":   sarifOf(t, failed, nil),
		"nothing":  sarifOf(t, Run{}, nil),
	} {
		validate(t, name, text)
	}
}

// TestSARIFLogs validates the logs of real runs that SARIF_LOGS names, with commas between.
func TestSARIFLogs(t *testing.T) {
	logs := os.Getenv("SARIF_LOGS")
	if logs == "" {
		t.Skip("SARIF_LOGS names no logs")
	}
	schema := sarifSchema(t)
	for _, file := range strings.Split(logs, ",") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The schema must be able to say no, or the test above proves nothing.
func TestSARIFSchemaRefuses(t *testing.T) {
	run, findings := sample(t)
	text := strings.Replace(sarifOf(t, run, findings), `"ruleId"`, `"ruleID"`, 1)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := sarifSchema(t).Validate(doc); err == nil {
		t.Error("a property unknown to the standard is accepted")
	}
}

// sarifSchema takes OASIS's schema from the source of a module that carries it.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err = strconv.Unquote(lit.Value)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFContents(t *testing.T) {
	run, findings := sample(t)
	report, err := log.FromString(sarifOf(t, run, findings))
	if err != nil {
		t.Fatal(err)
	}
	results := report.Runs[0].Results
	if len(results) != 2 {
		t.Fatalf("%d results", len(results))
	}
	place := results[0].Locations[0].PhysicalLocation
	if got, want := *place.ArtifactLocation.URI, "my%20shop/a:b%2520,c.go"; got != want {
		t.Errorf("URI %q, want %q", got, want)
	}
	// \t/* é 漢 😀 */ : 14 UTF-16 code units before the call, 😀 counting two.
	if got := *place.Region.StartColumn; got != 15 {
		t.Errorf("column %d, want 15", got)
	}
	if got := results[0].PartialFingerprints["ddbvet/v1"]; got != findings[0].Fingerprint {
		t.Errorf("fingerprint %q", got)
	}
	if n := len(results[0].CodeFlows[0].ThreadFlows[0].Locations); n != 3 {
		t.Errorf("%d locations in the code flow, want the call, the read and the write", n)
	}
	deleted := results[0].Fixes[0].ArtifactChanges[0].Replacements[0].DeletedRegion
	if *deleted.StartLine != 4 || *deleted.StartColumn != 15 || *deleted.EndLine != 4 || *deleted.EndColumn != 18 {
		t.Errorf("the fix replaces %d:%d to %d:%d", *deleted.StartLine, *deleted.StartColumn, *deleted.EndLine, *deleted.EndColumn)
	}
	if rule := report.Runs[0].Tool.Driver.Rules[0]; *rule.HelpURI != findings[0].URL || *rule.Help.Text == "" {
		t.Error("the rule has no help")
	}
}

func TestSARIFCleanHasResults(t *testing.T) {
	run, _ := sample(t)
	var doc struct {
		Runs []struct{ Results json.RawMessage }
	}
	if err := json.Unmarshal([]byte(sarifOf(t, run, nil)), &doc); err != nil {
		t.Fatal(err)
	}
	if got := string(doc.Runs[0].Results); got != "[]" {
		t.Errorf("results of a clean run are %s: a scanning service would not close what was fixed", got)
	}
}
