// Package dynamo holds what calls of the AWS SDKs mean, as tables: which call is which DynamoDB operation, which field of
// its input says what, what the helpers around it do with values, and under which name a struct field is stored.
// Everything that ddbvet knows about an SDK is here; tests compare the tables with the SDKs' own types, so that an
// operation or a field that a newer SDK brings fails a test instead of being overlooked.
//
// The tables hold for github.com/aws/aws-sdk-go-v2 and for github.com/aws/aws-sdk-go (v1). The DAX clients
// (github.com/aws/aws-dax-go-v2, github.com/aws/aws-dax-go) take the same input types, so they need no tables of their own.
package dynamo

import (
	"go/types"
	"strings"
)

// A Kind is the kind of a data-plane operation.
type Kind string

// The data-plane operations, after
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html.
const (
	Get               Kind = "Get"
	Query             Kind = "Query"
	Scan              Kind = "Scan"
	Search            Kind = "Search" // SearchVectors: the nearest items of a vector index
	BatchGet          Kind = "BatchGet"
	TransactGet       Kind = "TransactGet"
	Put               Kind = "Put"
	Update            Kind = "Update"
	Delete            Kind = "Delete"
	BatchWrite        Kind = "BatchWrite"
	TransactWrite     Kind = "TransactWrite"
	Statement         Kind = "Statement"
	BatchStatement    Kind = "BatchStatement"
	TransactStatement Kind = "TransactStatement"
)

// An Operation is one data-plane operation. The PartiQL operations are marked as both reading and writing: only the
// statement says which of the two a request does.
type Operation struct {
	// Name is the operation as the API names it, for instance PutItem.
	Name   string
	Kind   Kind
	Reads  bool
	Writes bool
}

// operations are all data-plane operations.
var operations = []Operation{
	{Name: "GetItem", Kind: Get, Reads: true},
	{Name: "Query", Kind: Query, Reads: true},
	{Name: "Scan", Kind: Scan, Reads: true},
	{Name: "SearchVectors", Kind: Search, Reads: true},
	{Name: "BatchGetItem", Kind: BatchGet, Reads: true},
	{Name: "TransactGetItems", Kind: TransactGet, Reads: true},
	{Name: "PutItem", Kind: Put, Writes: true},
	{Name: "UpdateItem", Kind: Update, Writes: true},
	{Name: "DeleteItem", Kind: Delete, Writes: true},
	{Name: "BatchWriteItem", Kind: BatchWrite, Writes: true},
	{Name: "TransactWriteItems", Kind: TransactWrite, Writes: true},
	{Name: "ExecuteStatement", Kind: Statement, Reads: true, Writes: true},
	{Name: "BatchExecuteStatement", Kind: BatchStatement, Reads: true, Writes: true},
	{Name: "ExecuteTransaction", Kind: TransactStatement, Reads: true, Writes: true},
}

// byName finds an operation by its API name.
var byName = func() map[string]Operation {
	m := make(map[string]Operation, len(operations))
	for _, op := range operations {
		m[op.Name] = op
	}
	return m
}()

// Operations returns all data-plane operations in a fixed order.
func Operations() []Operation { return append([]Operation(nil), operations...) }

// ByName returns the data-plane operation that the API calls name, for instance "PutItem".
func ByName(name string) (Operation, bool) {
	op, ok := byName[name]
	return op, ok
}

// ByInput returns the operation whose input has type t, for instance *dynamodb.PutItemInput of either SDK, pointer or not,
// also under an alias.
func ByInput(t types.Type) (Operation, bool) { return bySuffix(t, "Input") }

// ByOutput returns the operation whose output has type t, pointer or not, also under an alias.
func ByOutput(t types.Type) (Operation, bool) { return bySuffix(t, "Output") }

// bySuffix returns the operation op for which t is the service package's type op+suffix.
func bySuffix(t types.Type, suffix string) (Operation, bool) {
	pkg, name := named(t)
	if !servicePackages[pkg] {
		return Operation{}, false
	}
	short, ok := strings.CutSuffix(name, suffix)
	if !ok {
		return Operation{}, false
	}
	return ByName(short)
}

// named returns the package path and the name of the named type that t is, or that t points to; empty when t is neither.
func named(t types.Type) (pkg, name string) {
	n := namedType(t)
	if n == nil || n.Obj().Pkg() == nil {
		return "", ""
	}
	return n.Obj().Pkg().Path(), n.Obj().Name()
}

// namedType returns the named type that t is, or that t points to, or nil.
func namedType(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}
