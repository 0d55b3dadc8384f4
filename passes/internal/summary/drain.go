package summary

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A drain follows what a batch has left undone to the place where it is sent again by the same call, in a loop. What
// it meets that it does not know counts as a use, which speaks for the program.
type drain struct {
	follower
	call ssa.CallInstruction
	// again is set when the call itself sends what is left, recurs when the function calls itself with it.
	again, recurs bool
}

// gives up reports a loop that sends again what is left only a number of times, and then goes on as if nothing were: it
// can be left while something is left, and the function then succeeds without looking at it.
func (b *builder) givesUp(call ssa.CallInstruction, left []ssa.Value) bool {
	d := &drain{follower: follower{b: b, seen: map[ssa.Value]bool{}}, call: call}
	d.follow(left...)
	for len(d.queue) > 0 && !d.used {
		v := d.queue[0]
		d.queue = d.queue[1:]
		if refs := v.Referrers(); refs != nil {
			for _, r := range *refs {
				d.use(v, r)
			}
		}
	}
	if d.recurs && !d.used {
		return d.shrugs()
	}
	loop := innermost(call.Block())
	if d.used || !d.again || len(loop) == 0 || d.complains(loop) {
		return false
	}
	for from := range loop {
		for k, to := range from.Succs {
			if !loop[to] && !d.emptied(from, k) && d.succeeds(from, to, loop) {
				return true
			}
		}
	}
	return false
}

// shrugs reports a function that calls itself with what is left, and that returns success without sending anything when it
// was called too often: by a test of something else than whether there is anything to send.
func (d *drain) shrugs() bool {
	for _, block := range d.b.fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) == 0 || d.call.Block().Dominates(block) {
			continue
		}
		last := ret.Results[len(ret.Results)-1]
		c, isConst := last.(*ssa.Const)
		if !isError(last.Type()) || !isConst || !c.IsNil() {
			continue
		}
		for _, from := range block.Preds {
			if i, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If); ok && counts(i.Cond) {
				return true
			}
		}
	}
	return false
}

// counts reports a comparison of a number of the caller's.
func counts(cond ssa.Value) bool {
	c, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	_, x := c.X.(*ssa.Parameter)
	_, y := c.Y.(*ssa.Parameter)
	return x || y
}

// complains reports a loop that is left with an error though no request has failed: after its last attempt.
func (d *drain) complains(loop map[*ssa.BasicBlock]bool) bool {
	for from := range loop {
		i, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if c, compares := i.Cond.(*ssa.BinOp); !compares || isError(c.X.Type()) {
			continue
		}
		for _, to := range from.Succs {
			ret, returns := to.Instrs[len(to.Instrs)-1].(*ssa.Return)
			if loop[to] || !returns || len(ret.Results) == 0 || !d.call.Block().Dominates(to) {
				continue
			}
			last := ret.Results[len(ret.Results)-1]
			if isError(last.Type()) && !d.nilError(last, from, to, map[ssa.Value]bool{}) {
				return true
			}
		}
	}
	return false
}

// use records one use of what is left.
func (d *drain) use(v ssa.Value, at ssa.Instruction) {
	switch i := at.(type) {
	case *ssa.If:
		d.decides(i)
	case *ssa.Return:
		d.used = true
	case *ssa.Store:
		if i.Val == v {
			d.stored(i.Addr)
		}
	case *ssa.MapUpdate:
		if m, ok := i.Map.(*ssa.MakeMap); ok && i.Value == v {
			d.follow(m)
		} else if i.Map != v {
			d.used = true
		}
	case *ssa.MakeClosure, *ssa.Go, *ssa.Defer:
		d.used = true
	case *ssa.Call:
		d.sent(v, i)
	default:
		d.follower.use(v, at)
	}
}

// stored follows what is left into the input of the call, wherever that was made; anything else outlives the function.
func (d *drain) stored(addr ssa.Value) {
	if f, ok := addr.(*ssa.FieldAddr); ok && slices.Contains(d.call.Common().Args, f.X) {
		d.follow(f.X) // to the call that sends it: this one, or another
		return
	}
	d.follower.stored(addr)
}

// sent records a call that gets what is left.
func (d *drain) sent(v ssa.Value, i *ssa.Call) {
	c, ok := dynamo.OfCall(i.Common())
	switch {
	case i == d.call:
		d.again = true
	case i.Call.StaticCallee() == d.b.fn:
		d.recurs = true
	case !ok && quiet(i) == passing:
		d.follow(i)
	case !ok:
		d.used = d.used || quiet(i) == loud
	case leftovers[c.Op.Name] != "":
		d.used = true // another call's leftovers are judged there
	}
}

