package guard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// What of a read a write depends on.
type What uint8

// The kinds of dependence, see docs/how-it-works.md.
const (
	Value     What = iota + 1 // an attribute that is stored comes from the read
	Attribute                 // a branch looked at an attribute
	Absence                   // a branch went the way of a missing item
	Presence                  // a branch went the way of an item that is there
	Count                     // a branch looked at how many items there were
	Empty                     // a branch went the way of a query without results
	Key                       // the key was found by the read
)

// A Dep is one thing that a write takes from a read.
type Dep struct {
	What What
	// Read is the number of the request read from.
	Read int
	// Attr is the attribute that was read; empty for the whole item.
	Attr string
	// To is the attribute that a value is stored in; empty for the whole item.
	To string
	// Against says what a decision compared the attribute with.
	Against Against
	// Set is set for a decision that went the way of an attribute that is there.
	Set bool
	// Computed is set when the stored value is not a plain copy of the attribute.
	Computed bool
	// Summed is set when the stored value adds up something of every item of a list.
	Summed bool
	// Each is set when every item of a list was looked at.
	Each bool
	// Excluded is set when the branch went the way of no item of the list being as it was asked for.
	Excluded bool
	// Sought is set for what a search demanded of the items that it found.
	Sought bool
	// There is set for a decision that is only made so where the item has the attribute, with a value that is not empty.
	There bool
	// Vague is set for a decision by a test of which is known what it is made of, and not what it asks.
	Vague bool
	// With is what a decision held the attribute, or the number of items, against; None when that is no
	// single value.
	With term.Ref
}

// Against says what an attribute was compared with.
type Against uint8

// The kinds of comparison that matter: an attribute held against a constant or ordered against anything is
// a state or a limit; one held for equality against a value of the caller is an identity.
const (
	Unclear  Against = iota
	Constant         // status == "open", flag, attribute missing
	Ordered          // balance < amount
	Identity         // owner == caller
	Flag             // a boolean by itself
)

// A Source finds the reads that terms come from.
type Source struct {
	Arena *term.Arena
	Items []*compose.Item
	// results are those of the body.
	results []term.Ref
	facts   facts
	// tried are the accesses of the items that were looked at so far.
	tried map[int][]*access.Access
}

// Accesses lists what the i-th item does, read off its terms once.
func (s Source) Accesses(i int) []*access.Access {
	if _, ok := s.tried[i]; !ok {
		s.tried[i] = access.Reader{Arena: s.Arena}.Accesses(s.Items[i], i)
	}
	return s.tried[i]
}

// A Leaf is a part of a request's output that a term is made of.
type Leaf struct {
	Read     int
	path     []string
	counted  bool // the number of items
	Computed bool // the term is not a plain copy
	tested   bool // only whether it is there
	opaque   bool // it went through a function of somebody else's package
	member   bool // it went into an element of a list that is counted
}

// counts reports a number of items; the length of an attribute is a property of one item.
func (l Leaf) counts() bool {
	_, whole := l.Attr()
	return l.counted && (whole || l.path[0] == dynamo.Count || l.path[0] == dynamo.ScannedCount)
}

// each reports a part of every item of a list.
func (l Leaf) each() bool {
	return len(l.path) > 1 && l.path[0] == dynamo.Items && l.path[1] == term.AnyElem
}

// Attr is the attribute that a path into an output leads to: the first name that is not of the output's
// own structure. whole is set when the path ends before any attribute.
func (l Leaf) Attr() (name string, whole bool) {
	rest := l.path
	if len(rest) > 0 && carriers[rest[0]] {
		responses := rest[0] == dynamo.Responses
		rest = rest[1:]
		if responses && len(rest) > 0 && !term.IsElem(rest[0]) {
			rest = rest[1:] // the table
		}
	}
	for len(rest) > 0 && (term.IsElem(rest[0]) || rest[0] == dynamo.Item) {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return "", true
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(rest), term.IsElem), "."), false
}

