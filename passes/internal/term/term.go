// Package term holds symbolic values: what a Go value is made of, in terms of a function's parameters,
// of the results of the requests and calls it makes, of constants and of fresh values.
//
// Terms are hash-consed in an Arena: equal terms have equal references, so identity is equality. Three
// things that differ in Go are one here, because they carry the same data: a pointer and what it points
// to, a value and its encoding (attributevalue.MarshalMap(x) is x), an embedded struct and the one that
// embeds it.
package term

import (
	"slices"
	"strconv"
	"strings"
)

// A Ref names a node of an Arena. None is no term at all.
type Ref int32

// None is the absent term.
const None Ref = 0

// An Op says what a node is.
type Op uint8

// The operations. The comment gives the fields of Node that each one uses.
const (
	Invalid   Op = iota
	Zero         // the zero value of any type: nil, "", 0, false
	Const        // Text: a constant as Go writes it; M: ConstString, ConstNumber or ConstBool
	Param        // N: a parameter, the receiver first
	FreeVar      // N: a variable that a closure captures
	Global       // Text: a package-level variable; M: 1 when it is an error
	Result       // N: an event, M: which of its results
	After        // N: an event, M: the argument whose content it may have changed; Args: the content before
	AfterFree    // N: an event, M: the captured variable, Text: the closure; Args: the content before
	Field        // Text: an attribute, field, map key, "[3]" or "[*]"; Args: the whole, and for "[*]" perhaps the key
	Obj          // Text: the names of the parts, joined by NUL; Args: the base (or None), then the parts
	Alt          // Args: guard, value, guard, value, …: one of several values, each under its guard
	And          // Args: Conds that hold together
	Cond         // N: direction and flags (see CondFlags); Args: what is tested
	Bin          // Text: a Go operator; Args: two operands
	Un           // Text: a Go operator, "len", "ok" or "cap"; Args: one operand
	Concat       // Args: strings joined in order
	Call         // Text: a function whose body is not seen; N: which result; M: the site when fresh; Args: arguments
	Func         // Text: the identifier of a function
	Closure      // Text: the identifier of a function, N: 1 for a method value; Args: captured variables or the receiver
	Iface        // Text: a concrete type; Args: the value converted to an interface
	Alloc        // N: a place of allocation; only inside one function's analysis
	Mix          // Args: a value made of these in a way that is not known; N: 1 where it was too deep to be kept
)

// Failure is added to the result number of a Call whose result is the error of a conversion: it says only
// that the conversion failed.
const Failure = 1000

// The kinds of constants.
const (
	ConstString = iota
	ConstNumber
	ConstBool
)

// CondFlags of a Cond node: which way the branch went, whether it surely went that way when the code is
// reached (rather than being one of several ways there), and whether it only drives a loop.
const (
	CondTrue = 1 << iota
	CondMust
	CondLoop
)

// A Node is one term. Its meaning depends on Op.
type Node struct {
	Op   Op
	Text string
	N, M int32
	Args []Ref
}

// Bounds on the size of terms. Deeper ones become Mix: the sources stay, the structure is lost.
const (
	maxDepth = 120
	maxAlts  = 24
	maxSplit = 10 // alternatives up to which one value may stand under several guards
	maxMix   = 48
	maxChain = 10
)

// An Arena owns terms.
type Arena struct {
	nodes []Node
	depth []int16
	open  []bool // mentions a parameter, captured variable, event or allocation
	index map[string]Ref
	blurs map[Ref]Ref
	parts map[partKey]Ref // what Field has found, since nested alternatives would be searched again and again
	// Cut counts the terms that a bound has flattened.
	Cut int
}

// NewArena returns an empty arena.
func NewArena() *Arena {
	return &Arena{nodes: make([]Node, 1), depth: make([]int16, 1), open: make([]bool, 1), index: map[string]Ref{}, parts: map[partKey]Ref{}, blurs: map[Ref]Ref{}}
}

// Node returns the node that r names; the zero Node for None. Its Args must not be changed.
func (a *Arena) Node(r Ref) Node { return a.nodes[r] }

// Op returns the operation of r.
func (a *Arena) Op(r Ref) Op { return a.nodes[r].Op }

// Len returns the number of nodes, for statistics.
func (a *Arena) Len() int { return len(a.nodes) }

// Open reports whether r depends on the function it belongs to: closed terms mean the same everywhere.
func (a *Arena) Open(r Ref) bool { return a.open[r] }

func key(n Node) string {
	var b []byte
	b = append(b, byte(n.Op))
	b = strconv.AppendInt(b, int64(n.N), 36)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(n.M), 36)
	for _, x := range n.Args {
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(x), 36)
	}
	b = append(b, '|')
	return string(append(b, n.Text...))
}

