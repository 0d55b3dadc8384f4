package repair

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"
)

// uncommitted says why what a file holds could not be had back: git does not have it.
func (p *program) uncommitted(file string) string {
	if why, known := p.dirty[file]; known {
		return why
	}
	why := ""
	cmd := exec.Command("git", "status", "--porcelain", "--ignored", "--untracked-files=all", "--", filepath.Base(file))
	cmd.Dir = filepath.Dir(file)
	if out, err := cmd.Output(); err != nil {
		why = "is not under git"
	} else if len(bytes.TrimSpace(out)) > 0 {
		why = "has changes that are not committed"
	}
	p.dirty[file] = why
	return why
}

// Diff prints what the plan changes as a unified diff, with names relative to dir, for patch -p1 and git apply.
func (p Plan) Diff(w io.Writer, dir string) error {
	for _, f := range p.Files {
		name := relative(dir, f.Name)
		before := string(f.Before)
		text, err := udiff.ToUnified("a/"+name, "b/"+name, before, udiff.Lines(before, string(f.After)), udiff.DefaultContextLines)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, numbered(text)); err != nil {
			return err
		}
	}
	return nil
}

// Write writes the changed files, all of them or none.
func (p Plan) Write() error {
	for i, f := range p.Files {
		if err := f.write(); err != nil {
			return errors.Join(append([]error{err}, undo(p.Files[:i])...)...)
		}
	}
	return nil
}

// write replaces a file's content, unless somebody else has done so since it was read.
func (f File) write() error {
	info, err := os.Stat(f.Name)
	if err != nil {
		return err
	}
	now, err := os.ReadFile(f.Name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Before) {
		return fmt.Errorf("%s has changed during the run", f.Name)
	}
	return os.WriteFile(f.Name, f.After, info.Mode().Perm())
}

func undo(files []File) []error {
	var errs []error
	for _, f := range files {
		if err := os.WriteFile(f.Name, f.Before, 0o666); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// WriteOverlay writes the changed files to a folder, with an overlay.json that makes the go command see them in the place
// of the originals, which lie below from. The folder is made when it is not there.
func (p Plan) WriteOverlay(dir, from string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	files := make(map[string][]byte)
	for _, f := range p.Files {
		files[f.Name] = f.After
	}
	_, err = writeOverlay(dir, from, files)
	return err
}
