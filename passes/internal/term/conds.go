package term

import "slices"

// Guards are conditions that hold together, some for certain, some as one of several ways to a place.

// excludes reports whether a guard, which tests whole, cannot hold when whole is v, which it is under given.
func (a *Arena) excludes(guard, whole, given, v Ref) bool {
	for _, c := range a.Conds(guard) {
		n := a.nodes[c]
		t := a.nodes[n.Args[0]]
		if n.N&CondMust == 0 || t.Op != Bin && t.Op != Call || len(t.Args) != 2 || t.Args[0] != whole {
			continue
		}
		t.Args = []Ref{v, t.Args[1]}
		if got := a.TruthGiven(a.Intern(t), given); got != Unknown && (got == True) != (n.N&CondTrue != 0) {
			return true
		}
	}
	return false
}

// Conds lists the conditions of a guard.
func (a *Arena) Conds(guard Ref) []Ref {
	switch n := a.nodes[guard]; n.Op {
	case And:
		return n.Args
	case Cond:
		return []Ref{guard}
	}
	return nil
}

// All is the guard in which all of conds hold.
func (a *Arena) All(conds []Ref) Ref {
	conds = slices.Clone(conds)
	slices.Sort(conds)
	conds = a.settle(slices.Compact(conds))
	switch len(conds) {
	case 0:
		return None
	case 1:
		return conds[0]
	}
	return a.Intern(Node{Op: And, Args: conds})
}

// settle drops conditions that a certain one contradicts: they belong to a way that was not taken.
func (a *Arena) settle(conds []Ref) []Ref {
	certain := map[Ref]int32{}
	for _, c := range conds {
		if n := a.nodes[c]; n.N&CondMust != 0 {
			certain[n.Args[0]] = n.N & CondTrue
		}
	}
	if len(certain) == 0 {
		return conds
	}
	return slices.DeleteFunc(conds, func(c Ref) bool {
		n := a.nodes[c]
		dir, ok := certain[n.Args[0]]
		return ok && n.N&CondMust == 0 && n.N&CondLoop == 0 && dir != n.N&CondTrue
	})
}

// Both is the guard in which g and h hold.
func (a *Arena) Both(g, h Ref) Ref {
	if g == None || g == h {
		return h
	}
	if h == None {
		return g
	}
	return a.All(append(slices.Clone(a.Conds(g)), a.Conds(h)...))
}

// common weakens two guards of one value to a guard that allows it whenever either does: the weaker one, where one
// demands more than the other. Else conditions of only one of them stay, no longer certain: the value depends on them.
func (a *Arena) common(g, h Ref) Ref {
	var out []Ref
	gs, hs := a.Conds(g), a.Conds(h)
	switch {
	case within(gs, hs):
		return g
	case within(hs, gs):
		return h
	}
	for _, c := range gs {
		if slices.Contains(hs, c) {
			out = append(out, c)
		} else {
			out = append(out, a.weaken(c))
		}
	}
	for _, c := range hs {
		if !slices.Contains(gs, c) {
			out = append(out, a.weaken(c))
		}
	}
	return a.All(out)
}

// within reports whether every condition of a list is one of the other.
func within(conds, others []Ref) bool {
	return !slices.ContainsFunc(conds, func(c Ref) bool { return !slices.Contains(others, c) })
}

func (a *Arena) weaken(c Ref) Ref {
	n := a.nodes[c]
	n.N &^= CondMust
	return a.Intern(n)
}

// If is the condition that term t went the way dir.
func (a *Arena) If(t Ref, flags int) Ref {
	for a.nodes[t].Op == Un && a.nodes[t].Text == "!" {
		t, flags = a.nodes[t].Args[0], flags^CondTrue
	}
	if n := a.nodes[t]; n.Op == Bin && n.Text == "!=" { // one term for a test and its negation
		t, flags = a.Binary("==", n.Args[0], n.Args[1]), flags^CondTrue
	}
	return a.Intern(Node{Op: Cond, N: int32(flags), Args: []Ref{t}})
}

// Opposite is the condition that the test of another one, as certain, went the other way.
func (a *Arena) Opposite(cond Ref) Ref {
	n := a.nodes[cond]
	n.N ^= CondTrue
	return a.Intern(n)
}

// Impossible reports whether conditions that belong together cannot hold: a certain one is known to be false, or all of
// those that are different ways to one place.
func (a *Arena) Impossible(conds []Ref) bool {
	ways, closed := 0, 0
	for _, c := range conds {
		n := a.nodes[c]
		unmet := a.Truth(n.Args[0]) == truthOf(n.N&CondTrue == 0)
		if n.N&CondMust == 0 {
			ways++
		} else if unmet {
			return true
		}
		if unmet {
			closed++
		}
	}
	return ways > 0 && ways == closed
}
