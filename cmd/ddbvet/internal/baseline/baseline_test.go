package baseline

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
)

func of(fingerprints ...string) []finding.Finding {
	var all []finding.Finding
	for _, f := range fingerprints {
		all = append(all, finding.Finding{Check: "c", Fingerprint: f, Function: finding.Function{Name: "F"}})
	}
	return all
}

func TestRoundTrip(t *testing.T) {
	file := filepath.Join(t.TempDir(), "base")
	all := of("b", "a", "b", "x y:z\tq")
	if err := Write(file, all); err != nil {
		t.Fatal(err)
	}
	s, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Set{"a": 1, "b": 2, "x y:z q": 1}); !reflect.DeepEqual(s, want) {
		t.Errorf("%v", s)
	}
	if fresh, known := s.Split(all); len(fresh) != 0 || len(known) != 4 {
		t.Errorf("what was written is not known: %v", fresh)
	}
	fresh, known := s.Split(of("b", "c", "b", "b"))
	if len(fresh) != 2 || len(known) != 2 || fresh[0].Fingerprint != "c" {
		t.Errorf("new %v, known %v", fresh, known)
	}
}

// What two branches added merges line by line, and the file stays readable.
func TestMergeable(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, fingerprints ...string) []string {
		if err := Write(filepath.Join(dir, name), of(fingerprints...)); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	}
	base, ours := write("base", "m"), write("ours", "m", "a")
	if len(ours) != len(base)+1 {
		t.Errorf("one finding more changes more than one line: %q", ours)
	}
	merged := strings.Join(append(ours, "z\tc\tF"), "\r\n")
	file := filepath.Join(dir, "merged")
	if err := os.WriteFile(file, []byte(merged), 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := Read(file)
	if err != nil || len(s) != 3 {
		t.Errorf("%v, %v", s, err)
	}
}

// A link to a baseline, and what is no ordinary file, stay what they are.
func TestWriteKeepsFile(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := Write(target, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, of("a")); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("the link leads to %q: %v", to, err)
	}
	if s, err := Read(target); err != nil || s["a"] != 1 {
		t.Errorf("the link's target holds %v: %v", s, err)
	}
	if err := Write(os.DevNull, of("a")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s was replaced: %v", os.DevNull, err)
	}
}

func TestBroken(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "other": "hello\n", "version": "# ddbvet baseline 2\n", "conflict": header + "\n=======\n", "noprint": header + "\n\tc\tF\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file); err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The worktree goes away also when its user fails or is interrupted.
func TestWorktreeIsRemoved(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	repo := t.TempDir()
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "--allow-empty", "-m", "x"}} {
		if _, err := git(t.Context(), repo, args...); err != nil {
			t.Fatal(err)
		}
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, cancel := context.WithCancel(t.Context())
	failed := errors.New("failed")
	err := Worktree(ctx, repo, "HEAD", func(dir string) error {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
			t.Error(err)
		}
		cancel()
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	out, err := git(t.Context(), repo, "worktree", "list")
	if err != nil || strings.Contains(out, "ddbvet-") {
		t.Errorf("git still knows of it: %s, %v", out, err)
	}
}
