package expr

// maxConjunctions bounds a disjunctive normal form.
const maxConjunctions = 64

// Atom is one comparison or function of a condition, possibly negated.
type Atom struct {
	Op       Op
	Negated  bool
	Operands []Operand
}

// Paths gives every attribute the atom mentions, size(a) and nested operands
// included.
func (a Atom) Paths() []Path {
	var out []Path
	for _, o := range a.Operands {
		out = append(out, o.Paths()...)
	}
	return out
}

// Values gives every value the atom mentions.
func (a Atom) Values() []string {
	var out []string
	for _, o := range a.Operands {
		out = append(out, o.Values()...)
	}
	return out
}

// String writes the atom as an expression would.
func (a Atom) String() string {
	s := atomString(a.Op, a.Operands)
	if a.Negated {
		return "NOT " + s
	}
	return s
}

// opposite names the negation of an operator where there is one. The ordering
// comparisons have none: NOT a < :v holds on an item without a, a >= :v does
// not. (NOT a = :v and a <> :v both hold on it.)
var opposite = map[Op]Op{Eq: Ne, Ne: Eq, Exists: NotExists, NotExists: Exists}

// Disjuncts gives the condition in disjunctive normal form: it holds exactly
// if every atom of one of the lists holds. Negations are pushed into the
// atoms; an atom whose negation has no name keeps Negated. ok is false, and
// dnf nil, past 64 lists.
func (c *Condition) Disjuncts() (dnf [][]Atom, ok bool) {
	return c.disjuncts(false)
}

func (c *Condition) disjuncts(negated bool) ([][]Atom, bool) {
	switch {
	case c.Op == Not:
		return c.Subs[0].disjuncts(!negated)
	case c.Op == And && !negated, c.Op == Or && negated:
		return product(c.Subs, negated)
	case c.Op == And, c.Op == Or:
		return union(c.Subs, negated)
	}
	a := Atom{Op: c.Op, Operands: c.Operands, Negated: negated}
	if op, ok := opposite[c.Op]; ok && negated {
		a.Op, a.Negated = op, false
	}
	return [][]Atom{{a}}, true
}

func union(subs []*Condition, negated bool) ([][]Atom, bool) {
	var out [][]Atom
	for _, s := range subs {
		d, ok := s.disjuncts(negated)
		if !ok || len(out)+len(d) > maxConjunctions {
			return nil, false
		}
		out = append(out, d...)
	}
	return out, true
}

func product(subs []*Condition, negated bool) ([][]Atom, bool) {
	out := [][]Atom{nil}
	for _, s := range subs {
		d, ok := s.disjuncts(negated)
		if !ok || len(out)*len(d) > maxConjunctions {
			return nil, false
		}
		var next [][]Atom
		for _, left := range out {
			for _, right := range d {
				next = append(next, append(append([]Atom(nil), left...), right...))
			}
		}
		out = next
	}
	return out, true
}
