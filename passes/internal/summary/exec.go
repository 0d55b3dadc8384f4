package summary

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A builder carries out one function symbolically, block by block in reverse postorder, and where it has loops once more:
// the second round knows what the ends of loops bring back to their heads, a third one what inner loops bring to outer ones.
type builder struct {
	env    *Env
	fn     *ssa.Function
	a      *term.Arena
	ctl    *control
	mem    memory
	values map[ssa.Value]term.Ref
	tuples map[ssa.Value][]term.Ref
	places map[ssa.Value]address
	ends   map[*ssa.BasicBlock]memory
	tests  map[*ssa.BasicBlock]term.Ref // what a block's If tests
	sites  map[ssa.Instruction]int
	// composite are the allocations of structs, arrays and maps: not nil even when nothing is stored.
	composite map[term.Ref]bool
	allocIn   map[term.Ref]bool
	visits    int // terms gone through by resolve
	events    []Event
	eventOf   map[site]int
	failureAt map[*ssa.Store]int
	exits     []exit
	loops     map[*ssa.BasicBlock]bool
	guards    map[[2]int]term.Ref
	carry     *carrier
	wanted    map[term.Ref][]target // what the reads of a mapper's transaction are decoded into
	// stepsTo is how far values are from what is new on every call, as far as asked
	stepsTo map[term.Ref]int
	// fetched is the call that brings records, once asked.
	fetched ssa.CallInstruction
	asked   bool
}

// An exit is one return statement as it was reached.
type exit struct {
	block   *ssa.BasicBlock
	results []term.Ref
	mem     memory
}

// summarize analyses one function that has a body.
func summarize(env *Env, fn *ssa.Function) *Summary {
	loops := naturalLoops(fn)
	b := &builder{
		env: env, fn: fn, a: env.arena, ctl: newControl(fn, env.exits),
		values: map[ssa.Value]term.Ref{}, tuples: map[ssa.Value][]term.Ref{}, places: map[ssa.Value]address{},
		ends: map[*ssa.BasicBlock]memory{}, tests: map[*ssa.BasicBlock]term.Ref{}, sites: map[ssa.Instruction]int{},
		composite: map[term.Ref]bool{}, allocIn: map[term.Ref]bool{}, eventOf: map[site]int{}, failureAt: map[*ssa.Store]int{},
		loops: repeated(loops), guards: map[[2]int]term.Ref{}, wanted: map[term.Ref][]target{}, stepsTo: map[term.Ref]int{},
	}
	b.carry = newCarrier(b)
	b.carry.run()
	for i, p := range fn.Params {
		b.values[p] = b.a.Leaf(term.Param, "", i, 0)
	}
	for i, v := range fn.FreeVars {
		b.values[v] = b.a.Leaf(term.FreeVar, "", i, 0)
	}
	order := blockOrder(fn)
	for range 1 + min(nesting(fn, loops), 2) {
		b.exits = nil
		clear(b.guards)
		for i, block := range order {
			b.block(block)
			for _, again := range b.computed(order, i) {
				b.block(again)
			}
		}
	}
	return b.summary()
}

// computed are the blocks of a loop that only computes and that ends with the i-th block of the order: it is carried
// out once more at once, so that a loop after it finds what it has gathered.
func (b *builder) computed(order []*ssa.BasicBlock, i int) []*ssa.BasicBlock {
	for _, head := range order[i].Succs {
		first := slices.Index(order, head)
		if !head.Dominates(order[i]) || slices.ContainsFunc(order[first:i+1], func(x *ssa.BasicBlock) bool { return !head.Dominates(x) || calls(x) }) {
			continue
		}
		return order[first : i+1]
	}
	return nil
}

// calls reports a block that calls anything but a builtin.
func calls(block *ssa.BasicBlock) bool {
	return slices.ContainsFunc(block.Instrs, func(i ssa.Instruction) bool {
		call, ok := i.(ssa.CallInstruction)
		if !ok {
			return false
		}
		_, builtin := call.Common().Value.(*ssa.Builtin)
		return !builtin
	})
}

// blockOrder is reverse postorder from the entry; the recover block is left out.
func blockOrder(fn *ssa.Function) []*ssa.BasicBlock {
	edges := make([][]int, len(fn.Blocks))
	for i, b := range fn.Blocks {
		for _, s := range slices.Backward(b.Succs) {
			edges[i] = append(edges[i], s.Index)
		}
	}
	order, _ := reversePostorder(0, edges)
	out := make([]*ssa.BasicBlock, len(order))
	for i, n := range order {
		out[i] = fn.Blocks[n]
	}
	return out
}

func (b *builder) block(block *ssa.BasicBlock) {
	b.mem = b.join(b.edgesInto(block))
	for _, instr := range block.Instrs {
		b.instr(instr)
	}
	b.ends[block] = b.mem
}

// edgesInto are the ways into a block whose start has already been carried out.
func (b *builder) edgesInto(block *ssa.BasicBlock) []edge {
	var out []edge
	for i, p := range block.Preds {
		mem, ok := b.ends[p]
		if ok {
			out = append(out, edge{mem, b.edgeGuard(block, i)})
		}
	}
	return out
}

// edgeGuard is what must have been decided, since the block that all ways into block share, to arrive
// over its i-th edge.
func (b *builder) edgeGuard(block *ssa.BasicBlock, i int) term.Ref {
	k := [2]int{block.Index, i}
	if g, ok := b.guards[k]; ok {
		return g
	}
	p := block.Preds[i]
	branches := slices.Clone(b.ctl.deps[p.Index])
	if len(p.Succs) == 2 && p.Succs[0] != p.Succs[1] {
		succ := 0
		if p.Succs[1] == block {
			succ = 1
		}
		branches = append(branches, branch{p, succ})
	}
	var shared []branch
	if idom := block.Idom(); idom != nil {
		shared = b.ctl.deps[idom.Index]
	}
	var conds []term.Ref
	for _, d := range branches {
		if slices.Contains(shared, d) {
			continue
		}
		if c := b.cond(d, d.must(p) || d.block == p); c != term.None {
			conds = append(conds, c)
		}
	}
	g := b.a.All(conds)
	b.guards[k] = g
	return g
}