// carriers are the parts of outputs that hold items.
var carriers = map[string]bool{
	dynamo.Item: true, dynamo.Items: true, dynamo.Responses: true, dynamo.Attributes: true, dynamo.SearchResults: true,
}

// data reports whether the leaf is of an item rather than of the request's bookkeeping.
func (l Leaf) data() bool {
	return len(l.path) == 0 || carriers[l.path[0]] || l.counted
}

// Leaves lists what r is made of, without the branches that chose between its alternatives; those go to
// branch, when it is not nil.
func (s Source) Leaves(r term.Ref, branch func(cond term.Ref)) []Leaf {
	w := &walk{s: s, seen: map[walkKey]bool{}, branch: branch}
	w.visit(r, nil, Leaf{})
	return w.out
}

type walkKey struct {
	r    term.Ref
	path string
	mode leafMode
}

type leafMode struct{ counted, computed, tested, opaque, member bool }

type walk struct {
	s      Source
	seen   map[walkKey]bool
	out    []Leaf
	branch func(term.Ref)
	steps  int
}

const maxSteps = 4000

func (w *walk) visit(r term.Ref, path []string, mode Leaf) {
	if r == term.None || !w.s.Arena.Open(r) || w.steps > maxSteps {
		return
	}
	k := walkKey{r, strings.Join(path, "\x00"), leafMode{mode.counted, mode.Computed, mode.tested, mode.opaque, mode.member}}
	if w.seen[k] {
		return
	}
	w.seen[k] = true
	w.steps++
	n := w.s.Arena.Node(r)
	switch n.Op {
	case term.Result:
		w.result(n, path, mode)
	case term.Field:
		w.visit(n.Args[0], append([]string{n.Text}, path...), mode)
	case term.Alt:
		w.alternatives(n, path, mode)
	case term.Un:
		w.unary(n, mode)
	case term.Iface:
		w.visit(n.Args[0], path, mode)
	case term.After, term.AfterFree:
		w.visit(n.Args[0], path, mode)
	case term.Obj:
		w.visit(n.Args[0], nil, mode)
		for i, name := range n.Names() {
			w.visit(n.Args[i+1], nil, mode.inside(name))
		}
	case term.Closure:
	case term.Call:
		if dynamo.Answers(n.Text) {
			return // what another service said, asked with this or not
		}
		w.operands(n, mode)
	default:
		w.operands(n, mode)
	}
}

// alternatives follows the values that are possible, and what chose between them where they are not all the same.
func (w *walk) alternatives(n term.Node, path []string, mode Leaf) {
	var guards, values []term.Ref
	for i := 0; i < len(n.Args); i += 2 {
		if w.s.feasible(n.Args[i]) {
			guards, values = append(guards, n.Args[i]), append(values, n.Args[i+1])
		}
	}
	chosen := len(values) > 0 && slices.ContainsFunc(values, func(v term.Ref) bool { return v != values[0] })
	for i, v := range values {
		if chosen && w.branch != nil {
			for _, c := range w.s.Arena.Conds(guards[i]) {
				w.branch(c)
			}
		}
		w.visit(v, path, mode)
	}
}

// operands follows what a value is computed from.
func (w *walk) operands(n term.Node, mode Leaf) {
	mode.Computed = mode.Computed || n.Op != term.Mix && n.Op != term.Concat && !(n.Op == term.Call && cutsOut(n.Text))
	mode.opaque = mode.opaque || n.Op == term.Call && foreign(n.Text)
	for _, x := range n.Args {
		w.visit(x, nil, mode)
	}
}

// cutsOut reports a function that gives back a part of a text, as the ID without the prefix that its key has.
func cutsOut(name string) bool {
	switch name {
	case "strings.TrimPrefix", "strings.CutPrefix", "strings.TrimSuffix", "strings.CutSuffix", "strings.TrimSpace",
		"strings.Split", "strings.SplitN", "strings.Cut":
		return true
	}
	return false
}

