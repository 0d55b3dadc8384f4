package summary

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// tallied is a number that a loop inside of the loop at whose head i stands counts up. Two rounds do not bring it there:
// what it was is known, that it was counted up, and by the tests of which loops.
func (b *builder) tallied(i *ssa.Phi, start term.Ref) term.Ref {
	t, ok := i.Type().Underlying().(*types.Basic)
	if !ok || t.Info()&types.IsInteger == 0 || !b.loops[i.Block()] || inductive(i) || b.a.Op(start) != term.Zero && b.a.Op(start) != term.Const {
		return start
	}
	pairs := []term.Ref{term.None, start}
	for _, step := range increments(i) {
		var conds []term.Ref
		for _, d := range b.ctl.deps[step.Block().Index] {
			if c := b.cond(d, false); c != term.None && d.block != i.Block() && b.a.Node(c).N&term.CondLoop != 0 {
				conds = append(conds, c)
			}
		}
		if len(conds) > 0 {
			pairs = append(pairs, b.a.All(conds), b.a.Binary("+", start, b.value(step.Y)))
		}
	}
	return b.a.Alt(pairs...)
}

// increments finds the additions of a constant by which a value comes back to a phi.
func increments(i *ssa.Phi) []*ssa.BinOp {
	var out []*ssa.BinOp
	seen := map[ssa.Value]bool{i: true}
	var visit func(ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Phi:
			for _, e := range v.Edges {
				visit(e)
			}
		case *ssa.BinOp:
			if _, constant := v.Y.(*ssa.Const); constant && v.Op == token.ADD {
				out = append(out, v)
				visit(v.X)
			}
		}
	}
	for _, e := range i.Edges {
		visit(e)
	}
	return out
}