// cond is the condition that branch d was taken.
func (b *builder) cond(d branch, must bool) term.Ref {
	t, ok := b.tests[d.block]
	if !ok {
		return term.None
	}
	flags := 0
	if d.succ == 0 {
		flags |= term.CondTrue
	}
	if b.iterates(d.block) {
		flags |= term.CondLoop
	} else if must {
		flags |= term.CondMust
	}
	return b.a.If(t, flags)
}

// iterates reports a test that only walks over the elements of something: the head of a range loop, a
// counter compared with a length, a paginator that has more pages.
func (b *builder) iterates(block *ssa.BasicBlock) bool {
	if !b.loops[block] {
		return false
	}
	last, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	switch c := last.Cond.(type) {
	case *ssa.Extract:
		_, next := c.Tuple.(*ssa.Next)
		return next && c.Index == 0
	case *ssa.BinOp:
		if c.Op != token.LSS && c.Op != token.LEQ && c.Op != token.GTR && c.Op != token.GEQ {
			return false
		}
		return inductive(c.X) || inductive(c.Y)
	case *ssa.Call:
		return readsOn(c.Common())
	}
	return false
}

// inductive reports a loop counter: a phi, or a phi plus a constant (as range loops count).
func inductive(v ssa.Value) bool {
	if op, ok := v.(*ssa.BinOp); ok && op.Op == token.ADD {
		if _, ok := op.Y.(*ssa.Const); ok {
			v = op.X
		}
	}
	phi, ok := v.(*ssa.Phi)
	if !ok {
		return false
	}
	for _, e := range phi.Edges {
		if op, ok := e.(*ssa.BinOp); ok && op.Op == token.ADD {
			if _, ok := op.Y.(*ssa.Const); ok && op.X == phi {
				return true
			}
		}
	}
	return false
}

// when lists the conditions under which a block is reached.
func (b *builder) when(block *ssa.BasicBlock) []term.Ref {
	var certain, out []term.Ref
	for _, d := range b.ctl.deps[block.Index] {
		if d.must(block) {
			certain = append(certain, b.cond(d, true))
		}
	}
	for _, d := range b.ctl.deps[block.Index] {
		must := d.must(block)
		if c := b.cond(d, must); c != term.None && !slices.Contains(out, c) && (must || !b.elsewhere(d, certain)) {
			out = append(out, c)
		}
	}
	return b.a.Conds(b.a.All(out))
}

// elsewhere reports a branch that stands where the opposite of something certain holds: in another arm of a switch, say.
// What a loop tests changes while it runs.
func (b *builder) elsewhere(d branch, certain []term.Ref) bool {
	return slices.ContainsFunc(b.ctl.deps[d.block.Index], func(outer branch) bool {
		c := b.cond(outer, true)
		return c != term.None && !b.loops[outer.block] && outer.must(d.block) && slices.Contains(certain, b.a.Opposite(c))
	})
}

// summary puts together what the rounds have found.
func (b *builder) summary() *Summary {
	fn := b.fn
	s := &Summary{ID: ssaID(fn), Name: displayName(fn), Package: b.env.path(fn), Pos: b.env.pos(fn.Pos()), Params: len(fn.Params)}
	s.Events = b.events
	s.Flows = b.carry.sorted()
	s.Streams = streamsOf(fn)
	s.Waits = b.inStream() && waits(fn)
	for i := range fn.Signature.Results().Len() {
		var pairs []term.Ref
		for _, e := range b.exits {
			pairs = append(pairs, b.a.All(b.when(e.block)), e.results[i])
		}
		if len(pairs) == 0 {
			s.Results = append(s.Results, b.a.Mix())
		} else {
			s.Results = append(s.Results, b.a.Alt(pairs...))
		}
	}
	for i, p := range fn.Params {
		b.out(s, b.values[p], i, false)
	}
	for i, v := range fn.FreeVars {
		b.out(s, b.values[v], i, true)
	}
	return s
}

// out records what the function leaves in the thing that root points to.
func (b *builder) out(s *Summary, root term.Ref, index int, free bool) {
	var pairs []term.Ref
	changed := false
	for _, e := range b.exits {
		v, ok := e.mem[root]
		if !ok {
			v = root
		}
		changed = changed || v != root
		if ok {
			b.mem = e.mem
			v = b.resolve(root)
		}
		pairs = append(pairs, b.a.All(b.when(e.block)), v)
	}
	if changed {
		s.Outs = append(s.Outs, Out{Index: index, Free: free, Value: b.a.Alt(pairs...)})
	}
}

// displayName is the function as a Go programmer writes it.
func displayName(fn *ssa.Function) string { return ShortID(ssaID(fn)) }

// An Env is what the analysis of one package's functions shares.
type Env struct {
	arena *term.Arena
	fset  *token.FileSet
	pkg   *types.Package
	// known reports whether a function of another package has a Summary.
	known func(*types.Func) bool
	flows *flows
	exits exits
}

func (e *Env) pos(p token.Pos) finding.Pos {
	at := e.fset.Position(p)
	return finding.Pos{File: at.Filename, Line: at.Line, Col: at.Column}
}

func (e *Env) path(fn *ssa.Function) string {
	if fn.Pkg != nil {
		return fn.Pkg.Pkg.Path()
	}
	return e.pkg.Path()
}