// foreign reports a function of a package that is neither the standard library's nor the SDK's: what it
// returns may come from anywhere.
func foreign(name string) bool {
	path, _, ok := strings.Cut(strings.TrimLeft(name, "(*"), "/")
	return ok && strings.Contains(path, ".") && !strings.Contains(name, "/decimal.") && !strings.Contains(name, "aws-sdk-go")
}

func (w *walk) unary(n term.Node, mode Leaf) {
	switch n.Text {
	case "len", "cap":
		mode.counted = true
	case "ok":
		mode.tested = true
	case "next", "key", "is":
		return
	default:
		mode.Computed = true
	}
	w.visit(n.Args[0], nil, mode)
}

// inside is the mode of a part of a value. Of a list that is counted it does not matter what of each item is in it.
func (l Leaf) inside(name string) Leaf {
	l.member = l.member || l.counted && term.IsElem(name)
	return l
}

// result records a leaf; the error of a request says only that the request failed, and what a write returns is no read,
// unless it is the item as it is now.
func (w *walk) result(n term.Node, path []string, mode Leaf) {
	if int(n.N) >= len(w.s.Items) || !w.s.Items[n.N].Request() {
		return
	}
	if n.M != 0 || !w.s.Items[n.N].Reads() && !w.s.returns(int(n.N)) {
		return
	}
	if mode.member && len(path) > 2 && path[0] == dynamo.Items && term.IsElem(path[1]) {
		path = path[:2]
	}
	mode.Read, mode.path = int(n.N), path
	if len(path) > 0 && (path[0] == dynamo.Count || path[0] == dynamo.ScannedCount) {
		mode.counted = true
	}
	if mode.data() {
		w.out = append(w.out, mode)
	}
}

// Deps lists what a write takes from the reads before it.
func (s Source) Deps(w *access.Access) []Dep {
	s.facts = s.factsOf(w.Item.When)
	c := &Collector{Source: s, Write: w}
	for _, cond := range w.Item.When {
		c.certain = s.Arena.Node(cond).N&term.CondMust != 0
		c.Decision(cond)
	}
	c.certain = false
	c.undecided(c.either)
	c.values()
	c.keys()
	c.sought()
	c.undecided(c.unreached)
	slices.SortStableFunc(c.Out, func(x, y Dep) int { return cmp.Or(cmp.Compare(x.Read, y.Read), cmp.Compare(x.What, y.What)) })
	return slices.Compact(c.Out)
}

// A Collector gathers the dependences of one write.
type Collector struct {
	Source Source
	Write  *access.Access
	Out    []Dep
	seen   map[term.Ref]bool
	// certain is set while a test is looked at that comes before the write on every way to it.
	certain bool
	// vague is set while a test is looked at that was too deep to be kept.
	vague bool
}

func (c *Collector) add(d Dep) {
	d.Vague = c.vague
	if !slices.Contains(c.Out, d) {
		c.Out = append(c.Out, d)
	}
}

// values finds what is stored. A branch that chooses what is stored is a decision.
func (c *Collector) values() {
	switch c.Write.Kind {
	case dynamo.Put:
		c.stored(c.Write.Stored, 0)
	case dynamo.Update:
		for _, s := range c.Write.Assigned {
			c.part(s.Attr, s.Value)
		}
	}
}

// stored takes an item apart: its attributes, and the value below them that it was made from.
func (c *Collector) stored(item term.Ref, depth int) {
	n := c.Source.Arena.Node(item)
	switch {
	case n.Op == term.Iface:
		c.stored(n.Args[0], depth)
	case n.Op == term.Obj:
		if n.Args[0] != term.None {
			c.stored(n.Args[0], depth+1)
		}
		for i, name := range n.Names() {
			c.part(name, n.Args[i+1])
		}
	case n.Op == term.Alt && depth < 4:
		decided := len(c.Out)
		defer func() { c.prefilled(n, decided) }()
		for i := 0; i < len(n.Args); i += 2 {
			if !c.Source.feasible(n.Args[i]) {
				continue
			}
			for _, cond := range c.Source.Arena.Conds(n.Args[i]) {
				c.Decision(cond)
			}
			c.stored(n.Args[i+1], depth+1)
		}
	default:
		c.part("", item)
	}
}

