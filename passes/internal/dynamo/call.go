package dynamo

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Call says which operation a call carries out and where its input is.
type Call struct {
	Op Operation
	// Input is the index of the input in call.Args, or for Page that of the paginator. It is -1 for a Page in invoke mode,
	// where the paginator is call.Value.
	Input int
	// Request is the v1 form PutItemRequest(input) (req, output): the output is result 1, filled by req.Send.
	Request bool
	// Constructor means that the call only makes a paginator; no request is sent yet.
	Constructor bool
	// Page is NextPage of a paginator: the paginator carries the input, the output is result 0.
	Page bool
	// Callback is the index in call.Args of the function that gets the pages of a v1 QueryPages, or -1.
	Callback int
	// Own means that the callee is a method of the program, named and typed like the SDK's: a mock, or a wrapper whose body,
	// where it is known, may say more than the call (it may set the table).
	Own bool
}

// OfCall returns the operation that a call carries out. A call counts by the type of its input and of its output, for any
// receiver: a client, a local interface, an embedded client, a DAX client, a mock, a function value. A function of the
// program that merely takes an input (a helper) does not count, for its own body says what it does with it; a method that
// is named and typed like the SDK's does.
func OfCall(call *ssa.CallCommon) (Call, bool) {
	fn := callee(call)
	if page, ok := pageCall(call, fn); ok {
		return page, true
	}
	input, op, ok := inputOf(call)
	if !ok || !sends(fn, op) {
		return Call{}, false
	}
	c := Call{Op: op, Input: input, Callback: -1, Own: own(fn)}
	results := call.Signature().Results()
	switch {
	case resultIs(results, 0, op):
		return c, true
	case resultIs(results, 1, op):
		c.Request = true
		return c, true
	case results.Len() == 1 && paginates(results.At(0).Type(), op):
		c.Constructor = true
		return c, true
	}
	c.Callback = callbackOf(call, op)
	return c, c.Callback >= 0
}

// callee returns the declared function or method that the call names, or nil for a function value.
func callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	if f := call.StaticCallee(); f != nil {
		fn, _ := f.Object().(*types.Func)
		return fn
	}
	return nil
}

// inputOf finds the argument that is the input of an operation.
func inputOf(call *ssa.CallCommon) (int, Operation, bool) {
	for i, arg := range call.Args {
		if op, ok := ByInput(arg.Type()); ok {
			return i, op, true
		}
	}
	return 0, Operation{}, false
}

// sends reports whether a call of fn with op's input is the request itself rather than a helper of the program.
func sends(fn *types.Func, op Operation) bool {
	if fn == nil {
		return true // a function value: only its type says what it is
	}
	if fn.Pkg() != nil && SDKPackage(fn.Pkg().Path()) {
		return true
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	if types.IsInterface(recv.Type()) {
		return true
	}
	return isForm(fn.Name(), op.Name)
}

// own reports whether fn is a declared method of the program rather than of an SDK or of an interface.
func own(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || SDKPackage(fn.Pkg().Path()) {
		return false
	}
	recv := fn.Signature().Recv()
	return recv != nil && !types.IsInterface(recv.Type())
}

// forms are the suffixes under which the SDKs offer one operation.
var forms = []string{"", "WithContext", "Request", "Pages", "PagesWithContext"}

// isForm reports whether a method name is one under which the SDKs offer the operation.
func isForm(method, op string) bool {
	rest, ok := strings.CutPrefix(method, op)
	if !ok {
		return false
	}
	for _, form := range forms {
		if rest == form {
			return true
		}
	}
	return false
}

// resultIs reports whether result i is the output of op.
func resultIs(results *types.Tuple, i int, op Operation) bool {
	if i >= results.Len() {
		return false
	}
	out, ok := ByOutput(results.At(i).Type())
	return ok && out == op
}

// paginates reports whether t is the SDK's paginator of op.
func paginates(t types.Type, op Operation) bool {
	pkg, name := named(t)
	return servicePackages[pkg] && name == op.Name+"Paginator"
}

// callbackOf returns the index of an argument that is a v1 page callback func(*QueryOutput, bool) bool, or -1.
func callbackOf(call *ssa.CallCommon, op Operation) int {
	for i, arg := range call.Args {
		sig, ok := arg.Type().Underlying().(*types.Signature)
		if ok && resultIs(sig.Params(), 0, op) {
			return i
		}
	}
	return -1
}

// pageCall recognises NextPage of a paginator, on the SDK's type or through an interface.
func pageCall(call *ssa.CallCommon, fn *types.Func) (Call, bool) {
	if fn == nil || fn.Name() != "NextPage" || fn.Signature().Recv() == nil || fn.Signature().Results().Len() == 0 {
		return Call{}, false
	}
	op, ok := ByOutput(fn.Signature().Results().At(0).Type())
	if !ok {
		return Call{}, false
	}
	page := Call{Op: op, Input: -1, Page: true, Callback: -1}
	if call.IsInvoke() {
		return page, true
	}
	if !paginates(fn.Signature().Recv().Type(), op) {
		return Call{}, false // the program's own paginator: its body is followed
	}
	page.Input = 0
	return page, true
}

// PaginatorOf returns the operation that the SDK's paginator type t reads pages of.
func PaginatorOf(t types.Type) (Operation, bool) {
	_, name := named(t)
	op, ok := ByName(strings.TrimSuffix(name, "Paginator"))
	return op, ok && paginates(t, op)
}

// SetterOf returns the field that a v1 setter such as (*dynamodb.PutItemInput).SetTableName sets: argument 1 is stored in
// that field of argument 0, and the result is argument 0.
func SetterOf(fn *types.Func) (field string, ok bool) {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != serviceV1 || fn.Signature().Recv() == nil {
		return "", false
	}
	field, ok = strings.CutPrefix(fn.Name(), "Set")
	if !ok {
		return "", false
	}
	_, isStruct := structOf(fn.Signature().Recv().Type())
	return field, isStruct && fn.Signature().Params().Len() == 1
}
