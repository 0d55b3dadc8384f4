package compose

import "github.com/ddbvet/ddbvet/passes/internal/term"

// A value that a loop brings back to its head may come from a call further down, which is carried out
// after those that use the value: a retry that reads the version again, a page that asks for the next one.
// Until the call is known its results stand as placeholders: events counted from -1 downwards.

// later is the placeholder of a result of an event that is not carried out yet.
func later(a *term.Arena, n term.Node) term.Ref {
	return a.Leaf(term.Result, "", ^int(n.N), int(n.M))
}

// settleLater puts what the events gave in the place of the placeholders. A value that is made of itself is
// made in an unknown way.
func (x *expansion) settleLater() {
	a := x.u.Arena
	told := term.Subst{From: a, To: a, Replace: func(n term.Node) (term.Ref, bool) {
		if n.Op != term.Result || n.N >= 0 {
			return term.None, false
		}
		i := int(^n.N)
		n.N = int32(i)
		if x.outcomes[i] == nil {
			return a.Mix(), true
		}
		return x.outcomes[i].value(a, n), true
	}}
	rest := term.Subst{From: a, To: a, Replace: func(n term.Node) (term.Ref, bool) {
		return a.Mix(), n.Op == term.Result && n.N < 0
	}}
	settle := func(r term.Ref) term.Ref { return rest.Apply(told.Apply(r)) }
	for _, it := range x.body.Items {
		settleItem(a, it, settle)
	}
	for i, r := range x.body.Results {
		x.body.Results[i] = settle(r)
	}
	for i, o := range x.body.Outs {
		x.body.Outs[i].Value = settle(o.Value)
	}
}

func settleItem(a *term.Arena, it *Item, settle func(term.Ref) term.Ref) {
	for i, r := range it.Args {
		it.Args[i] = settle(r)
	}
	it.Func = settle(it.Func)
	var conds []term.Ref
	for _, c := range it.When {
		conds = append(conds, a.Conds(settle(c))...)
	}
	it.When = a.Conds(a.All(conds))
}
