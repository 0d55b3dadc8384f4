package dynamo

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// controlPlane are the operations of the service that touch no item: tables, backups, exports, settings. One that is
// neither here nor in the table of data-plane operations fails TestEveryOperation.
var controlPlane = strings.Fields(`
	CreateBackup CreateGlobalTable CreateTable DeleteBackup DeleteResourcePolicy DeleteTable
	DescribeBackup DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport
	DescribeGlobalTable DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits
	DescribeTable DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination
	EnableKinesisStreamingDestination ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups
	ListContributorInsights ListExports ListGlobalTables ListImports ListTables ListTagsOfResource PutResourcePolicy
	RestoreTableFromBackup RestoreTableToPointInTime TagResource UntagResource UpdateContinuousBackups
	UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings UpdateKinesisStreamingDestination UpdateTable
	UpdateTableReplicaAutoScaling UpdateTimeToLive`)

// sinceV2 are operations that SDK v1, which is no longer developed, does not have.
var sinceV2 = []string{"SearchVectors"}

func TestEveryOperation(t *testing.T) {
	for path, client := range map[string]string{serviceV2: "Client", serviceV1: "DynamoDB"} {
		seen := map[string]bool{}
		for _, fn := range exportedMethods(lookup(t, path, client)) {
			name := fn.Name()
			if lookup(t, path, name+"Input") == nil {
				continue // Options, or a form of an operation
			}
			seen[name] = true
			_, data := ByName(name)
			if control := slices.Contains(controlPlane, name); data == control {
				t.Errorf("%s.%s: in the table of data-plane operations: %t, in that of the others: %t", path, name, data, control)
			}
		}
		for _, op := range Operations() {
			if absent := path == serviceV1 && slices.Contains(sinceV2, op.Name); seen[op.Name] == absent {
				t.Errorf("%s.%s: in the SDK: %t", path, op.Name, seen[op.Name])
			}
		}
	}
}

func TestByInputAndOutput(t *testing.T) {
	for _, path := range []string{serviceV2, serviceV1} {
		for _, op := range Operations() {
			in, out := lookup(t, path, op.Name+"Input"), lookup(t, path, op.Name+"Output")
			if in == nil && path == serviceV1 && slices.Contains(sinceV2, op.Name) {
				continue
			}
			alias := types.NewAlias(types.NewTypeName(token.NoPos, nil, "Alias", nil), types.NewPointer(in))
			for _, typ := range []types.Type{in, types.NewPointer(in), alias} {
				if got, ok := ByInput(typ); !ok || got != op {
					t.Errorf("ByInput(%s) = %v, %t", typ, got, ok)
				}
				if got, ok := ByOutput(typ); ok {
					t.Errorf("ByOutput(%s) = %v", typ, got)
				}
			}
			if got, ok := ByOutput(types.NewPointer(out)); !ok || got != op {
				t.Errorf("ByOutput(*%s) = %v, %t", out, got, ok)
			}
		}
		for _, name := range []string{"CreateTableInput", "DescribeTableInput"} {
			if got, ok := ByInput(types.NewPointer(lookup(t, path, name))); ok {
				t.Errorf("ByInput(*%s) = %v", name, got)
			}
		}
	}
	foreign := types.NewPackage("example.com/dynamodb", "dynamodb")
	other := types.NewNamed(types.NewTypeName(token.NoPos, foreign, "PutItemInput", nil), types.NewStruct(nil, nil), nil)
	for _, typ := range []types.Type{other, types.Typ[types.String], nil} {
		if got, ok := ByInput(typ); ok {
			t.Errorf("ByInput(%v) = %v", typ, got)
		}
	}
}

func TestEveryField(t *testing.T) {
	for _, path := range []string{serviceV2, serviceV1} {
		typesPath := path
		if path == serviceV2 {
			typesPath = typesV2
		}
		for _, op := range Operations() {
			if path == serviceV1 && slices.Contains(sinceV2, op.Name) {
				continue
			}
			compareFields(t, lookup(t, path, op.Name+"Input"), inputs[op.Name])
			compareFields(t, lookup(t, path, op.Name+"Output"), outputs[op.Name])
		}
		for shape, table := range shapes {
			n := lookup(t, typesPath, shape)
			switch {
			case n != nil:
				compareFields(t, n, table, "Message_", "ErrorCodeOverride")
			case path == serviceV2 || shape != "SearchResultItem":
				t.Errorf("%s has no %s", typesPath, shape)
			}
		}
	}
}

