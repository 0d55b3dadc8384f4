package baseline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Worktree lays out revision rev of the git repository that dir is in, in a temporary folder, and calls use with the
// folder that corresponds to dir. The folder and git's record of it are removed whatever happens.
func Worktree(ctx context.Context, dir, rev string, use func(dir string) error) (err error) {
	top, err := Repository(ctx, dir)
	if err != nil {
		return fmt.Errorf("-new-from: %v", err)
	}
	if strings.HasPrefix(rev, "-") {
		return fmt.Errorf("-new-from: %q is not a revision", rev)
	}
	commit, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err != nil {
		return noRevision(ctx, dir, rev)
	}
	prefix, err := git(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return fmt.Errorf("-new-from: %v", err)
	}
	temp, err := os.MkdirTemp("", "ddbvet-")
	if err != nil {
		return err
	}
	tree := filepath.Join(temp, "tree")
	defer func() {
		if rerr := remove(top, temp, tree); err == nil {
			err = rerr
		}
	}()
	// Hooks are for people who check something out to work on it.
	if _, err := git(ctx, top, "-c", "core.hooksPath="+os.DevNull, "worktree", "add", "--detach", "--quiet", tree, commit); err != nil {
		return fmt.Errorf("-new-from: %v", err)
	}
	return use(filepath.Join(tree, filepath.FromSlash(prefix)))
}

func noRevision(ctx context.Context, dir, rev string) error {
	if shallow, err := git(ctx, dir, "rev-parse", "--is-shallow-repository"); err == nil && shallow == "true" {
		return fmt.Errorf("-new-from: there is no revision %q in this shallow clone: fetch more of the history", rev)
	}
	return fmt.Errorf("-new-from: there is no revision %q", rev)
}

// Repository gives the root of the git repository that a folder lies in.
func Repository(ctx context.Context, dir string) (string, error) {
	return git(ctx, dir, "rev-parse", "--show-toplevel")
}

// remove takes the worktree away. It has a context of its own: the caller's may be over.
func remove(top, temp, tree string) error {
	err := os.RemoveAll(temp)
	if _, gerr := git(context.Background(), top, "worktree", "prune"); err == nil {
		err = gerr
	}
	if _, serr := os.Stat(tree); err == nil && serr == nil {
		return fmt.Errorf("cannot remove %s", temp)
	}
	return err
}

// git runs git in dir and gives its first line of output. The variables that git sets for its hooks are left
// out: they would point the new worktree at the index of the hook.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX":
		default:
			cmd.Env = append(cmd.Env, v)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("git is not on the PATH")
	}
	if err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		if line == "" {
			line = err.Error()
		}
		return "", errors.New(line)
	}
	return strings.TrimRight(stdout.String(), "\r\n"), nil
}
