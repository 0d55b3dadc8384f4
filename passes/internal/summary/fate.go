package summary

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A Fate says what a function does with a value that it was given, as far as its own text shows.
type Fate uint8

// The fates. Whatever is not certain to be less is Used.
const (
	Unasked  Fate = iota // nobody needs to know
	Dropped              // never looked at
	Logged               // only logged, counted or compared without consequence
	Returned             // handed to the caller, who decides
	Used                 // decides something, or goes somewhere

	Bounded    // sent again a number of times, and then forgotten
	Miscounted // the tables with something left are counted for the items
	Partly     // looked at for one table of several
	Unchecked  // the answers of a batch of statements are read, their errors are not

	Overwritten // in a loop, by that of the next round
)

// Lost reports leftovers that nobody will look after.
func (f Fate) Lost() bool {
	switch f {
	case Dropped, Logged, Bounded, Miscounted, Partly, Unchecked:
		return true
	}
	return false
}

// A follower finds the fate of a value by following its uses through the SSA of one function.
type follower struct {
	b        *builder
	seen     map[ssa.Value]bool
	queue    []ssa.Value
	logged   bool
	used     bool
	returned uint16
	// into are the fields of local structs that it was kept in.
	into []string
	// failing restricts a test for nil to the side on which the value is there.
	failing bool
}

// fate follows the values and says what becomes of them; to has a bit for each result that hands them on.
func (b *builder) fate(values []ssa.Value, failing bool) (f Fate, to uint16) {
	f, to, _ = b.fateIn(values, failing)
	return f, to
}

// fateIn says besides in which fields of structs they are handed on.
func (b *builder) fateIn(values []ssa.Value, failing bool) (f Fate, to uint16, into []string) {
	w := &follower{b: b, seen: map[ssa.Value]bool{}, failing: failing}
	w.follow(values...)
	for len(w.queue) > 0 && !w.used {
		v := w.queue[0]
		w.queue = w.queue[1:]
		if refs := v.Referrers(); refs != nil {
			for _, r := range *refs {
				w.use(v, r)
			}
		}
	}
	switch {
	case w.used:
		return Used, 0, nil
	case w.returned != 0:
		return Returned, w.returned, w.into
	case w.logged:
		return Logged, 0, nil
	}
	return Dropped, 0, nil
}

func (w *follower) follow(values ...ssa.Value) {
	for _, v := range values {
		if !w.seen[v] {
			w.seen[v] = true
			w.queue = append(w.queue, v)
		}
	}
}

// use records one use of v.
func (w *follower) use(v ssa.Value, at ssa.Instruction) {
	switch i := at.(type) {
	case *ssa.DebugRef:
	case *ssa.If:
		w.test(i)
	case *ssa.Return:
		w.handBack(v, i)
	case *ssa.Store:
		if i.Val == v {
			w.stored(i.Addr)
		}
	case *ssa.MakeClosure:
		w.captured(v, i)
	case ssa.CallInstruction:
		w.call(i)
	case *ssa.Send, *ssa.MapUpdate, *ssa.Panic, *ssa.Select, *ssa.RunDefers:
		w.used = true
	case ssa.Value:
		w.follow(i)
	default:
		w.used = true
	}
}

// handBack records a return; an error made of the value is a use.
func (w *follower) handBack(v ssa.Value, i *ssa.Return) {
	for k, r := range i.Results {
		if r != v {
			continue
		}
		if !w.failing && isError(r.Type()) || k > 15 {
			w.used = true
			return
		}
		w.returned |= 1 << k
	}
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// stored follows a value into a local variable; anything else outlives the function.
func (w *follower) stored(addr ssa.Value) {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			st := a.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
			addr = a.X
			if name := st.Field(a.Field).Name(); !slices.Contains(w.into, name) {
				w.into = append(w.into, name)
			}
		case *ssa.IndexAddr:
			addr = a.X
		case *ssa.Alloc:
			w.follow(a)
			return
		case *ssa.FreeVar:
			w.follow(a)
			return
		default:
			w.used = true
			return
		}
	}
}

// captured follows a variable into the closure that has captured it.
func (w *follower) captured(v ssa.Value, i *ssa.MakeClosure) {
	fn := i.Fn.(*ssa.Function)
	for k, x := range i.Bindings {
		if x == v && k < len(fn.FreeVars) {
			w.follow(fn.FreeVars[k])
		}
	}
}

func (w *follower) call(i ssa.CallInstruction) {
	switch quiet(i) {
	case mute:
		w.logged = true
	case passing:
		if v := i.Value(); v != nil {
			w.follow(v)
		}
		for _, a := range i.Common().Args { // errors.As fills its target
			if alloc, ok := a.(*ssa.Alloc); ok {
				w.follow(alloc)
			}
		}
	default:
		w.used = true
	}
}

// What a call does with values, for their fate.
type manner uint8

const (
	loud    manner = iota // something that matters
	mute                  // logs
	passing               // computes a value of them
)

// quiet says whether a call has no effect besides logging or computing a value.
func quiet(i ssa.CallInstruction) manner {
	c := i.Common()
	if bi, ok := c.Value.(*ssa.Builtin); ok {
		switch bi.Name() {
		case "print", "println":
			return mute
		case "len", "cap", "append", "min", "max", "ssa:wrapnilchk":
			return passing
		}
		return loud
	}
	fn := c.Method
	if f := c.StaticCallee(); f != nil {
		fn, _ = f.Object().(*types.Func)
	}
	if fn == nil || fn.Pkg() == nil && fn.Name() != "Error" {
		return loud
	}
	if fn.Pkg() == nil || fn.Pkg().Path() == "errors" {
		return passing
	}
	if logs(fn) {
		return mute
	}
	e, ok := dynamo.EffectOf(fn)
	switch {
	case !ok:
		return loud
	case e.Kind == dynamo.Inert:
		return mute
	case e.Kind == dynamo.Calls:
		return loud
	}
	return passing
}

