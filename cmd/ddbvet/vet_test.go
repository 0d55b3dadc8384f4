package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes"
)

// buildDdbvet builds the command as users install it, with further flags of go build.
func buildDdbvet(t *testing.T, flags ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the go command")
	}
	bin := filepath.Join(t.TempDir(), "ddbvet")
	args := append(append([]string{"build", "-o", bin}, flags...), ".")
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// giftcard copies the service that ships with the project, so that the go command has nothing of it in its cache.
func giftcard(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "giftcard"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestVet runs go vet with the real analysis on one service: for the first time, again, after an edit, as JSON, under build
// tags, with a package that uses cgo, and with one that does not compile. What is the driver's alone (vendored modules, tests,
// what is served from the cache) is in the scripts of package cli, fixes are in TestVetFix.
func TestVet(t *testing.T) {
	bin, dir := buildDdbvet(t), giftcard(t)
	vet := func(status int, args ...string) string {
		t.Helper()
		return run(t, dir, status, "go", append([]string{"vet", "-vettool=" + bin}, args...)...)
	}
	shop := filepath.Join(dir, "internal", "shop")

	cold := vet(1, "./...")
	if !strings.Contains(cold, "internal/shop/shop.go:46:24: lost update: ") {
		t.Errorf("cold:\n%s", cold)
	}
	if warm := vet(1, "./..."); inOrder(warm) != inOrder(cold) {
		t.Errorf("warm:\n%s\ncold:\n%s", warm, cold)
	}

	edit(t, filepath.Join(shop, "shop.go"), "\npackage shop", "\n//\n// An edit.\npackage shop")
	if out := vet(1, "./..."); !strings.Contains(out, "internal/shop/shop.go:48:24: lost update: ") || strings.Contains(out, "shop.go:46:") {
		t.Errorf("after an edit:\n%s", out)
	}

	if places := inJSON(t, vet(0, "-json", "./internal/shop")); len(places) != 1 || !strings.HasSuffix(places[0], "shop.go:48:24: lostupdate") {
		t.Errorf("-json gives %q", places)
	}

	put(t, filepath.Join(shop, "halve.go"), []byte("//go:build halves\n\n"+newBug))
	if out := vet(1, "./..."); strings.Contains(out, "halve.go") {
		t.Errorf("without the tag:\n%s", out)
	}
	if out := vet(1, "-tags=halves", "./..."); !strings.Contains(out, "internal/shop/halve.go:14:21: lost update: ") {
		t.Errorf("with the tag:\n%s", out)
	}

	put(t, filepath.Join(shop, "halve.go"), []byte(strings.Replace(newBug, "2", "nowhere", 1)))
	if out := vet(1, "./..."); !strings.Contains(out, "internal/shop/halve.go:11:13: undefined: nowhere") || !strings.Contains(out, ": streamdedup") {
		t.Errorf("with a package that does not compile:\n%s", out)
	}

	if _, err := exec.LookPath("gcc"); err != nil {
		t.Log("cgo is left out: it needs gcc")
		return
	}
	put(t, filepath.Join(shop, "halve.go"), []byte(strings.NewReplacer("import \"context\"", "// static int two(void) { return 2; }\nimport \"C\"\n\nimport \"context\"",
		"/= 2", "/= int64(C.two())").Replace(newBug)))
	t.Setenv("CGO_ENABLED", "1")
	for _, command := range [][]string{{"go", "vet", "-vettool=" + bin, "./..."}, {bin, "./..."}} {
		if out := run(t, dir, 1, command[0], command[1:]...); !strings.Contains(out, "internal/shop/halve.go:15:21: lost update: ") {
			t.Errorf("%s, with cgo:\n%s", command[0], out)
		}
	}
}

// inOrder sorts the lines of what go vet prints: it takes packages as they are done.
func inOrder(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// inJSON reads what go vet -json prints: an object for each unit, and what the go command says of packages before it.
func inJSON(t *testing.T, text string) []string {
	t.Helper()
	var places []string
	for dec := json.NewDecoder(strings.NewReader(regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(text, ""))); ; {
		var units map[string]map[string][]struct{ Posn string }
		if err := dec.Decode(&units); err == io.EOF {
			return places
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, checks := range units {
			for check, diagnostics := range checks {
				for _, d := range diagnostics {
					places = append(places, d.Posn+": "+check)
				}
			}
		}
	}
}

// TestVetFlags: every check is a flag of go vet, and so is what the checks have in common.
func TestVetFlags(t *testing.T) {
	bin := buildDdbvet(t)
	var flags []struct{ Name string }
	if err := json.Unmarshal([]byte(run(t, ".", 0, bin, "-flags")), &flags); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range flags {
		known[f.Name] = true
	}
	want := []string{"tests", "checks", "fixes", "json"}
	for _, c := range passes.Checks() {
		want = append(want, c.Name)
	}
	for _, name := range want {
		if !known[name] {
			t.Errorf("go vet would not know -%s", name)
		}
	}
	var off []string
	for _, c := range passes.Checks() {
		off = append(off, "-"+c.Name+"=false")
	}
	run(t, giftcard(t), 0, "go", append(append([]string{"vet", "-vettool=" + bin}, off...), "./...")...)
}

// TestOldGo: a ddbvet that was built with an older Go than a module needs says so, and nothing else. The linker can make the
// runtime believe that it is old.
func TestOldGo(t *testing.T) {
	bin, dir := buildDdbvet(t, "-ldflags=-X runtime.buildVersion=go1.25.3"), filepath.Join("..", "..", "testdata", "giftcard")
	const want = "ddbvet: built with go1.25.3, but module example.com/giftcard needs go1.26.0: install ddbvet again with that Go\n"
	if out := run(t, dir, 2, bin, "./..."); out != want {
		t.Errorf("the gate says:\n%s", out)
	}
	for line := range strings.Lines(run(t, dir, 1, "go", "vet", "-vettool="+bin, "./...")) {
		if line != want && !strings.HasPrefix(line, "# ") {
			t.Errorf("go vet says: %s", line)
		}
	}
}
