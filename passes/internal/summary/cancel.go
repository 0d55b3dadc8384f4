package summary

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// lumped records a test by which a function takes every cancellation of a transaction for one and the same: it answers
// with success, or with an error of its own, and never looks at the reasons. A transaction is also cancelled by a
// conflict with another one, or when it is throttled, see
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html.
func (b *builder) lumped(i ssa.CallInstruction) {
	call, ok := i.(*ssa.Call)
	if !ok || calleeName(i.Common()) != "As" || len(call.Call.Args) != 2 {
		return
	}
	target, ok := call.Call.Args[1].(*ssa.MakeInterface)
	if !ok {
		return
	}
	if f, ok := dynamo.FailureByType(target.X.Type()); !ok || f != dynamo.FailedTransaction {
		return
	}
	holder, ok := target.X.(*ssa.Alloc)
	if !ok || reasonsRead(holder, target) || !b.answersAlike(call) {
		return
	}
	b.eventAt(site{i, "lumped"}, i, Event{Kind: Lumps, Op: "TransactWriteItems", Name: "errors.As"})
}

// reasonsRead reports that something may look at the reasons of a cancellation.
func reasonsRead(holder *ssa.Alloc, target ssa.Value) bool {
	return !everyUse([]ssa.Value{holder}, func(use ssa.Instruction, _ ssa.Value, follow func(ssa.Value)) bool {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.Store, *ssa.If, *ssa.BinOp:
			return true
		case *ssa.FieldAddr:
			return fieldKeyName(use) != dynamo.CancellationReasons
		case ssa.CallInstruction:
			return use.Common().StaticCallee() != nil && calleeName(use.Common()) == "As" || quiet(use) != loud
		case ssa.Value:
			if use != target {
				follow(use)
			}
			return true
		}
		return false
	})
}

// answersAlike reports a function that returns where a test holds, and that is not the error which it tested.
func (b *builder) answersAlike(test *ssa.Call) bool {
	for _, r := range *test.Referrers() {
		branch, ok := r.(*ssa.If)
		if !ok {
			continue
		}
		to := branch.Block().Succs[0]
		if len(to.Preds) != 1 {
			continue
		}
		for _, block := range b.fn.Blocks {
			ret, returns := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
			if returns && to.Dominates(block) && len(ret.Results) > 0 && ownAnswer(ret.Results[len(ret.Results)-1], test.Call.Args[0]) {
				return true
			}
		}
	}
	return false
}

// ownAnswer reports a result of type error that says nothing of another error: nil, or one that the program has named.
func ownAnswer(result, of ssa.Value) bool {
	if !isError(result.Type()) {
		return false
	}
	switch v := result.(type) {
	case *ssa.Const:
		return true
	case *ssa.UnOp:
		_, named := v.X.(*ssa.Global)
		return named
	case *ssa.MakeInterface:
		return !mentionsValue(v.X, of, 0)
	case *ssa.Call:
		fn := v.Call.StaticCallee()
		return fn != nil && fn.Object() != nil && slices.Contains([]string{"errors.New", "fmt.Errorf"}, fn.Object().(*types.Func).FullName()) && !mentionsValue(v, of, 0)
	}
	return false
}

// mentionsValue reports a value that is made of another one, as far as operands go.
func mentionsValue(v, of ssa.Value, depth int) bool {
	if v == of {
		return true
	}
	instr, ok := v.(ssa.Instruction)
	if !ok || depth > 6 {
		return depth > 6
	}
	if alloc, ok := v.(*ssa.Alloc); ok { // the list of a call's arguments
		for _, r := range *alloc.Referrers() {
			if at, ok := r.(*ssa.IndexAddr); ok {
				for _, s := range *at.Referrers() {
					if st, ok := s.(*ssa.Store); ok && mentionsValue(st.Val, of, depth+1) {
						return true
					}
				}
			}
		}
	}
	return slices.ContainsFunc(instr.Operands(nil), func(op *ssa.Value) bool { return *op != nil && mentionsValue(*op, of, depth+1) })
}

// errorsUnread reports answers to a batch of statements of which the program reads parts, though never the error.
func errorsUnread(answers []ssa.Value) bool {
	read := false
	unread := everyUse(answers, func(use ssa.Instruction, of ssa.Value, follow func(ssa.Value)) bool {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp, *ssa.If:
		case *ssa.FieldAddr:
			read = true
			return fieldKeyName(use) != dynamo.StatementError
		case *ssa.Field:
			read = true
			st, ok := use.X.Type().Underlying().(*types.Struct)
			return ok && st.Field(use.Field).Name() != dynamo.StatementError
		case *ssa.Store:
			alloc, ok := use.Addr.(*ssa.Alloc)
			if use.Val != of {
				return true
			}
			if ok {
				follow(alloc)
			}
			return ok
		case *ssa.Call:
			bi, ok := use.Call.Value.(*ssa.Builtin)
			return ok && bi.Name() == "len"
		case *ssa.UnOp, *ssa.IndexAddr, *ssa.Index, *ssa.Slice, *ssa.Range, *ssa.Next, *ssa.Extract, *ssa.Phi:
			follow(use.(ssa.Value))
		default:
			return false
		}
		return true
	})
	return read && unread
}
