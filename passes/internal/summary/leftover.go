package summary

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// leftover finds the fate of what a batch has left undone: the field of the output that says so.
func (b *builder) leftover(i ssa.CallInstruction, k int, field string, input term.Ref) (f Fate, to uint16, in string) {
	if _, ok := i.(*ssa.Call); !ok {
		return Dropped, 0, "" // go and defer drop results
	}
	var fields []ssa.Value
	whole := &follower{b: b, seen: map[ssa.Value]bool{}}
	whole.follow(resultValues(i, k)...)
	for len(whole.queue) > 0 && !whole.used {
		v := whole.queue[0]
		whole.queue = whole.queue[1:]
		if v.Referrers() == nil {
			continue
		}
		for _, r := range *v.Referrers() {
			switch r := r.(type) {
			case *ssa.FieldAddr:
				switch {
				case !hasField(r.X.Type(), field):
					whole.follow(r) // the output is kept in a local struct
				case fieldKeyName(r) == field:
					fields = append(fields, r)
				}
			case *ssa.Field, *ssa.BinOp:
			case *ssa.If:
			default:
				whole.use(v, r)
			}
		}
	}
	if whole.used {
		return Used, 0, ""
	}
	f, to, in = b.kept(i, fields, input)
	if whole.returned != 0 {
		in = ""
	}
	to |= whole.returned
	switch {
	case f == Miscounted || f == Bounded || f == Partly:
		return f, 0, ""
	case field == dynamo.Responses && errorsUnread(fields):
		return Unchecked, 0, ""
	case f == Used:
		return Used, 0, ""
	case to != 0:
		return Returned, to, in
	case f == Dropped && whole.logged:
		return Logged, 0, ""
	}
	return f, 0, ""
}

func hasField(t types.Type, name string) bool {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	st, ok := p.Elem().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Name() == name {
			return true
		}
	}
	return false
}

// leftovers are the fields of outputs that say what a batch has not done, though its error is nil.
var leftovers = map[string]string{
	"BatchWriteItem": dynamo.UnprocessedItems, "BatchGetItem": dynamo.UnprocessedKeys, "BatchExecuteStatement": dynamo.Responses,
}

// fates notes on an event what the function does with the results of its call.
func (b *builder) fates(i ssa.CallInstruction, e *Event) {
	results := i.Common().Signature().Results()
	n := results.Len()
	if field, ok := leftovers[e.Op]; ok {
		k := 0
		if n == 2 && !isError(results.At(1).Type()) {
			k = 1 // the request and the output of SDK v1
		}
		if n > k {
			if _, isOutput := dynamo.ByOutput(results.At(k).Type()); isOutput {
				e.Left, e.LeftTo, e.LeftIn = b.leftover(i, k, field, e.Args[0])
			}
		}
	}
	e.Pieces = e.Op == "TransactWriteItems" && b.loops[i.Block()] && b.pieces()
	for k := range min(n, 16) {
		if unread(resultValues(i, k)) {
			e.Drops |= 1 << k
		}
	}
	b.hands(i, e)
	e.Answered = n > 0 && isError(results.At(n-1).Type()) && b.answered(resultValues(i, n-1))
	if n > 0 {
		e.Unread = unreadRequests(results.At(0).Type(), resultValues(i, 0))
	}
	if n > 0 && isError(results.At(n-1).Type()) && b.inStream() && !dynamo.NamesFailures(results.At(0).Type()) {
		e.Failed, _ = b.fate(resultValues(i, n-1), true)
		if overwritten(i, resultValues(i, n-1)) {
			e.Failed = Overwritten
		}
	}
}

// hands notes the fates of results that are requests, or the output of a batch, which a function of the program's own
// gives back.
func (b *builder) hands(i ssa.CallInstruction, e *Event) {
	results := i.Common().Signature().Results()
	if _, ok := i.(*ssa.Call); !ok || e.Kind == Request {
		return
	}
	for k := range min(results.Len(), 16) {
		values := resultValues(i, k)
		h := Hand{Result: k}
		if dynamo.BatchRequests(results.At(k).Type()) {
			h.Fate, h.To, h.In = b.kept(i, values, term.None)
		} else if op, ok := dynamo.ByOutput(results.At(k).Type()); ok && leftovers[op.Name] != "" {
			h.Fate, h.To, h.In = b.leftover(i, k, leftovers[op.Name], term.None)
		} else {
			continue
		}
		if h.Fate != Used {
			e.Hands = append(e.Hands, h)
		}
	}
}

// kept finds the fate of values that are what a batch has left undone.
func (b *builder) kept(i ssa.CallInstruction, left []ssa.Value, input term.Ref) (f Fate, to uint16, in string) {
	f, to, into := b.fateIn(left, false)
	if len(into) == 1 {
		in = into[0]
	}
	switch {
	case miscounted(left):
		return Miscounted, 0, ""
	case b.givesUp(i, left):
		return Bounded, 0, ""
	case input != term.None && b.oneTable(input, left):
		return Partly, 0, ""
	}
	return f, to, in
}

// answered reports an error for which the function returns at once, having done something besides logging, or with another
// result than where there is none.
func (b *builder) answered(values []ssa.Value) bool {
	for _, v := range values {
		for _, r := range *v.Referrers() {
			c, ok := r.(*ssa.BinOp)
			if !ok || !isNil(c.Y) {
				continue
			}
			for _, use := range *c.Referrers() {
				if i, ok := use.(*ssa.If); ok && b.endsOtherwise(i) {
					return true
				}
			}
		}
	}
	return false
}