// Intern returns the reference of n as it stands, without simplification.
func (a *Arena) Intern(n Node) Ref {
	k := key(n)
	if r, ok := a.index[k]; ok {
		return r
	}
	var depth int16
	open := openOp(n.Op)
	for _, x := range n.Args {
		depth = max(depth, a.depth[x])
		open = open || a.open[x]
	}
	if depth >= maxDepth && n.Op != Mix && n.Op != And && n.Op != Cond {
		a.Cut++
		r := a.cut(n)
		a.index[k] = r
		return r
	}
	r := Ref(len(a.nodes))
	a.nodes = append(a.nodes, n)
	a.depth = append(a.depth, depth+1)
	a.open = append(a.open, open)
	a.index[k] = r
	return r
}

func openOp(op Op) bool {
	switch op {
	case Param, FreeVar, Result, After, AfterFree, Alloc:
		return true
	}
	return false
}

// Leaf interns a node without arguments.
func (a *Arena) Leaf(op Op, text string, n, m int) Ref {
	return a.Intern(Node{Op: op, Text: text, N: int32(n), M: int32(m)})
}

// ZeroValue is the zero value of any type.
func (a *Arena) ZeroValue() Ref { return a.Leaf(Zero, "", 0, 0) }

// String is a string constant; the empty string is the zero value.
func (a *Arena) String(s string) Ref {
	if s == "" {
		return a.ZeroValue()
	}
	return a.Leaf(Const, s, 0, ConstString)
}

// Bool is a boolean constant; false is the zero value.
func (a *Arena) Bool(b bool) Ref {
	if !b {
		return a.ZeroValue()
	}
	return a.Leaf(Const, "true", 0, ConstBool)
}

// Text returns the string that r is, when it is a constant one.
func (a *Arena) Text(r Ref) (string, bool) {
	switch n := a.nodes[r]; n.Op {
	case Const:
		return n.Text, n.M == ConstString
	case Zero:
		return "", true
	}
	return "", false
}

// Names returns the names of the parts of an Obj node.
func (n Node) Names() []string {
	if n.Text == "" {
		return nil
	}
	return strings.Split(n.Text, "\x00")
}

// Object interns a composite value: parts on top of a base (None for a value with no other parts).
func (a *Arena) Object(base Ref, names []string, parts []Ref) Ref {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(names[i], names[j]) })
	args, sorted := []Ref{base}, make([]string, 0, len(names))
	for _, i := range order {
		args, sorted = append(args, parts[i]), append(sorted, names[i])
	}
	return a.Intern(Node{Op: Obj, Text: strings.Join(sorted, "\x00"), Args: args})
}

// Part returns the part of an Obj that is called name.
func (a *Arena) Part(r Ref, name string) (Ref, bool) {
	n := a.nodes[r]
	if n.Op != Obj {
		return None, false
	}
	for i, s := range n.Names() {
		if s == name {
			return n.Args[i+1], true
		}
	}
	return None, false
}

// With is the value r after its part called name became v.
func (a *Arena) With(r Ref, name string, v Ref) Ref {
	n := a.nodes[r]
	switch n.Op {
	case Zero:
		return a.Object(None, []string{name}, []Ref{v})
	case Iface:
		return a.Intern(Node{Op: Iface, Text: n.Text, Args: []Ref{a.With(n.Args[0], name, v)}})
	case Obj:
		names, parts := n.Names(), slices.Clone(n.Args[1:])
		if i := slices.Index(names, name); i >= 0 {
			parts[i] = v
		} else {
			names, parts = append(names, name), append(parts, v)
		}
		return a.Object(n.Args[0], names, parts)
	}
	return a.Object(r, []string{name}, []Ref{v})
}

// AnyElem names an element whose index or key is not known.
const AnyElem = "[*]"

// Elem is the name of the element at a constant index.
func Elem(i int) string { return "[" + strconv.Itoa(i) + "]" }

// IsElem reports whether a part's name stands for an element of a list.
func IsElem(name string) bool { return strings.HasPrefix(name, "[") }

type partKey struct {
	whole Ref
	name  string
}

// Field is the part of r called name.
func (a *Arena) Field(r Ref, name string) Ref {
	if a.nodes[r].Op == Zero {
		return r
	}
	k := partKey{r, name}
	v, ok := a.parts[k]
	if !ok {
		v = a.field(r, name)
		a.parts[k] = v
	}
	return v
}

// Entry is the entry of a map under a key. A key that only a caller knows stays with the term, so that a
// helper such as text(item, name) reads that attribute in each of its callers.
func (a *Arena) Entry(m, key Ref) Ref {
	if name, ok := a.Text(key); ok {
		return a.Field(m, name)
	}
	v := a.Field(m, AnyElem)
	n := a.nodes[v]
	if n.Op != Field || n.Text != AnyElem || len(n.Args) > 1 || n.Args[0] != m || !a.Open(key) {
		return v
	}
	return a.Intern(Node{Op: Field, Text: AnyElem, Args: []Ref{m, key}})
}

