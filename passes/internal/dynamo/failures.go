package dynamo

import "go/types"

// A Failure says what an error of a request means.
type Failure string

// Failures, see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html.
const (
	// FailedCondition: DynamoDB has checked the write's condition and refused it. The SDKs do not retry it.
	FailedCondition Failure = "failed condition"
	// FailedTransaction: an action of the transaction was refused: its condition, a conflict, its size.
	FailedTransaction Failure = "failed transaction"
	// FailedConflict: another transaction is writing the item, or the same token is in progress.
	FailedConflict Failure = "conflict"
	// FailedToken: the token was used with another content.
	FailedToken Failure = "token mismatch"
	// FailedDuplicate: a PartiQL INSERT found the item: absence was demanded.
	FailedDuplicate Failure = "duplicate item"
	// NoItem: a mapper's read found no item. This is data, not a failed request.
	NoItem Failure = "no item"
	// ManyItems: a mapper's read of one item found several. This is data too.
	ManyItems Failure = "many items"
)

// failures are the failures by the API's name of the error, which is that of its Go type as well.
var failures = map[string]Failure{
	"ConditionalCheckFailedException":      FailedCondition,
	"TransactionCanceledException":         FailedTransaction,
	"TransactionConflictException":         FailedConflict,
	"TransactionInProgressException":       FailedConflict,
	"ReplicatedWriteConflictException":     FailedConflict,
	"IdempotentParameterMismatchException": FailedToken,
	"DuplicateItemException":               FailedDuplicate,
}

// FailureByCode returns the failure that an error code means: smithy's ErrorCode(), awserr's Code(), the ErrCode… constants
// of SDK v1. Other codes say that the request failed and nothing about items.
func FailureByCode(code string) (Failure, bool) {
	f, ok := failures[code]
	return f, ok
}

// FailureByType returns the failure that an error type of the SDKs means, for instance
// *types.ConditionalCheckFailedException, the target of errors.As.
func FailureByType(t types.Type) (Failure, bool) {
	if p, ok := pointerToPointer(t); ok {
		t = p.Elem() // the target of errors.As is a pointer to a pointer
	}
	pkg, name := named(t)
	if pkg != typesV2 && pkg != serviceV1 {
		return "", false
	}
	return FailureByCode(name)
}

// FailureByVar returns what an error variable of a mapper means: dynamo.ErrNotFound.
func FailureByVar(v *types.Var) (Failure, bool) {
	if v == nil || v.Pkg() == nil || v.Pkg().Path() != guregu && v.Pkg().Path() != guregu+"/v2" {
		return "", false
	}
	switch v.Name() {
	case "ErrNotFound":
		return NoItem, true
	case "ErrTooMany":
		return ManyItems, true
	}
	return "", false
}

// FailureByTest returns the failure that a function of a mapper tests its error argument for: dynamo.IsCondCheckFailed.
func FailureByTest(fn *types.Func) (Failure, bool) {
	if fn == nil {
		return "", false
	}
	switch fn.FullName() {
	case guregu + ".IsCondCheckFailed", guregu + "/v2.IsCondCheckFailed":
		return FailedCondition, true
	}
	return "", false
}

// pointerToPointer returns t as a pointer to a pointer.
func pointerToPointer(t types.Type) (*types.Pointer, bool) {
	if t == nil {
		return nil, false
	}
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return nil, false
	}
	_, ok = types.Unalias(p.Elem()).(*types.Pointer)
	return p, ok
}
