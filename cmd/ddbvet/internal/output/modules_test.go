package output

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// TestNameModules: a trace that leads into another module names it by its version, in every form, and its code is found.
func TestNameModules(t *testing.T) {
	home := t.TempDir()
	run := Run{Dir: filepath.Join(home, "work", "shop"), ModCache: filepath.Join(home, "mod")}
	cached := filepath.Join(run.ModCache, "example.com", "!acme", "store@v1.2.3", "table", "table.go")
	for _, dir := range []string{run.Dir, filepath.Dir(cached)} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(cached, []byte("package table\n\nvar here int\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	const known = "example.com/Acme/store@v1.2.3/table/table.go"
	raw, err := filepath.Rel(run.Dir, cached)
	if err != nil {
		t.Fatal(err)
	}
	f := finding.Finding{
		Check: "lostupdate", Message: "m: lostupdate", Pos: finding.Pos{File: "a@b.go", Line: 1},
		Reads:  []finding.Access{{Op: "GetItem", File: filepath.ToSlash(raw), Line: 3, Col: 5, Via: []finding.Frame{{Name: "get", File: cached, Line: 3}}}},
		Writes: []finding.Access{{Op: "PutItem", File: "../store/x.go", Line: 1}},
	}
	named := NameModules([]finding.Finding{f}, run)
	if g := named[0]; g.Pos.File != "a@b.go" || g.Reads[0].File != known || g.Reads[0].Via[0].File != known || g.Writes[0].File != "../store/x.go" {
		t.Errorf("named %+v", g)
	}
	if f.Reads[0].Via[0].File != cached {
		t.Error("the findings themselves are changed")
	}
	page := render(t, func(b *bytes.Buffer) Handler { return HTML(b, run) }, named)
	if !strings.Contains(page, "var here int") || strings.Contains(page, home) || strings.Contains(page, "../mod") {
		t.Errorf("the page has not the module's code, or says where it lies:\n%s", page)
	}
	var log struct {
		Runs []struct {
			OriginalURIBaseIDs map[string]any `json:"originalUriBaseIds"`
			Results            []struct {
				RelatedLocations []struct{ PhysicalLocation sarifPhysicalLocation }
			}
		}
	}
	text := sarifOf(t, run, named)
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	at := log.Runs[0].Results[0].RelatedLocations[0].PhysicalLocation.ArtifactLocation
	if at.URI != known || log.Runs[0].OriginalURIBaseIDs[at.URIBaseID] == nil || at.URIBaseID == sourceRoot {
		t.Errorf("SARIF places it at %+v:\n%s", at, text)
	}
	validate(t, "a module's file", text)
}
