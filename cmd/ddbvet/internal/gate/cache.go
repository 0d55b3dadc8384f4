package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
)

// compose composes what the packages handed over, unless the same was composed the last time: the go command keeps the
// analysis of packages, and this keeps what follows from it.
func compose(s suite.Suite, o Options, handovers []string) (suite.Report, error) {
	cfg := suite.Config{Checks: o.Checks, Tests: o.Tests}
	last := lastRun(o)
	key, err := keyOf(handovers, cfg)
	if err != nil {
		last = ""
	}
	if r, ok := remembered(last, key); ok {
		return r, nil
	}
	r, err := s.Compose(handovers, cfg)
	if err == nil {
		remember(last, key, r)
	}
	return r, err
}

// A memory is what one invocation found the last time, and what it found it in. It is kept as gob, since findings hold
// what fixes need and JSON leaves out.
type memory struct {
	Key    string
	Report suite.Report
}

// lastRun names the file that remembers this invocation, so that there is one for each, however often it is run.
// It is empty where nothing is remembered: an older revision lies in another folder each time.
func lastRun(o Options) string {
	dir, err := os.UserCacheDir()
	if err != nil || o.Tolerant {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %v %v %q", o.Dir, o.Patterns, o.Checks, o.Tests, o.Tags))
	return filepath.Join(dir, "ddbvet", hex.EncodeToString(sum[:16]))
}

// keyOf is the same only for the same program on the same input.
func keyOf(handovers []string, cfg suite.Config) (string, error) {
	h := sha256.New()
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(self)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	names := make([]string, 0, len(cfg.Checks))
	for name, on := range cfg.Checks {
		if on {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	fmt.Fprintf(h, "\n%q %v\n", names, cfg.Tests)
	for _, text := range handovers {
		fmt.Fprintf(h, "%d\n%s\n", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func remembered(file, key string) (suite.Report, bool) {
	var m memory
	if file == "" {
		return m.Report, false
	}
	data, err := os.ReadFile(file)
	if err != nil || gob.NewDecoder(bytes.NewReader(data)).Decode(&m) != nil || m.Key != key {
		return suite.Report{}, false
	}
	return m.Report, true
}

// remember forgets quietly what it cannot write: the next run composes again.
func remember(file, key string, r suite.Report) {
	if file == "" {
		return
	}
	var data bytes.Buffer
	if gob.NewEncoder(&data).Encode(memory{key, r}) != nil || os.MkdirAll(filepath.Dir(file), 0o777) != nil {
		return
	}
	t, err := os.CreateTemp(filepath.Dir(file), "new-*")
	if err != nil {
		return
	}
	_, werr := t.Write(data.Bytes())
	if cerr := t.Close(); werr != nil || cerr != nil || os.Rename(t.Name(), file) != nil {
		os.Remove(t.Name())
	}
}