// endsOtherwise reports a branch on a failure that ends the function, and not as the other side does.
func (b *builder) endsOtherwise(i *ssa.If) bool {
	w := &follower{b: b, failing: true}
	failed := w.decided(i)
	side := i.Block().Succs[0]
	if i.Cond.(*ssa.BinOp).Op == token.EQL {
		side = i.Block().Succs[1]
	}
	ends, tells := false, false
	for block := range failed {
		if !side.Dominates(block) {
			continue // where other ways lead as well
		}
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Return:
				ends = true
				tells = tells || len(instr.Results) > 0 && !b.returnedElsewhere(instr, failed)
			case ssa.CallInstruction:
				tells = tells || quiet(instr) == loud || replies(instr.Common())
			}
		}
	}
	return ends && tells
}

// replies reports a method of an HTTP response.
func replies(c *ssa.CallCommon) bool {
	if !c.IsInvoke() {
		return false
	}
	named, ok := c.Value.Type().(*types.Named)
	return ok && named.Obj().Name() == "ResponseWriter" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "net/http"
}

// returnedElsewhere reports a return whose values are those of a return on another way.
func (b *builder) returnedElsewhere(ret *ssa.Return, failed map[*ssa.BasicBlock]bool) bool {
	return slices.ContainsFunc(b.fn.Blocks, func(block *ssa.BasicBlock) bool {
		other, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		return ok && !failed[block] && slices.EqualFunc(ret.Results, other.Results, sameResult)
	})
}

// sameResult reports values that are one, or constants that are equal, or read from one variable.
func sameResult(x, y ssa.Value) bool {
	if c, ok := x.(*ssa.Const); ok {
		d, ok := y.(*ssa.Const)
		return ok && c.String() == d.String()
	}
	l, ok := x.(*ssa.UnOp)
	m, is := y.(*ssa.UnOp)
	return x == y || ok && is && l.Op == m.Op && l.X == m.X
}

// overwritten reports an error in a loop that nothing looks at before the next round's takes its place.
func overwritten(i ssa.CallInstruction, values []ssa.Value) bool {
	loop := innermost(i.Block())
	kept := false
	for _, v := range values {
		for _, r := range *v.Referrers() {
			switch r := r.(type) {
			case *ssa.DebugRef:
			case *ssa.Phi:
				if !loop[r.Block()] || !r.Block().Dominates(i.Block()) || looked(r, loop) {
					return false
				}
				kept = true
			default:
				return false
			}
		}
	}
	return kept
}

// looked reports a variable that something in a loop looks at, besides the round that gives it the next value.
func looked(v *ssa.Phi, loop map[*ssa.BasicBlock]bool) bool {
	return slices.ContainsFunc(*v.Referrers(), func(r ssa.Instruction) bool {
		_, debug := r.(*ssa.DebugRef)
		return !debug && loop[r.Block()]
	})
}

// unread reports values that nothing looks at.
func unread(values []ssa.Value) bool {
	for _, v := range values {
		for _, r := range *v.Referrers() {
			if _, debug := r.(*ssa.DebugRef); !debug {
				return false
			}
		}
	}
	return true
}

// inStream reports a function that handles records of a stream, or a closure in one.
func (b *builder) inStream() bool {
	for fn := b.fn; fn != nil; fn = fn.Parent() {
		if len(streamsOf(fn)) > 0 {
			return true
		}
	}
	return false
}

// pieces reports a call in a function that cuts a list of a transaction's actions: it slices one at places that are
// computed, or goes through a list of lists.
func (b *builder) pieces() bool {
	for _, block := range b.fn.Blocks {
		for _, instr := range block.Instrs {
			switch i := instr.(type) {
			case *ssa.Slice:
				if dynamo.TransactActions(i.X.Type()) && (computed(i.Low) || computed(i.High)) && b.loops[block] {
					return true
				}
			case *ssa.IndexAddr:
				if s, ok := i.X.Type().Underlying().(*types.Slice); ok && dynamo.TransactActions(s.Elem()) && b.loops[block] {
					return true
				}
			}
		}
	}
	return false
}

func computed(v ssa.Value) bool {
	_, isConst := v.(*ssa.Const)
	return v != nil && !isConst
}

// unreadRequests is the field of a struct that holds requests of a batch, where that is one and nothing looks at it though
// the struct's other fields are read.
func unreadRequests(t types.Type, values []ssa.Value) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	name := ""
	for f := range st.Fields() {
		if dynamo.BatchRequests(f.Type()) {
			if name != "" {
				return ""
			}
			name = f.Name()
		}
	}
	unread := everyUse(values, func(use ssa.Instruction, _ ssa.Value, follow func(ssa.Value)) bool {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.FieldAddr:
			return st.Field(use.Field).Name() != name
		case *ssa.Field:
			return st.Field(use.Field).Name() != name
		case *ssa.Store:
			alloc, ok := use.Addr.(*ssa.Alloc)
			if !ok {
				return false
			}
			follow(alloc)
		case *ssa.UnOp:
			follow(use)
		default:
			return false
		}
		return true
	})
	if !unread {
		return ""
	}
	return name
}