// decides follows variables that a test of what is left gives another value, such as an error.
func (d *drain) decides(i *ssa.If) {
	decided := d.decided(i)
	for b := range decided {
		for _, s := range b.Succs {
			for _, instr := range s.Instrs {
				phi, ok := instr.(*ssa.Phi)
				if !ok || decided[s] {
					break
				}
				if chosen(phi, i.Block(), decided) {
					d.follow(phi)
				}
			}
		}
	}
}

// chosen reports a variable that has one value on the ways from decided blocks and another one on the other ways from
// the branch.
func chosen(phi *ssa.Phi, branch *ssa.BasicBlock, decided map[*ssa.BasicBlock]bool) bool {
	var inside, outside []ssa.Value
	for k, p := range phi.Block().Preds {
		switch {
		case decided[p]:
			inside = append(inside, phi.Edges[k])
		case branch.Dominates(p):
			outside = append(outside, phi.Edges[k])
		}
	}
	return slices.ContainsFunc(inside, func(x ssa.Value) bool {
		return slices.ContainsFunc(outside, func(y ssa.Value) bool { return x != y })
	})
}

// emptied reports an edge that is taken only when nothing is left, or when the request has failed.
func (d *drain) emptied(from *ssa.BasicBlock, succ int) bool {
	i, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	c, ok := i.Cond.(*ssa.BinOp)
	if !ok {
		return d.seen[i.Cond]
	}
	if isError(c.X.Type()) || isError(c.Y.Type()) {
		return true
	}
	if !d.seen[c] {
		return false
	}
	return !measures(c) || (succ == 0) == emptyIf(c)
}

// measures reports a comparison of a length with a constant, or with nil.
func measures(c *ssa.BinOp) bool {
	k, ok := c.Y.(*ssa.Const)
	return ok && (k.IsNil() || k.Value != nil && slices.Contains([]string{"0", "1"}, k.Value.ExactString()))
}

// emptyIf reports a comparison that holds for what is empty: len(x) == 0, len(x) < 1, x == nil.
func emptyIf(c *ssa.BinOp) bool {
	return c.Op == token.EQL || c.Op == token.LSS || c.Op == token.LEQ
}

// succeeds reports whether a function that leaves a loop by an edge can return success from there without looking at
// what is left.
func (d *drain) succeeds(from, to *ssa.BasicBlock, loop map[*ssa.BasicBlock]bool) bool {
	seen := map[*ssa.BasicBlock]bool{}
	stack := []*ssa.BasicBlock{to}
	fine := false
	for len(stack) > 0 {
		block := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[block] || loop[block] {
			continue
		}
		seen[block] = true
		for _, instr := range block.Instrs {
			switch i := instr.(type) {
			case *ssa.Return:
				fine = fine || d.success(i, from, to)
			case ssa.CallInstruction:
				if ends(i) {
					return false
				}
			case *ssa.If:
				if d.answers(i) {
					return false
				}
			}
		}
		for k, next := range block.Succs {
			if !d.rules(block, k) {
				stack = append(stack, next)
			}
		}
	}
	return fine
}

// answers reports a test of what is left that makes the program do something besides logging.
func (d *drain) answers(i *ssa.If) bool {
	if !d.seen[i.Cond] {
		return false
	}
	w := &follower{b: d.b, seen: map[ssa.Value]bool{}}
	for block := range d.decided(i) {
		for _, instr := range block.Instrs {
			w.decidedBy(instr)
		}
	}
	return w.used
}

// rules reports an edge behind a loop that is taken only when nothing is left, or when a request has failed.
func (d *drain) rules(from *ssa.BasicBlock, succ int) bool {
	i, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	c, ok := i.Cond.(*ssa.BinOp)
	if !ok {
		return d.seen[i.Cond]
	}
	if isError(c.X.Type()) {
		return isNil(c.Y) && (succ == 0) == (c.Op == token.NEQ)
	}
	return d.seen[c] && (!measures(c) || (succ == 0) == emptyIf(c))
}

// success reports a return that tells the caller nothing: no error, or that of the last request, which is nil here.
func (d *drain) success(i *ssa.Return, from, to *ssa.BasicBlock) bool {
	n := len(i.Results)
	if n == 0 || !isError(i.Results[n-1].Type()) {
		return !slices.ContainsFunc(i.Results, func(v ssa.Value) bool { _, isConst := v.(*ssa.Const); return !isConst })
	}
	return d.nilError(i.Results[n-1], from, to, map[ssa.Value]bool{})
}