// prefilled drops decisions on an empty list that only choose what a new item takes over from another one.
func (c *Collector) prefilled(alt term.Node, decided int) {
	c.Out = slices.Concat(c.Out[:decided], slices.DeleteFunc(c.Out[decided:], func(d Dep) bool {
		return d.What == Empty && c.onlyFills(alt, d.Read)
	}))
}

// onlyFills reports items of one key that differ in nothing but what comes from a read.
func (c *Collector) onlyFills(alt term.Node, read int) bool {
	values := map[string][]term.Ref{}
	items := 0
	for i := 1; i < len(alt.Args); i += 2 {
		n := c.Source.Arena.Node(alt.Args[i])
		if n.Op != term.Obj || n.Args[0] != term.None {
			return false
		}
		items++
		for k, name := range n.Names() {
			values[name] = append(values[name], n.Args[k+1])
		}
	}
	for name, vs := range values {
		if len(vs) == items && len(slices.Compact(slices.Sorted(slices.Values(vs)))) == 1 {
			continue
		}
		if access.KeyLike(name) || slices.ContainsFunc(vs, func(v term.Ref) bool { return c.Source.Arena.IsZero(v) != term.True && !c.Source.FromRead(v, read) }) {
			return false
		}
	}
	return true
}

// part records where the value of one attribute comes from.
func (c *Collector) part(to string, v term.Ref) {
	if to == term.AnyElem {
		to = ""
	}
	decided := len(c.Out)
	leaves := c.Source.Leaves(v, c.Decision)
	c.Out = slices.Concat(c.Out[:decided], slices.DeleteFunc(c.Out[decided:], func(d Dep) bool {
		// What stands in for the value of an item that is not there decides nothing.
		return d.What == Empty && slices.ContainsFunc(leaves, func(l Leaf) bool { return l.Read == d.Read && !l.counted })
	}))
	for _, l := range leaves {
		attr, _ := l.Attr()
		switch {
		case l.counts():
			c.add(Dep{What: Count, Read: l.Read, To: to})
		case l.counted:
			c.add(Dep{What: Value, Read: l.Read, Attr: attr, To: to, Computed: true})
		case l.tested:
			c.add(Dep{What: Presence, Read: l.Read, Attr: attr})
		default:
			c.add(Dep{What: Value, Read: l.Read, Attr: attr, To: to, Computed: l.Computed, Summed: l.Computed && l.each() && c.Source.addsUp(v, l.Read)})
		}
	}
}

// addsUp reports a value that a loop over the items of a list has added up: 0 + item.price. What a call makes
// of such a value is the call's own.
func (s Source) addsUp(v term.Ref, read int) bool {
	seen := map[term.Ref]bool{}
	var visit func(term.Ref) bool
	visit = func(v term.Ref) bool {
		if v == term.None || seen[v] {
			return false
		}
		seen[v] = true
		n := s.Arena.Node(v)
		switch n.Op {
		case term.Bin:
			return n.Text == "+" && slices.ContainsFunc(n.Args, func(x term.Ref) bool { return s.ofEach(x, read) }) || slices.ContainsFunc(n.Args, visit)
		case term.Un, term.Iface:
			return slices.ContainsFunc(n.Args, visit)
		case term.Alt:
			for i := 1; i < len(n.Args); i += 2 {
				if visit(n.Args[i]) {
					return true
				}
			}
		}
		return false
	}
	return visit(v)
}

// ofEach reports a part of every item of a list.
func (s Source) ofEach(x term.Ref, read int) bool {
	return s.Arena.Op(x) != term.Const && slices.ContainsFunc(s.Leaves(x, nil), func(l Leaf) bool { return l.Read == read && l.each() && !l.opaque })
}

// keys finds reads that only said where to write.
func (c *Collector) keys() {
	for _, l := range c.Source.Leaves(c.Write.Key, nil) {
		attr, _ := l.Attr()
		c.add(Dep{What: Key, Read: l.Read, Attr: attr})
	}
}
