package dynamo

import (
	"go/types"
	"slices"
	"strings"
	"testing"
)

// TestEffectsExist holds every entry of the table against the package that it names. Packages that are not in go.mod
// cannot be loaded; of those only the spelling is checked.
func TestEffectsExist(t *testing.T) {
	var paths []string
	for _, group := range effectGroups {
		if path, _, _ := strings.Cut(group.names, ": "); path != "builtin" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	loaded, err := loadTypes(paths)
	if err != nil {
		t.Fatal(err)
	}
	for _, must := range []string{"strconv", "time", "encoding/json", "fmt", "github.com/google/uuid", marshalV2, marshalV1} {
		if loaded[must] == nil {
			t.Errorf("%s cannot be loaded", must)
		}
	}
	loaded["builtin"] = types.NewPackage("builtin", "builtin")
	loaded["builtin"].Scope().Insert(types.Universe.Lookup("error"))
	for _, group := range effectGroups {
		path, names, ok := strings.Cut(group.names, ": ")
		if !ok || path == "" || names == "" {
			t.Errorf("malformed: %q", group.names)
		}
		for name := range strings.FieldsSeq(names) {
			if pkg := loaded[path]; pkg != nil {
				checkEffect(t, pkg, name, group.effect)
			} else if strings.Count(name, ".") > 1 || strings.Contains(path, " ") {
				t.Errorf("malformed: %s %s", path, name)
			}
		}
	}
}

// checkEffect checks that the package has the function, that EffectOf finds it and that the indexes are within its
// arguments.
func checkEffect(t *testing.T, pkg *types.Package, name string, want Effect) {
	t.Helper()
	fn := function(pkg, name)
	if fn == nil {
		t.Errorf("%s has no %s", pkg.Path(), name)
		return
	}
	if got, ok := EffectOf(fn); !ok || got != want {
		t.Errorf("EffectOf(%s) = %v, %t", fn.FullName(), got, ok)
	}
	sig := fn.Signature()
	args := sig.Params().Len()
	switch recv := sig.Recv(); {
	case recv != nil && types.IsInterface(recv.Type()):
		if want.Kind != Inert && want.From != Receiver {
			t.Errorf("%s: the receiver of an interface method is not an argument", fn.FullName())
		}
	case recv != nil:
		args++
		fallthrough
	default:
		uses := want.Kind != Inert && want.Kind != Fresh
		if uses && (want.From >= args || want.Into >= args || want.From < 0) {
			t.Errorf("%s: %v, but %d arguments", fn.FullName(), want, args)
		}
	}
	if results := sig.Results().Len(); results == 0 && (want.Kind == Copy || want.Kind == Fresh || want.Kind == Format) {
		t.Errorf("%s is %s, but has no result", fn.FullName(), want.Kind)
	}
}

// function finds F, T.M or *T.M in a package.
func function(pkg *types.Package, name string) *types.Func {
	typ, method, ok := strings.Cut(name, ".")
	if !ok {
		fn, _ := pkg.Scope().Lookup(name).(*types.Func)
		return fn
	}
	obj := pkg.Scope().Lookup(strings.TrimPrefix(typ, "*"))
	if obj == nil {
		return nil
	}
	found, _, _ := types.LookupFieldOrMethod(obj.Type(), true, pkg, method)
	fn, _ := found.(*types.Func)
	return fn
}

func TestEveryMarshalFunction(t *testing.T) {
	for _, path := range []string{marshalV2, marshalV1} {
		for _, fn := range packageFunctions(sdk(t, path)) {
			if _, ok := EffectOf(fn); !ok && !strings.HasPrefix(fn.Name(), "New") {
				t.Errorf("%s has no effect", fn.FullName())
			}
		}
	}
}

// packageFunctions returns the exported functions of a package, without methods.
func packageFunctions(pkg *types.Package) []*types.Func {
	var fns []*types.Func
	for _, name := range pkg.Scope().Names() {
		if fn, ok := pkg.Scope().Lookup(name).(*types.Func); ok && fn.Exported() {
			fns = append(fns, fn)
		}
	}
	return fns
}

func TestEffectUnknown(t *testing.T) {
	loaded, err := loadTypes([]string{"strings", "log/slog"})
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := EffectOf(function(loaded["strings"], "Repeat")); ok {
		t.Errorf("strings.Repeat: %v", e)
	}
	if e, ok := EffectOf(function(loaded["log/slog"], "*Logger.Info")); !ok || e.Kind != Inert {
		t.Errorf("slog: %v, %t", e, ok)
	}
	if e, ok := EffectOf(nil); ok {
		t.Errorf("nothing: %v", e)
	}
}
