package dynamo

import (
	"go/types"
	"slices"
	"strings"
	"testing"
)

// requestFailures are the errors of the SDK that say nothing about items: of tables, backups, limits, the network.
var requestFailures = strings.Fields(`BackupInUseException BackupNotFoundException ContinuousBackupsUnavailableException
	ExportConflictException ExportNotFoundException GlobalTableAlreadyExistsException GlobalTableNotFoundException
	ImportConflictException ImportNotFoundException IndexNotFoundException InternalServerError InvalidEndpointException
	InvalidExportTimeException InvalidRestoreTimeException ItemCollectionSizeLimitExceededException LimitExceededException
	PointInTimeRecoveryUnavailableException PolicyNotFoundException ProvisionedThroughputExceededException
	ReplicaAlreadyExistsException ReplicaNotFoundException RequestLimitExceeded ResourceInUseException
	ResourceNotFoundException TableAlreadyExistsException TableInUseException TableNotFoundException ThrottlingException`)

func TestEveryFailure(t *testing.T) {
	failing := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	for _, path := range []string{typesV2, serviceV1} {
		for _, name := range sdk(t, path).Scope().Names() {
			obj, ok := sdk(t, path).Scope().Lookup(name).(*types.TypeName)
			if !ok || !obj.Exported() || types.IsInterface(obj.Type()) || !types.Implements(types.NewPointer(obj.Type()), failing) {
				continue
			}
			ptr := types.NewPointer(obj.Type())
			f, ok := FailureByType(ptr)
			if ok == slices.Contains(requestFailures, name) {
				t.Errorf("%s.%s: %q, but a failure of the request: %t", path, name, f, !ok)
			}
			if g, okTarget := FailureByType(types.NewPointer(ptr)); g != f || okTarget != ok {
				t.Errorf("target of %s: %q, want %q", name, g, f)
			}
		}
	}
	for name := range failures {
		if lookup(t, typesV2, name) == nil {
			t.Errorf("the SDK has no %s", name)
		}
	}
}

func TestMapperFailures(t *testing.T) {
	loaded, err := loadTypes([]string{guregu, guregu + "/v2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{guregu, guregu + "/v2"} {
		for name, want := range map[string]Failure{"ErrNotFound": NoItem, "ErrTooMany": ManyItems} {
			v, _ := loaded[path].Scope().Lookup(name).(*types.Var)
			if f, ok := FailureByVar(v); !ok || f != want {
				t.Errorf("%s.%s: %q, %t", path, name, f, ok)
			}
		}
		if f, ok := FailureByTest(function(loaded[path], "IsCondCheckFailed")); !ok || f != FailedCondition {
			t.Errorf("%s.IsCondCheckFailed: %q, %t", path, f, ok)
		}
		if f, ok := FailureByTest(function(loaded[path], "New")); ok {
			t.Errorf("%s.New: %q", path, f)
		}
	}
}
