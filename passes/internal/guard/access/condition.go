package access

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Condition is what DynamoDB checks when a write arrives: it lets the write through when one of the
// alternatives holds.
type Condition struct {
	// Given is set when there is a condition on some path; Partial when there is none on another.
	Given, Partial bool
	// Opaque is set when there is a condition whose text is not known, Waits when a caller decides it.
	Opaque, Waits bool
	// Empty is set when the condition comes from a builder that was given none.
	Empty        bool
	Alternatives []Conjunction
}

// Atoms are the checks of all alternatives.
func (c Condition) Atoms() iter.Seq[Atom] {
	return func(yield func(Atom) bool) {
		for _, conj := range c.Alternatives {
			for _, a := range conj {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// Some reports whether an alternative has a check that is as wanted.
func (c Condition) Some(wanted func(Atom) bool) bool {
	for a := range c.Atoms() {
		if wanted(a) {
			return true
		}
	}
	return false
}

// Always reports whether every alternative has a check that is as wanted: whichever lets the write through, it held.
func (c Condition) Always(wanted func(Atom) bool) bool {
	return c.Given && !c.Partial && len(c.Alternatives) > 0 &&
		!slices.ContainsFunc(c.Alternatives, func(conj Conjunction) bool { return !slices.ContainsFunc(conj, wanted) })
}

// A Conjunction is a list of checks that hold together.
type Conjunction []Atom

// An Atom is one check on attributes.
type Atom struct {
	Op    expr.Op
	Attrs []string
	// Values are what the attributes are compared with.
	Values []term.Ref
	// Key is set where the check is on the key of the item whatever it is called.
	Key bool
}

// On reports a check on an attribute.
func (a Atom) On(attr string) bool {
	return slices.ContainsFunc(a.Attrs, func(x string) bool { return dynamo.SameAttribute(x, attr) })
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// condition reads the expression in a field of a request's input.
func (r Reader) condition(in term.Ref, field string) Condition {
	if c, ok := r.mapped(in, field); ok {
		return c
	}
	var c Condition
	r.addCondition(&c, in, r.field(in, field))
	return c
}

func (r Reader) addCondition(c *Condition, in, text term.Ref) {
	n := r.Arena.Node(text)
	switch n.Op {
	case term.Zero:
		c.Partial = true
		return
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			r.addCondition(c, in, n.Args[i])
		}
		return
	}
	if r.unbuilt(text) {
		c.Partial = true
		return
	}
	if built, given, ok := r.builtCondition(text); ok {
		if !given {
			c.Partial, c.Empty = true, true
			return
		}
		c.merge(built)
		return
	}
	src, holes := r.text(text)
	cond, err := expr.ParseCondition(src, r.names(in, holes))
	if err != nil || len(holes) == 1 && holes[src] != term.None {
		c.Given, c.Opaque = true, true
		c.Waits = c.Waits || r.Waits(text)
		return
	}
	c.merge(newCondition(cond, r.values(in)))
}

// Waits reports whether a caller of the function decides what t is.
func (r Reader) Waits(t term.Ref) bool {
	return Mentions(r.Arena, t, func(n term.Node) bool { return n.Op == term.Param || n.Op == term.FreeVar })
}

// Mentions reports whether some node below t is as wanted. Terms share their parts, so each is visited once.
func Mentions(a *term.Arena, t term.Ref, wanted func(term.Node) bool) bool {
	seen := map[term.Ref]bool{}
	var visit func(term.Ref) bool
	visit = func(t term.Ref) bool {
		if t == term.None || seen[t] {
			return false
		}
		seen[t] = true
		n := a.Node(t)
		return wanted(n) || slices.ContainsFunc(n.Args, visit)
	}
	return visit(t)
}

func (c *Condition) merge(d Condition) {
	c.Given = c.Given || d.Given
	c.Opaque = c.Opaque || d.Opaque
	c.Alternatives = append(c.Alternatives, d.Alternatives...)
}

// newCondition lists the alternatives of a parsed condition.
func newCondition(cond *expr.Condition, values func(string) term.Ref) Condition {
	dnf, ok := cond.Disjuncts()
	if !ok {
		return Condition{Given: true, Opaque: true}
	}
	c := Condition{Given: true}
	for _, conj := range dnf {
		var out Conjunction
		for _, atom := range conj {
			a := newAtom(atom, values)
			c.Opaque = c.Opaque || a.Nameless()
			out = append(out, a)
		}
		c.Alternatives = append(c.Alternatives, out)
	}
	return c
}

func newAtom(atom expr.Atom, values func(string) term.Ref) Atom {
	a := Atom{Op: atom.Op}
	if atom.Negated {
		a.Op = expr.Not
	}
	for _, p := range atom.Paths() {
		a.Attrs = append(a.Attrs, p.String())
	}
	for _, v := range atom.Values() {
		a.Values = append(a.Values, values(v))
	}
	return a
}

// Nameless reports a comparison of which it is not known what attribute it is on.
func (a Atom) Nameless() bool {
	if a.Op == expr.Exists || a.Op == expr.NotExists {
		return false
	}
	return len(a.Attrs) == 0 || slices.ContainsFunc(a.Attrs, func(attr string) bool { return strings.HasPrefix(attr, Hole) })
}

// keyOf reads the key attributes off a WHERE clause: what it pins with =.
func (r Reader) keyOf(c Condition) term.Ref {
	if len(c.Alternatives) != 1 {
		return term.None
	}
	var names []string
	var parts []term.Ref
	for _, atom := range c.Alternatives[0] {
		if atom.Op == expr.Eq && len(atom.Attrs) == 1 && len(atom.Values) == 1 {
			names, parts = append(names, atom.Attrs[0]), append(parts, atom.Values[0])
		}
	}
	if len(names) == 0 {
		return term.None
	}
	return r.Arena.Object(term.None, names, parts)
}

// beyondKey is what a WHERE clause checks besides naming the item: its first equation, and those of
// attributes that identify, are the key.
func (r Reader) beyondKey(c Condition) Condition {
	if len(c.Alternatives) != 1 {
		return c
	}
	var rest Conjunction
	for i, atom := range c.Alternatives[0] {
		key := atom.Op == expr.Eq && len(atom.Attrs) == 1 && (i == 0 || KeyLike(atom.Attrs[0]))
		if !key {
			rest = append(rest, atom)
		}
	}
	if len(rest) == 0 {
		return Condition{Partial: true}
	}
	return Condition{Given: true, Alternatives: []Conjunction{rest}}
}

// legacy reads the Expected parameter of older programs.
func (r Reader) legacy(w *Access, in term.Ref) {
	n := r.Arena.Node(r.field(in, dynamo.Expected))
	if n.Op != term.Obj {
		return
	}
	var conj Conjunction
	for i, name := range n.Names() {
		want := n.Args[i+1]
		atom := Atom{Op: expr.Eq, Attrs: []string{name}, Values: []term.Ref{r.field(want, dynamo.Value)}}
		if exists := r.field(want, dynamo.Exists); exists == r.Arena.ZeroValue() && r.Arena.IsZero(atom.Values[0]) == term.True {
			atom = Atom{Op: expr.NotExists, Attrs: []string{name}}
		}
		conj = append(conj, atom)
	}
	w.Cond = Condition{Given: true, Alternatives: []Conjunction{conj}}
}

// KeyLike guesses from its name whether an attribute identifies the item, where no request of the program
// shows the key.
func KeyLike(name string) bool {
	n := strings.ToLower(name)
	return n == "pk" || n == "sk" || n == "id" || strings.HasSuffix(n, "id") || n == "key"
}