// compareFields compares the fields of an SDK type with a table, apart from those that every failure of the SDK has.
func compareFields(t *testing.T, n *types.Named, table map[string]Role, ignored ...string) {
	t.Helper()
	if n == nil {
		t.Error("a type of the table is not in the SDK")
		return
	}
	isFailure := strings.HasSuffix(n.Obj().Name(), "Exception")
	fields := exportedFields(t, n)
	for _, field := range fields {
		if isFailure && (slices.Contains(ignored, field) || field == "Message") {
			continue
		}
		if _, ok := table[field]; !ok {
			t.Errorf("%s.%s is not in the table", n, field)
		}
	}
	for field := range table {
		if !slices.Contains(fields, field) {
			t.Errorf("the SDK has no %s.%s", n, field)
		}
	}
}

// TestEveryShape fails when an input or output holds an SDK struct, directly or inside another, that no table describes.
func TestEveryShape(t *testing.T) {
	unneeded := strings.Fields("ConsumedCapacity Capacity ItemCollectionMetrics VectorCapacity BatchStatementError")
	seen := map[string]bool{}
	var walk func(types.Type)
	walk = func(typ types.Type) {
		if _, name := named(typ); name != "" {
			if seen[name] {
				return
			}
			seen[name] = true
		}
		switch u := types.Unalias(typ).Underlying().(type) {
		case *types.Pointer:
			walk(u.Elem())
		case *types.Slice:
			walk(u.Elem())
		case *types.Map:
			walk(u.Elem())
		case *types.Struct:
			pkg, name := named(typ)
			_, shaped := ShapeOf(typ)
			if pkg == typesV2 && !shaped && !Carrier(typ) && !slices.Contains(unneeded, name) {
				t.Errorf("%s is in no table", name)
			}
			for f := range u.Fields() {
				if f.Exported() {
					walk(f.Type())
				}
			}
		}
	}
	for _, op := range Operations() {
		walk(lookup(t, serviceV2, op.Name+"Input"))
		walk(lookup(t, serviceV2, op.Name+"Output"))
	}
	for shape := range shapes {
		if !seen[shape] && !strings.HasSuffix(shape, "Exception") && shape != "CancellationReason" {
			t.Errorf("%s is in no input or output", shape)
		}
	}
}

func TestRoles(t *testing.T) {
	put, _ := ByName("PutItem")
	if r, ok := put.InputRole(ConditionExpression); !ok || r != RoleCondition {
		t.Errorf("condition of PutItem: %q, %t", r, ok)
	}
	if r, ok := put.OutputRole(Items); ok {
		t.Errorf("PutItem returns items: %q", r)
	}
	if r, ok := ShapeRole("Update", UpdateExpression); !ok || r != RoleUpdate {
		t.Errorf("update of a transaction: %q, %t", r, ok)
	}
	for shape, want := range map[string]string{
		"Put": "PutItem", "PutRequest": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "DeleteRequest": "DeleteItem",
		"Get": "GetItem", "ConditionCheck": "",
	} {
		if op, ok := ActionOf(shape); op.Name != want || ok != (want != "") {
			t.Errorf("ActionOf(%s) = %v, %t", shape, op, ok)
		}
	}
}

func TestPackages(t *testing.T) {
	tests := []struct {
		path         string
		sdk, reaches bool
	}{
		{serviceV2, true, true},
		{typesV2, true, true},
		{serviceV1 + "/dynamodbiface", true, true},
		{"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams", true, true},
		{marshalV2, true, true},
		{"github.com/aws/aws-sdk-go-v2/service/s3", true, false},
		{"github.com/aws/aws-sdk-go-v2/aws", true, false},
		{"github.com/aws/smithy-go/middleware", true, false},
		{"github.com/aws/aws-dax-go-v2/dax", true, true},
		{"github.com/aws/aws-dax-go/dax", true, true},
		{"github.com/aws/aws-lambda-go/events", true, true},
		{"github.com/aws/aws-lambda-go/lambda", true, false},
		{"github.com/guregu/dynamo/v2", true, true},
		{"github.com/guregu/dynamodb-tools", false, false},
		{"github.com/aws/aws-sdk-go-v3", false, false},
		{"example.com/shop/dynamodb", false, false},
	}
	for _, tt := range tests {
		if got := SDKPackage(tt.path); got != tt.sdk {
			t.Errorf("SDKPackage(%s) = %t", tt.path, got)
		}
		if got := ReachesDynamoDB(tt.path); got != tt.reaches {
			t.Errorf("ReachesDynamoDB(%s) = %t", tt.path, got)
		}
	}
}