// logs recognises a method of the program's own logger by its name and by having nothing to give.
func logs(fn *types.Func) bool {
	if fn.Signature().Results().Len() > 0 || fn.Signature().Recv() == nil {
		return false
	}
	switch fn.Name() {
	case "Debug", "Debugf", "Debugw", "Info", "Infof", "Infow", "Warn", "Warnf", "Warnw", "Warning", "Warningf", "Error", "Errorf",
		"Errorw", "Print", "Printf", "Println", "Log", "Logf":
		return true
	}
	return false
}

// test follows what a branch on the value decides.
func (w *follower) test(i *ssa.If) {
	blocks := w.decided(i)
	for _, b := range w.b.fn.Blocks {
		if !blocks[b] {
			continue
		}
		for _, instr := range b.Instrs {
			w.decidedBy(instr)
		}
	}
	for b := range blocks {
		w.merges(b, blocks)
	}
	if i.Block().Parent() != w.b.fn {
		w.used = true // a test in a closure
	}
}

// decided are the blocks whose being reached depends on a branch: on either side, or for a failure on the
// side on which there is one.
func (w *follower) decided(i *ssa.If) map[*ssa.BasicBlock]bool {
	out := map[*ssa.BasicBlock]bool{}
	if i.Block().Parent() != w.b.fn {
		return out
	}
	only := -1
	if c, ok := i.Cond.(*ssa.BinOp); ok && w.failing && isNil(c.Y) {
		switch c.Op.String() {
		case "!=":
			only = 0
		case "==":
			only = 1
		}
	}
	next := onwards(i.Block())
	for j, deps := range w.b.ctl.deps {
		for _, d := range deps {
			if d.block == i.Block() && (only < 0 || d.succ == only) && next[w.b.fn.Blocks[j]] {
				out[w.b.fn.Blocks[j]] = true
			}
		}
	}
	return out
}

// onwards are the blocks after a branch in the same iteration of the loops around it.
func onwards(from *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	out := map[*ssa.BasicBlock]bool{}
	stack := append([]*ssa.BasicBlock(nil), from.Succs...)
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !out[b] && !b.Dominates(from) {
			out[b] = true
			stack = append(stack, b.Succs...)
		}
	}
	return out
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}

// decidedBy records an instruction that is carried out or not, as the value decides.
func (w *follower) decidedBy(instr ssa.Instruction) {
	switch i := instr.(type) {
	case *ssa.Return:
		w.decidedReturn(i)
	case *ssa.Store:
		w.stored(i.Addr)
	case *ssa.Send, *ssa.MapUpdate, *ssa.Panic, *ssa.Select:
		w.used = true
	case ssa.CallInstruction:
		switch quiet(i) {
		case mute:
			w.logged = true
		case loud:
			w.used = true
		}
	}
}

// decidedReturn: a return that succeeds with nothing but constants tells the caller nothing.
func (w *follower) decidedReturn(i *ssa.Return) {
	for _, r := range i.Results {
		if c, ok := r.(*ssa.Const); ok && (c.Value == nil || !isError(r.Type())) {
			continue
		}
		if !isError(r.Type()) && w.failing {
			continue // what was gathered so far
		}
		w.used = true
	}
}

// merges follows variables that are given another value where the blocks that were decided on end.
func (w *follower) merges(b *ssa.BasicBlock, decided map[*ssa.BasicBlock]bool) {
	for _, s := range b.Succs {
		if decided[s] {
			continue
		}
		for _, instr := range s.Instrs {
			phi, ok := instr.(*ssa.Phi)
			if !ok {
				break
			}
			if differs(phi, s, decided) {
				w.follow(phi)
			}
		}
	}
}

// differs reports a phi that has one value on the ways from decided blocks and another one otherwise. At the
// head of a loop only the ways around it are compared.
func differs(phi *ssa.Phi, head *ssa.BasicBlock, decided map[*ssa.BasicBlock]bool) bool {
	var inside, outside []ssa.Value
	loop := false
	for _, p := range head.Preds {
		loop = loop || head.Dominates(p)
	}
	for k, p := range head.Preds {
		switch {
		case decided[p]:
			inside = append(inside, phi.Edges[k])
		case !loop || head.Dominates(p):
			outside = append(outside, phi.Edges[k])
		}
	}
	for _, x := range inside {
		for _, y := range outside {
			if x != y {
				return true
			}
		}
	}
	return false
}

// resultValues are the SSA values of the k-th result of a call.
func resultValues(i ssa.CallInstruction, k int) []ssa.Value {
	v := i.Value()
	if v == nil || v.Referrers() == nil {
		return nil
	}
	if _, ok := v.Type().(*types.Tuple); !ok {
		if k == 0 {
			return []ssa.Value{v}
		}
		return nil
	}
	var out []ssa.Value
	for _, r := range *v.Referrers() {
		if x, ok := r.(*ssa.Extract); ok && x.Index == k {
			out = append(out, x)
		}
	}
	return out
}
