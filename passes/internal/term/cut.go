package term

import "slices"

// What becomes of terms that are too deep to be kept as they are.

// cut is what becomes of a node that is too deep: a value made in an unknown way. What has parts with names, such as the
// input of a request, keeps them; those that are deep are made in an unknown way of what they are made of in the end.
func (a *Arena) cut(n Node) Ref {
	if n.Op != Obj && n.Op != Iface {
		return a.Mix(n.Args...)
	}
	n.Args = slices.Clone(n.Args)
	for i, x := range n.Args {
		if a.depth[x] >= maxDepth {
			n.Args[i] = a.blur(x)
		}
	}
	return a.Intern(n)
}

// blur is a deep term of which only the sources are kept.
func (a *Arena) blur(r Ref) Ref {
	out, ok := a.blurs[r]
	if !ok {
		out = a.mix(1, a.shallow(r))
		a.blurs[r] = out
	}
	return out
}

// shallow lists the terms of little depth that a deep one is made of, not those that only decide between alternatives.
func (a *Arena) shallow(r Ref) []Ref {
	const little, most = 12, 300
	var out []Ref
	seen := map[Ref]bool{}
	var visit func(Ref)
	visit = func(r Ref) {
		if r == None || !a.open[r] || seen[r] || len(seen) > most || len(out) > maxMix {
			return
		}
		seen[r] = true
		n := a.nodes[r]
		if a.depth[r] <= little {
			out = append(out, r)
			return
		}
		for i, x := range n.Args {
			if n.Op != Alt || i%2 == 1 {
				visit(x)
			}
		}
	}
	visit(r)
	return out
}

// Mix is a value made of parts in a way that is not known.
func (a *Arena) Mix(parts ...Ref) Ref { return a.mix(0, parts) }

// Blurred reports a value of which only the sources are known, since it was too deep.
func (a *Arena) Blurred(r Ref) bool { return a.nodes[r].Op == Mix && a.nodes[r].N == 1 }

func (a *Arena) mix(deep int32, parts []Ref) Ref {
	var out []Ref
	for _, p := range parts {
		switch n := a.nodes[p]; {
		case n.Op == Mix:
			out = append(out, n.Args...)
		case n.Op == Zero || n.Op == Const || p == None:
		default:
			out = append(out, p)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > maxMix {
		out = out[:maxMix]
		a.Cut++
	}
	return a.Intern(Node{Op: Mix, N: deep, Args: out})
}
