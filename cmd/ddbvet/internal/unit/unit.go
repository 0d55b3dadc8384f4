package unit

import (
	"errors"
	"flag"
	"fmt"
	"go/version"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
)

// Called tells from the arguments, the program's name left out, whether the go command is calling.
func Called(args []string) bool {
	for _, a := range args {
		if a == "-V=full" || a == "--V=full" || a == "-flags" || a == "--flags" {
			return true
		}
	}
	return len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg")
}

// Main answers the go command and returns the exit status; for units that are analysed it hands on to the
// unitchecker, which ends the process itself.
func Main(build func() suite.Suite, args []string) int {
	s := build()
	if last := args[len(args)-1]; strings.HasSuffix(last, ".cfg") {
		cfg, err := prepare(last, optionsOf(s, args))
		if err != nil {
			fmt.Fprintln(os.Stderr, "ddbvet:", err)
			return 1
		}
		if cfg == "" {
			return 0
		}
		args = append(args[:len(args)-1:len(args)-1], cfg)
	}
	analyzers, args, err := choose(s, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ddbvet:", err)
		return 1
	}
	s.SetTests(isSet(args, "tests"))
	all, err := AllFixes(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ddbvet:", err)
		return 1
	}
	s.SetFixes(all)
	os.Args = append(os.Args[:1:1], args...)
	flag.Bool("tests", false, "analyse _test.go files too")
	flag.String("checks", "on", "on, all (the advisory checks too) or names of checks with commas between")
	flag.String("fixes", SafeFixes, FixesUsage)
	unitchecker.Main(analyzers...) // exits
	return 0
}

// prepare decides what becomes of the unit. It returns the configuration for the unitchecker, or "" when the unit
// is done with.
func prepare(file string, o Options) (string, error) {
	c, err := readConfig(file)
	if err != nil {
		return "", err
	}
	d := decide(c, o)
	if d.skip {
		return "", os.WriteFile(c.VetxOutput, nil, 0o666)
	}
	if err := checkVersion(c); err != nil {
		return "", err
	}
	return rewrite(c, file, d)
}

// rewrite tells the unitchecker of the files that are left and the name of the package they make. The gate
// tells by the ID whether a package came with its tests.
func rewrite(c *config, file string, d decision) (string, error) {
	fields := map[string]any{"GoFiles": d.files, "ImportPath": c.path(), "ID": c.path()}
	if len(withoutTests(d.files)) < len(d.files) {
		fields["ID"] = c.path() + " [" + c.path() + ".test]"
	}
	if d.report {
		fields["VetxOnly"] = false
	}
	for name, value := range fields {
		if err := c.set(name, value); err != nil {
			return "", err
		}
	}
	return c.write(file)
}

// TooOld begins the message about a module whose Go is newer than the one ddbvet was built with.
const TooOld = "built with go"

// checkVersion says in one line what would otherwise be an error in every package: the type checker
// that is built into ddbvet is older than the module's language.
func checkVersion(c *config) error {
	built := runtime.Version()
	if !version.IsValid(built) || !version.IsValid(c.GoVersion) {
		return nil
	}
	if version.Compare(version.Lang(c.GoVersion), version.Lang(built)) <= 0 {
		return nil
	}
	return fmt.Errorf(TooOld+"%s, but module %s needs %s: install ddbvet again with that Go", strings.TrimPrefix(built, "go"), c.ModulePath, c.GoVersion)
}

// choose gives the analyzers for these arguments, and the arguments that make the unitchecker run just the
// checks that were asked for. Analyzers that stay silent remain known, for their flags.
func choose(s suite.Suite, args []string) ([]*analysis.Analyzer, []string, error) {
	all := append([]*analysis.Analyzer{s.Handover}, s.Analyzers...)
	if isSet(args, "flags") || isSet(args, s.Handover.Name) {
		return all, args, nil
	}
	all = all[1:]
	for _, a := range all {
		if isSet(args, a.Name) {
			return all, args, nil // the unitchecker runs those that are named
		}
	}
	value, _ := lookup(args, "checks")
	names, err := Select(s, value)
	if err != nil {
		return nil, nil, err
	}
	var off []string
	for _, a := range all {
		if !names[a.Name] {
			off = append(off, "-"+a.Name+"=false")
		}
	}
	return all, append(off, args...), nil
}

// Select reads the value of -checks: on (also when empty), all, or names with commas between.
func Select(s suite.Suite, value string) (map[string]bool, error) {
	names := make(map[string]bool)
	switch value {
	case "", "on", "all":
		for _, c := range s.Checks {
			if c.On || value == "all" {
				names[c.Name] = true
			}
		}
		return names, nil
	}
	for _, name := range strings.Split(value, ",") {
		name = strings.TrimSpace(name)
		if _, ok := s.Check(name); !ok {
			return nil, fmt.Errorf("-checks: there is no check %q; \"ddbvet checks\" lists them", name)
		}
		names[name] = true
	}
	if len(names) == 0 {
		return nil, errors.New("-checks: no check is named")
	}
	return names, nil
}

// Values of -fixes.
const (
	SafeFixes = "safe"
	EveryFix  = "all"
)

// FixesUsage says what -fixes means, to the go command and to people.
const FixesUsage = "which fixes are applied: safe, or all, those that change what callers see too"

// AllFixes reads -fixes among the arguments.
func AllFixes(args []string) (bool, error) {
	switch value, _ := lookup(args, "fixes"); value {
	case "", SafeFixes:
		return false, nil
	case EveryFix:
		return true, nil
	default:
		return false, fmt.Errorf("-fixes: there is safe and all, not %q", value)
	}
}

func optionsOf(s suite.Suite, args []string) Options {
	return Options{Tests: isSet(args, "tests"), Handover: isSet(args, "handover"), Packages: s.Packages}
}

// lookup finds a flag before any flag package has seen it: the last -name, -name=value or -name value counts.
func lookup(args []string, name string) (value string, ok bool) {
	for i, a := range args {
		a = strings.TrimPrefix(a, "-")
		a = strings.TrimPrefix(a, "-")
		switch key, v, eq := strings.Cut(a, "="); {
		case a == args[i] || key != name:
		case eq:
			value, ok = v, true
		case i+1 < len(args):
			value, ok = args[i+1], true
		default:
			value, ok = "", true
		}
	}
	return value, ok
}

// isSet tells whether a boolean flag is on.
func isSet(args []string, name string) bool {
	on := false
	for i, a := range args {
		flag := strings.TrimPrefix(strings.TrimPrefix(a, "-"), "-")
		key, v, eq := strings.Cut(flag, "=")
		if flag == args[i] || key != name {
			continue
		}
		on = true
		if eq {
			b, err := strconv.ParseBool(v)
			on = err == nil && b
		}
	}
	return on
}