func (a *Arena) field(r Ref, name string) Ref {
	n := a.nodes[r]
	switch n.Op {
	case Iface:
		return a.Field(n.Args[0], name)
	case Obj:
		return a.objField(r, n, name)
	case Alt:
		if len(n.Args) <= 2*maxAlts {
			out := make([]Ref, len(n.Args))
			for i := 0; i < len(n.Args); i += 2 {
				out[i], out[i+1] = n.Args[i], a.Field(n.Args[i+1], name)
			}
			return a.Alt(out...)
		}
	}
	if a.chain(r) > maxChain {
		a.Cut++
		return r
	}
	return a.Intern(Node{Op: Field, Text: name, Args: []Ref{r}})
}

// chain counts how many Field nodes are stacked at r: recursive data would stack them without end.
func (a *Arena) chain(r Ref) int {
	n := 0
	for a.nodes[r].Op == Field {
		n, r = n+1, a.nodes[r].Args[0]
	}
	return n
}

func (a *Arena) objField(r Ref, n Node, name string) Ref {
	if v, ok := a.Part(r, name); ok && name != AnyElem {
		return v
	}
	base := n.Args[0]
	below := a.ZeroValue()
	if base != None {
		below = a.Field(base, name)
	}
	var values []Ref
	if name == AnyElem {
		for _, part := range n.Args[1:] {
			values = append(values, None, part)
		}
	} else if v, ok := a.Part(r, AnyElem); ok {
		values = append(values, None, v)
	}
	if len(values) == 0 {
		return below
	}
	if base != None {
		values = append(values, None, below)
	}
	return a.Alt(values...)
}

// Alt is one of several values, given as guard, value, guard, value, …; a guard of None always allows
// its value. Alternatives whose guard cannot hold are dropped, nested ones are flattened.
func (a *Arena) Alt(pairs ...Ref) Ref {
	var guards, values []Ref
	add := func(g, v Ref) {
		if a.Impossible(a.Conds(g)) {
			return
		}
		for i := range values {
			if values[i] != v {
				continue
			}
			if guards[i] == g {
				return
			}
			if len(values) >= maxSplit {
				guards[i] = a.common(guards[i], g)
				return
			}
		}
		guards, values = append(guards, g), append(values, v)
	}
	for i := 0; i < len(pairs); i += 2 {
		n := a.nodes[pairs[i+1]]
		if n.Op != Alt || len(n.Args) > maxAlts {
			add(pairs[i], pairs[i+1])
			continue
		}
		for j := 0; j < len(n.Args); j += 2 {
			if !a.excludes(pairs[i], pairs[i+1], n.Args[j], n.Args[j+1]) {
				add(a.Both(pairs[i], n.Args[j]), n.Args[j+1])
			}
		}
	}
	switch {
	case len(values) == 0:
		return a.Intern(Node{Op: Mix})
	case len(slices.Compact(slices.Clone(values))) == 1:
		return values[0]
	case len(values) > maxAlts:
		a.Cut++
		return a.Mix(values...)
	}
	args := make([]Ref, 0, 2*len(values))
	for i := range values {
		args = append(args, guards[i], values[i])
	}
	return a.Intern(Node{Op: Alt, Args: args})
}

// Binary is the result of a Go operator.
func (a *Arena) Binary(op string, x, y Ref) Ref {
	return a.Intern(Node{Op: Bin, Text: op, Args: []Ref{x, y}})
}

// Unary is the result of a Go operator or of len, cap, ok.
func (a *Arena) Unary(op string, x Ref) Ref {
	return a.Intern(Node{Op: Un, Text: op, Args: []Ref{x}})
}

// Join concatenates strings; constant neighbours melt.
func (a *Arena) Join(parts ...Ref) Ref {
	var out []Ref
	for _, p := range parts {
		n := a.nodes[p]
		switch {
		case n.Op == Zero:
			continue
		case n.Op == Concat:
			out = a.appendText(out, n.Args...)
		default:
			out = a.appendText(out, p)
		}
	}
	switch len(out) {
	case 0:
		return a.ZeroValue()
	case 1:
		return out[0]
	}
	return a.Intern(Node{Op: Concat, Args: out})
}

func (a *Arena) appendText(out []Ref, parts ...Ref) []Ref {
	for _, p := range parts {
		s, ok := a.Text(p)
		if ok && len(out) > 0 {
			if last, ok := a.Text(out[len(out)-1]); ok {
				out[len(out)-1] = a.String(last + s)
				continue
			}
		}
		out = append(out, p)
	}
	return out
}