// nilError reports an error that is nil, or may be where no request has failed.
func (d *drain) nilError(v ssa.Value, from, to *ssa.BasicBlock, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return true
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.Extract:
		return v.Tuple == d.call.Value()
	case *ssa.Phi:
		for k, p := range v.Block().Preds {
			if v.Block() == to && p != from {
				continue
			}
			if !d.nilError(v.Edges[k], from, to, seen) {
				return false
			}
		}
		return true
	}
	return false
}

// ends reports a call that does not come back.
func ends(i ssa.CallInstruction) bool {
	fn := i.Common().StaticCallee()
	if fn == nil {
		return false
	}
	switch fn.Name() {
	case "Fatal", "Fatalf", "Fatalln", "Exit", "Panic", "Panicf":
		return true
	}
	return false
}

// miscounted reports that the number of tables with something left is taken for the number of items: it is added to or
// taken from another number.
func miscounted(left []ssa.Value) bool {
	return !everyUse(left, func(use ssa.Instruction, of ssa.Value, follow func(ssa.Value)) bool {
		switch use := use.(type) {
		case *ssa.UnOp, *ssa.Phi:
			follow(use.(ssa.Value))
		case *ssa.Call:
			bi, ok := use.Call.Value.(*ssa.Builtin)
			return !ok || bi.Name() != "len" || !isMap(of.Type()) || !counted(use)
		}
		return true
	})
}

func isMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// counted reports a length that is added to or taken from a number that is not constant.
func counted(length ssa.Value) bool {
	return slices.ContainsFunc(*length.Referrers(), func(r ssa.Instruction) bool {
		op, ok := r.(*ssa.BinOp)
		if !ok || op.Op != token.ADD && op.Op != token.SUB {
			return false
		}
		_, x := op.X.(*ssa.Const)
		_, y := op.Y.(*ssa.Const)
		return !x && !y
	})
}

// oneTable reports that a batch for several tables is looked at for fewer: what is left is only asked by tables, and one
// that the request names is never asked for.
func (b *builder) oneTable(input term.Ref, left []ssa.Value) bool {
	asked := map[term.Ref]bool{}
	byTable := everyUse(left, func(use ssa.Instruction, _ ssa.Value, follow func(ssa.Value)) bool {
		switch use := use.(type) {
		case *ssa.UnOp:
			follow(use)
		case *ssa.Lookup:
			asked[b.tableName(use.Index)] = true
		case *ssa.DebugRef:
		default:
			return false
		}
		return true
	})
	tables := b.tables(input)
	return byTable && len(asked) > 0 && len(tables) > 1 && b.allOf(tables, asked) && slices.ContainsFunc(tables, func(t term.Ref) bool { return !asked[t] })
}

// tableName is the name of a table by which something is asked for after the request: a field that holds it is read only
// then.
func (b *builder) tableName(v ssa.Value) term.Ref {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		if f, ok := load.X.(*ssa.FieldAddr); ok {
			return b.resolve(b.load(b.fieldPlace(b.place(f.X), f.X.Type(), f.Field)))
		}
	}
	return b.resolve(b.value(v))
}

// allOf reports that what is asked for are all tables of the request: nothing is known of others.
func (b *builder) allOf(tables []term.Ref, asked map[term.Ref]bool) bool {
	for t := range asked {
		if !slices.Contains(tables, t) {
			return false
		}
	}
	return true
}

// tables are those that a request of a batch names; nil where they are not all known.
func (b *builder) tables(input term.Ref) []term.Ref {
	requests := b.a.Node(b.resolve(b.a.Field(b.resolve(input), dynamo.RequestItems)))
	if requests.Op != term.Obj || requests.Args[0] != term.None {
		return nil
	}
	var out []term.Ref
	for k, name := range requests.Names() {
		if name != term.AnyElem {
			out = append(out, b.a.String(name))
			continue
		}
		lists := []term.Ref{requests.Args[k+1]}
		if n := b.a.Node(lists[0]); n.Op == term.Alt {
			lists = nil
			for j := 1; j < len(n.Args); j += 2 {
				lists = append(lists, n.Args[j])
			}
		}
		for _, list := range lists {
			table, ok := b.a.Part(list, dynamo.TableName)
			if !ok {
				return nil
			}
			if !slices.Contains(out, table) {
				out = append(out, table)
			}
		}
	}
	return out
}
