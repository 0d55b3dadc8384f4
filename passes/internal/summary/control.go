package summary

import (
	"golang.org/x/tools/go/ssa"
)

// A branch is one way out of a block that ends in an If: succ 0 when the condition is true, 1 when false.
type branch struct {
	block *ssa.BasicBlock
	succ  int
}

// control knows on which branches each block depends: the control dependence of Ferrante, Ottenstein
// and Warren (1987), closed transitively, so that a block also depends on what decides its deciders.
type control struct {
	fn    *ssa.Function
	ipdom []int // immediate post-dominator by block index; the exit is len(blocks)
	deps  [][]branch
	last  []bool // the blocks that end the program
	// leaving are the blocks from which some way leads out of the function.
	leaving map[*ssa.BasicBlock]bool
}

func newControl(fn *ssa.Function, ends exits) *control {
	c := &control{fn: fn, last: make([]bool, len(fn.Blocks))}
	for i, b := range fn.Blocks {
		c.last[i] = ends.block(b, 0)
	}
	c.postDominators()
	c.direct()
	c.close()
	return c
}

// successors of block i in the graph that has one exit; a block that never leaves the function is
// taken to reach the exit, else infinite loops would have no post-dominators.
func (c *control) successors(i int) []int {
	if c.last[i] {
		return []int{len(c.fn.Blocks)}
	}
	var out []int
	for _, s := range c.fn.Blocks[i].Succs {
		out = append(out, s.Index)
	}
	if len(out) == 0 || c.endless(i) {
		out = append(out, len(c.fn.Blocks))
	}
	return out
}

// endless reports a block that only jumps backwards or to itself, in a loop that is never left.
func (c *control) endless(i int) bool {
	b := c.fn.Blocks[i]
	for _, s := range b.Succs {
		if !s.Dominates(b) {
			return false
		}
	}
	return !c.ends(b)
}

// ends reports whether some way leads from a block out of the function.
func (c *control) ends(b *ssa.BasicBlock) bool {
	if c.leaving == nil {
		c.leaving = map[*ssa.BasicBlock]bool{}
		var stack []*ssa.BasicBlock
		for _, x := range c.fn.Blocks {
			if len(x.Succs) == 0 {
				stack = append(stack, x)
			}
		}
		for len(stack) > 0 {
			x := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !c.leaving[x] {
				c.leaving[x] = true
				stack = append(stack, x.Preds...)
			}
		}
	}
	return c.leaving[b]
}

// postDominators computes immediate post-dominators by iteration over the reversed graph (Cooper,
// Harvey and Kennedy, 2001).
func (c *control) postDominators() {
	n := len(c.fn.Blocks)
	preds := make([][]int, n+1)
	for i := range c.fn.Blocks {
		for _, s := range c.successors(i) {
			preds[s] = append(preds[s], i)
		}
	}
	order, number := reversePostorder(n, preds)
	c.ipdom = make([]int, n+1)
	for i := range c.ipdom {
		c.ipdom[i] = -1
	}
	c.ipdom[n] = n
	intersect := func(x, y int) int {
		for x != y {
			for number[x] > number[y] {
				x = c.ipdom[x]
			}
			for number[y] > number[x] {
				y = c.ipdom[y]
			}
		}
		return x
	}
	for changed := true; changed; {
		changed = false
		for _, i := range order {
			if i == n {
				continue
			}
			dom := -1
			for _, s := range c.successors(i) {
				switch {
				case c.ipdom[s] < 0:
				case dom < 0:
					dom = s
				default:
					dom = intersect(dom, s)
				}
			}
			if dom >= 0 && dom != c.ipdom[i] {
				c.ipdom[i], changed = dom, true
			}
		}
	}
}

// reversePostorder numbers the nodes reachable from root over edges.
func reversePostorder(root int, edges [][]int) (order, number []int) {
	seen := make([]bool, len(edges))
	number = make([]int, len(edges))
	var post []int
	var visit func(int)
	visit = func(i int) {
		seen[i] = true
		for _, j := range edges[i] {
			if !seen[j] {
				visit(j)
			}
		}
		post = append(post, i)
	}
	visit(root)
	for i := len(post) - 1; i >= 0; i-- {
		number[post[i]] = len(order)
		order = append(order, post[i])
	}
	return order, number
}

// direct finds, for each branch, the blocks that lie between its target and the place where the
// alternatives meet again.
func (c *control) direct() {
	c.deps = make([][]branch, len(c.fn.Blocks))
	for i, b := range c.fn.Blocks {
		if len(b.Succs) != 2 {
			continue
		}
		for k, s := range b.Succs {
			stop := c.ipdom[i]
			for j, n := s.Index, 0; j != stop && j >= 0 && j < len(c.fn.Blocks) && n <= len(c.fn.Blocks); j, n = c.ipdom[j], n+1 {
				c.deps[j] = append(c.deps[j], branch{b, k})
			}
		}
	}
}

// close adds to each block's branches those of the blocks in which they stand. A branch that leads to the
// block by itself makes the opposite one, taken on a longer way, no condition.
func (c *control) close() {
	for i := range c.deps {
		seen := map[branch]bool{}
		var all []branch
		queue := append([]branch(nil), c.deps[i]...)
		for len(queue) > 0 {
			d := queue[0]
			queue = queue[1:]
			if seen[d] || seen[branch{d.block, 1 - d.succ}] {
				continue
			}
			seen[d] = true
			all = append(all, d)
			queue = append(queue, c.deps[d.block.Index]...)
		}
		c.deps[i] = all
	}
}

// must reports whether block b is only reached after d was taken.
func (d branch) must(b *ssa.BasicBlock) bool {
	s := d.block.Succs[d.succ]
	if d.block.Succs[0] == d.block.Succs[1] || !s.Dominates(b) {
		return false
	}
	for _, p := range s.Preds {
		if p != d.block && !s.Dominates(p) {
			return false
		}
	}
	return true
}
