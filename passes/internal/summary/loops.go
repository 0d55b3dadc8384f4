package summary

import (
	"maps"

	"golang.org/x/tools/go/ssa"
)

// A loop is the set of its blocks, its head included.
type loop = map[*ssa.BasicBlock]bool

// naturalLoops are the loops of a function by their heads.
func naturalLoops(fn *ssa.Function) map[*ssa.BasicBlock]loop {
	loops := map[*ssa.BasicBlock]loop{}
	for _, latch := range fn.Blocks {
		for _, head := range latch.Succs {
			if !head.Dominates(latch) {
				continue
			}
			if loops[head] == nil {
				loops[head] = loop{}
			}
			maps.Copy(loops[head], between(head, latch))
		}
	}
	return loops
}

// between are the blocks on the ways from the head of a loop back to it by way of one of its last blocks.
func between(head, latch *ssa.BasicBlock) loop {
	in := loop{head: true}
	for stack := []*ssa.BasicBlock{latch}; len(stack) > 0; {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !in[x] {
			in[x] = true
			stack = append(stack, x.Preds...)
		}
	}
	return in
}

// repeated are the blocks that can be run more than once.
func repeated(loops map[*ssa.BasicBlock]loop) loop {
	in := loop{}
	for _, l := range loops {
		maps.Copy(in, l)
	}
	return in
}

// nesting is how deep the loops of a function stand in each other.
func nesting(fn *ssa.Function, loops map[*ssa.BasicBlock]loop) int {
	deepest := 0
	for _, block := range fn.Blocks {
		depth := 0
		for _, l := range loops {
			if l[block] {
				depth++
			}
		}
		deepest = max(deepest, depth)
	}
	return deepest
}

// innermost are the blocks of the smallest loop around a block. Ways back to one head are loops of their own here: a
// "continue" does not make what it skips a part of what it repeats.
func innermost(block *ssa.BasicBlock) loop {
	var best loop
	for _, latch := range block.Parent().Blocks {
		for _, head := range latch.Succs {
			if !head.Dominates(latch) || !head.Dominates(block) {
				continue
			}
			if in := between(head, latch); in[block] && (best == nil || len(in) < len(best)) {
				best = in
			}
		}
	}
	return best
}
