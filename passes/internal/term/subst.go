package term

// A Subst rewrites terms of one arena into another (or the same) one.
type Subst struct {
	From, To *Arena
	// Replace gives the new term for an open leaf or event node of From, or the failure of a conversion, whose arguments
	// are already rewritten; ok is false to keep it as it is.
	Replace func(n Node) (r Ref, ok bool)
	// Known are terms that are replaced as a whole, where they stand in what is rewritten and where they come about; it may
	// be nil, and From must be To otherwise.
	Known map[Ref]Ref
	memo  map[Ref]Ref
}

// Forget drops what has been rewritten so far, when what Replace gives has changed.
func (s *Subst) Forget() { s.memo = nil }

// Apply rewrites r.
func (s *Subst) Apply(r Ref) Ref {
	if r == None {
		return None
	}
	if s.From == s.To && !s.From.open[r] && s.Known == nil {
		return r
	}
	if out, ok := s.memo[r]; ok {
		return out
	}
	if out, ok := s.Known[r]; ok {
		return out
	}
	n := s.From.nodes[r]
	if len(n.Args) > 0 {
		args := make([]Ref, len(n.Args))
		for i, x := range n.Args {
			args[i] = s.Apply(x)
		}
		n.Args = args
	}
	out := s.rebuild(n)
	if known, ok := s.Known[out]; ok {
		out = known
	}
	if s.memo == nil { // also when Replace has made s forget
		s.memo = map[Ref]Ref{}
	}
	s.memo[r] = out
	return out
}

func (s *Subst) rebuild(n Node) Ref {
	if s.Replace != nil && (openOp(n.Op) || n.Op == Call && n.N >= Failure) {
		if r, ok := s.Replace(n); ok {
			return r
		}
	}
	return s.To.Rebuild(n)
}

// Rebuild interns n, whose arguments are terms of a, with the simplifications that its operation allows.
func (a *Arena) Rebuild(n Node) Ref {
	switch n.Op {
	case Field:
		if len(n.Args) > 1 {
			return a.Entry(n.Args[0], n.Args[1])
		}
		return a.Field(n.Args[0], n.Text)
	case Alt:
		return a.Alt(n.Args...)
	case And:
		var conds []Ref
		for _, c := range n.Args {
			conds = append(conds, a.Conds(c)...)
		}
		return a.All(conds)
	case Cond:
		return a.If(n.Args[0], int(n.N))
	case Concat:
		return a.Join(n.Args...)
	case Mix:
		return a.mix(n.N, n.Args)
	case Obj:
		return a.rebase(n)
	}
	return a.Intern(n)
}

// rebase interns an Obj whose base may have become an Obj itself: the parts of both are one value.
func (a *Arena) rebase(n Node) Ref {
	base := a.nodes[n.Args[0]]
	if base.Op != Obj && base.Op != Zero {
		return a.Intern(n)
	}
	if base.Op == Zero {
		return a.Object(None, n.Names(), n.Args[1:])
	}
	out := n.Args[0]
	for i, name := range n.Names() {
		v := n.Args[i+1]
		if name == AnyElem {
			if old, ok := a.Part(out, name); ok {
				v = a.Alt(None, old, None, v)
			}
		}
		out = a.With(out, name, v)
	}
	return out
}

// A Table is the part of an arena that some roots need, in a form that can be stored.
type Table []Node

// Extract copies what the roots need into a table and returns the roots' places in it.
func (a *Arena) Extract(roots []Ref) (Table, []Ref) {
	table, seen := make(Table, 1), map[Ref]Ref{None: None}
	var visit func(Ref) Ref
	visit = func(r Ref) Ref {
		if out, ok := seen[r]; ok {
			return out
		}
		n := a.nodes[r]
		if len(n.Args) > 0 {
			args := make([]Ref, len(n.Args))
			for i, x := range n.Args {
				args[i] = visit(x)
			}
			n.Args = args
		}
		out := Ref(len(table))
		table = append(table, n)
		seen[r] = out
		return out
	}
	out := make([]Ref, len(roots))
	for i, r := range roots {
		out[i] = visit(r)
	}
	return table, out
}

// Load interns a table and returns the new reference of each of its nodes.
func (a *Arena) Load(t Table) []Ref {
	out := make([]Ref, len(t))
	for i, n := range t {
		if i == 0 {
			continue
		}
		if len(n.Args) > 0 {
			args := make([]Ref, len(n.Args))
			for j, x := range n.Args {
				args[j] = out[x]
			}
			n.Args = args
		}
		out[i] = a.Intern(n)
	}
	return out
}
