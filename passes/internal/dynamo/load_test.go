package dynamo

import (
	"go/types"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// sdkPaths are the packages that the tables describe and that the tests hold them against, and what test programs import.
var sdkPaths = []string{"context", serviceV2, typesV2, serviceV1, marshalV2, marshalV1, expressionV2, expressionV1}

// loadSDK loads the types of the SDKs once for all tests.
var loadSDK = sync.OnceValues(func() (map[string]*types.Package, error) { return loadTypes(sdkPaths) })

// loadTypes loads packages by their import paths. A path that cannot be loaded is missing in the result.
func loadTypes(paths []string) (map[string]*types.Package, error) {
	mode := packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedModule
	loaded, err := packages.Load(&packages.Config{Mode: mode}, paths...)
	if err != nil {
		return nil, err
	}
	all := map[string]*types.Package{}
	for _, p := range loaded {
		if len(p.Errors) == 0 && p.Types != nil {
			all[p.PkgPath] = p.Types
		}
	}
	return all, nil
}

// sdk returns a package of the SDKs.
func sdk(t *testing.T, path string) *types.Package {
	t.Helper()
	all, err := loadSDK()
	if err != nil {
		t.Fatal(err)
	}
	if all[path] == nil {
		t.Fatalf("%s cannot be loaded", path)
	}
	return all[path]
}

// lookup returns a named type of a package of the SDKs, or nil.
func lookup(t *testing.T, path, name string) *types.Named {
	t.Helper()
	obj := sdk(t, path).Scope().Lookup(name)
	if obj == nil {
		return nil
	}
	n, _ := obj.Type().(*types.Named)
	return n
}

// exportedFields returns the exported fields of a struct type.
func exportedFields(t *testing.T, n *types.Named) []string {
	t.Helper()
	s, ok := n.Underlying().(*types.Struct)
	if !ok {
		t.Fatalf("%s is no struct", n)
	}
	var names []string
	for f := range s.Fields() {
		if f.Exported() && f.Name() != "ResultMetadata" && f.Name() != "RespMetadata" {
			names = append(names, f.Name())
		}
	}
	return names
}

// exportedMethods returns the exported methods of *n, in order.
func exportedMethods(n types.Type) []*types.Func {
	var methods []*types.Func
	for sel := range types.NewMethodSet(types.NewPointer(n)).Methods() {
		if fn := sel.Obj().(*types.Func); fn.Exported() {
			methods = append(methods, fn)
		}
	}
	return methods
}
