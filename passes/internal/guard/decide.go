package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Decision records what the branch that cond stands for has looked at.
func (c *Collector) Decision(cond term.Ref) {
	if c.seen[cond] {
		return
	}
	if c.seen == nil {
		c.seen = map[term.Ref]bool{}
	}
	c.seen[cond] = true
	n := c.Source.Arena.Node(cond)
	if n.Op != term.Cond || n.N&term.CondLoop != 0 {
		return
	}
	if c.Source.Arena.Op(n.Args[0]) == term.Mix {
		defer func(was bool) { c.vague = was }(c.vague)
		c.vague = true
	}
	c.test(n.Args[0], n.N&term.CondTrue != 0, 0)
}

// test takes a boolean term apart, of which is known that it came out as dir.
func (c *Collector) test(t term.Ref, dir bool, depth int) {
	a := c.Source.Arena
	if depth > 12 || !a.Open(t) {
		return
	}
	n := a.Node(t)
	switch n.Op {
	case term.Un:
		switch n.Text {
		case "!":
			c.test(n.Args[0], !dir, depth+1)
			return
		case "ok":
			c.present(n.Args[0], dir, depth+1)
			return
		case "is": // the attribute has the type that the code expects: no state of the program
			c.typed(n.Args[0], dir, depth+1)
			return
		}
	case term.Bin:
		switch n.Text {
		case "==", "!=":
			c.equality(n, (n.Text == "==") == dir, depth)
			return
		case "<", "<=", ">", ">=":
			c.order(n, dir, depth)
			return
		case "in": // a set of states
			if c.own(n.Args[0], n.Args[1]) {
				return
			}
			against := Identity // one of the caller's own
			if !a.Open(n.Args[1]) {
				against = Constant
			}
			c.looked(n.Args[0], n.Args[1], against, !dir)
			c.looked(n.Args[1], n.Args[0], Unclear, !dir)
			return
		case "&", "|", "&^":
			c.test(n.Args[0], dir, depth+1)
			c.test(n.Args[1], dir, depth+1)
			return
		}
	case term.Alt:
		c.choice(n, func(g, v term.Ref) term.Truth { return flip(a.TruthGiven(v, g), dir) }, func(v term.Ref) { c.test(v, dir, depth+1) })
		if !dir {
			c.unset(n)
		}
		return
	case term.Call:
		if c.errorTest(n, dir, depth) {
			return
		}
		if c.againstConstants(n) {
			c.looked(t, term.None, Constant, !dir)
			return
		}
	case term.Field:
		c.looked(t, term.None, Flag, !dir)
		return
	}
	c.looked(t, term.None, Unclear, !dir)
}

// own reports a value that is looked for among what the same reads have brought: that only keeps a loop from doing
// the same twice.
func (c *Collector) own(x, set term.Ref) bool {
	reads := map[int]bool{}
	for _, l := range c.Source.Leaves(x, nil) {
		reads[l.Read] = true
	}
	in := c.Source.Leaves(set, nil)
	return len(in) > 0 && !slices.ContainsFunc(in, func(l Leaf) bool { return !reads[l.Read] })
}

// againstConstants reports a function that holds one value of the program against fixed ones:
// slices.Contains(open, status).
func (c *Collector) againstConstants(n term.Node) bool {
	open := 0
	for _, x := range n.Args {
		if c.Source.Fresh(x) {
			return false // the time of day is no state
		}
		if c.Source.Arena.Open(x) {
			open++
		}
	}
	return open == 1 && len(n.Args) > 1
}

// typed follows a type assertion. On an error it tells kinds of failures apart.
func (c *Collector) typed(x term.Ref, dir bool, depth int) {
	n := c.Source.Arena.Node(x)
	if n.Op == term.Alt {
		c.errorIs(x, c.someError, dir, depth)
	}
}

func flip(t term.Truth, dir bool) term.Truth {
	if dir || t == term.Unknown {
		return t
	}
	if t == term.True {
		return term.False
	}
	return term.True
}

// errorTest understands errors.Is and errors.As.
func (c *Collector) errorTest(n term.Node, dir bool, depth int) bool {
	a := c.Source.Arena
	switch n.Text {
	case "errors.Is":
		if len(n.Args) == 2 {
			c.errorIs(n.Args[0], func(v term.Ref) term.Truth { return a.ErrorIs(v, n.Args[1], 0) }, dir, depth)
			return true
		}
	case "errors.As":
		if len(n.Args) > 0 {
			c.errorIs(n.Args[0], c.someError, dir, depth)
			return true
		}
	}
	return false
}

// someError is what is known of an error of which only the type is asked for: nil has none.
func (c *Collector) someError(v term.Ref) term.Truth {
	if c.Source.Arena.IsZero(v) == term.True {
		return term.False
	}
	return term.Unknown
}

func (c *Collector) errorIs(err term.Ref, is func(term.Ref) term.Truth, dir bool, depth int) {
	n := c.Source.Arena.Node(err)
	if n.Op == term.Alt {
		c.choice(n, func(_, v term.Ref) term.Truth { return flip(is(v), dir) }, func(v term.Ref) { c.errorIs(v, is, dir, depth+1) })
		return
	}
	if n.Op == term.Call && depth < 6 {
		for _, x := range n.Args {
			if c.Source.Arena.Op(x) == term.Alt {
				c.errorIs(x, is, dir, depth+1)
			}
		}
	}
}

// equality follows x == y (or x != y when equal is false).
func (c *Collector) equality(n term.Node, equal bool, depth int) {
	a := c.Source.Arena
	x, y := n.Args[0], n.Args[1]
	if a.Op(x) == term.Zero || a.Op(x) == term.Const {
		x, y = y, x
	}
	if a.Op(y) == term.Zero {
		c.present(x, !equal, depth+1)
		return
	}
	if a.Op(x) == term.Alt && a.Op(y) != term.Alt {
		fits := func(g, v term.Ref) term.Truth { return flip(a.TruthGiven(a.Binary("==", v, y), g), equal) }
		certain := c.certain // whichever of them it is
		c.choice(a.Node(x), fits, func(v term.Ref) {
			c.certain = certain
			c.compared(v, y, equal)
			c.certain = false
		})
		return
	}
	c.compared(x, y, equal)
}

// sameItem recognises a key attribute of an item that is held against the key it was read by: a test
// whether the item is there.
func (c *Collector) sameItem(x, y term.Ref, equal bool) bool {
	if !c.direct(x) {
		return false
	}
	found := false
	for _, l := range c.Source.Leaves(x, nil) {
		attr, whole := l.Attr()
		if whole || c.Source.Items[l.Read].Op != "GetItem" || !c.identifies(l.Read, attr) {
			continue
		}
		found = true
		if equal {
			c.add(Dep{What: Presence, Read: l.Read})
		} else {
			c.add(Dep{What: Absence, Read: l.Read})
		}
	}
	return found
}

// compared records that x was held against y for equality.
func (c *Collector) compared(x, y term.Ref, equal bool) {
	if c.sameItem(x, y, equal) || c.sameItem(y, x, equal) {
		return
	}
	against := Identity
	if c.Source.Arena.Op(y) == term.Const || c.Source.Arena.Op(x) == term.Const {
		against = Constant
	}
	c.looked(x, y, against, !equal)
	c.looked(y, x, against, !equal)
	if equal && against == Constant && c.certain && c.Write.Kind != dynamo.Delete { // which may come to what is gone already
		c.isThere(x)
		c.isThere(y)
	}
}

// isThere marks decisions on an attribute that an item must have to be equal to a constant that is not empty.
func (c *Collector) isThere(x term.Ref) {
	if !c.direct(x) {
		return
	}
	for _, l := range c.Source.Leaves(x, nil) {
		attr, whole := l.Attr()
		for i, d := range c.Out {
			if !whole && d.What == Attribute && d.Against == Constant && d.Read == l.Read && d.Attr == attr {
				c.Out[i].There = true
			}
		}
	}
}

// order follows x < y and its kin. A length held against a constant that tells empty from not empty is a
// test for presence.
func (c *Collector) order(n term.Node, dir bool, depth int) {
	a := c.Source.Arena
	if x, nonEmpty, ok := emptiness(a, n, dir); ok {
		c.present(x, nonEmpty, depth+1)
		return
	}
	for i, operand := range n.Args {
		c.tallied(operand)
		c.looked(operand, n.Args[1-i], Ordered, true)
	}
}

// tallied records a number that a loop has counted up, once for every item or for some.
func (c *Collector) tallied(t term.Ref) {
	a := c.Source.Arena
	n := a.Node(t)
	if n.Op != term.Alt {
		return
	}
	for i := 1; i < len(n.Args); i += 2 {
		sum := a.Node(n.Args[i])
		if sum.Op != term.Bin || sum.Text != "+" || a.Op(sum.Args[1]) != term.Const {
			continue
		}
		for j := 0; j < len(n.Args); j += 2 {
			for _, cond := range a.Conds(n.Args[j]) {
				if a.Node(cond).N&term.CondLoop != 0 {
					c.looked(a.Node(cond).Args[0], term.None, Ordered, true)
				}
			}
		}
		return
	}
}

// emptiness recognises len(x) > 0, 0 < len(x), len(x) >= 1, len(x) < 1.
func emptiness(a *term.Arena, n term.Node, dir bool) (x term.Ref, nonEmpty, ok bool) {
	l, r, op := n.Args[0], n.Args[1], n.Text
	if ln := a.Node(l); ln.Op == term.Zero || ln.Op == term.Const {
		l, r = r, l
		op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	ln, rn := a.Node(l), a.Node(r)
	if inv := map[string]string{"<": ">", "<=": ">="}[op]; inv != "" && first(a, l) { // 0 < len(x), as a range loop writes it
		l, op = r, inv
		ln, rn = a.Node(l), a.Node(a.ZeroValue())
	}
	one := rn.Op == term.Const && rn.Text == "1"
	zero := rn.Op == term.Zero
	counted := ln.Op == term.Un && ln.Text == "len" || ln.Op == term.Field && ln.Text == dynamo.Count
	if !counted {
		return term.None, false, false
	}
	switch {
	case zero && op == ">", one && op == ">=":
		return l, dir, true
	case zero && op == "<=", one && op == "<":
		return l, !dir, true
	}
	return term.None, false, false
}

// first reports the index that a range loop starts with, which is -1 + 1.
func first(a *term.Arena, r term.Ref) bool {
	n := a.Node(r)
	return n.Op == term.Bin && n.Text == "+" && a.Node(n.Args[0]).Text == "-1" && a.Node(n.Args[1]).Text == "1"
}

// present follows a test for nil, zero or emptiness: is is how it came out.
func (c *Collector) present(x term.Ref, is bool, depth int) {
	a := c.Source.Arena
	if depth > 14 || !a.Open(x) {
		return
	}
	n := a.Node(x)
	switch n.Op {
	case term.Alt:
		fits := func(g, v term.Ref) term.Truth { return flip(c.zero(g, v), !is) }
		c.choice(n, fits, func(v term.Ref) { c.present(v, is, depth+1) })
		if !is {
			c.unfound(n)
		}
		return
	case term.Result:
		if n.M != 0 {
			return // the error of a request
		}
	case term.Un:
		if n.Text == "len" && !is {
			c.unfilled(n.Args[0])
		}
		if n.Text == "len" || n.Text == "ok" {
			c.present(n.Args[0], is, depth+1)
			return
		}
	case term.Iface, term.After, term.AfterFree:
		c.present(n.Args[0], is, depth+1)
		return
	case term.Obj:
		if n.Args[0] != term.None {
			c.present(n.Args[0], is, depth+1)
			return
		}
		return
	}
	for _, l := range c.Source.Leaves(x, nil) {
		c.presence(x, l, is)
	}
}

// zero says whether v is empty under a guard. The key of an item that a list held is not: "" stands beside it
// for none.
func (c *Collector) zero(g, v term.Ref) term.Truth {
	if c.direct(v) && slices.ContainsFunc(c.Source.Leaves(v, nil), func(l Leaf) bool {
		attr, whole := l.Attr()
		return l.each() && !whole && access.KeyLike(attr)
	}) {
		return term.False
	}
	return c.Source.Arena.TruthGiven(c.Source.Arena.Binary("==", v, c.Source.Arena.ZeroValue()), g)
}

// unfilled follows a list that a loop would have filled and has not: there was nothing to go over, or nothing
// of it was as the loop wanted it.
func (c *Collector) unfilled(list term.Ref) {
	n := c.Source.Arena.Node(list)
	if n.Op != term.Alt {
		return
	}
	for i := 0; i < len(n.Args); i += 2 {
		if c.Source.Arena.IsZero(n.Args[i+1]) == term.True || !c.Source.feasible(n.Args[i]) {
			continue
		}
		for _, cond := range c.Source.Arena.Conds(n.Args[i]) {
			t := c.Source.Arena.Node(cond)
			dir := t.N&term.CondTrue != 0
			if t.N&term.CondLoop == 0 {
				c.test(t.Args[0], !dir, 0)
			} else if over, ok := iterated(c.Source.Arena, t.Args[0]); ok {
				c.present(over, false, 0)
			}
		}
	}
}

// unfound follows what would have been taken from a list and has not been: nothing of it was as it was wanted.
func (c *Collector) unfound(alt term.Node) {
	c.untaken(alt, Leaf.each, func(v term.Ref) bool { return slices.ContainsFunc(c.Source.Leaves(v, nil), Leaf.each) })
}

// unset follows a flag that a loop would have set and has not: no element was as it was wanted.
func (c *Collector) unset(flag term.Node) {
	c.untaken(flag, func(l Leaf) bool { return slices.Contains(l.path, term.AnyElem) }, func(term.Ref) bool { return true })
}

// untaken follows the tests of elements by which values that are not empty would have been chosen, and were not.
func (c *Collector) untaken(alt term.Node, element func(Leaf) bool, wanted func(v term.Ref) bool) {
	for i := 0; i < len(alt.Args); i += 2 {
		if c.Source.Arena.IsZero(alt.Args[i+1]) != term.False || !c.Source.feasible(alt.Args[i]) || !wanted(alt.Args[i+1]) {
			continue
		}
		for _, cond := range c.Source.Arena.Conds(alt.Args[i]) {
			n := c.Source.Arena.Node(cond)
			if n.N&(term.CondMust|term.CondLoop) == term.CondMust && slices.ContainsFunc(c.Source.Leaves(n.Args[0], nil), element) {
				c.test(n.Args[0], n.N&term.CondTrue == 0, 0)
			}
		}
	}
}

// iterated is the list that a range loop goes over, by its test i < len(list).
func iterated(a *term.Arena, test term.Ref) (term.Ref, bool) {
	n := a.Node(test)
	if n.Op != term.Bin || n.Text != "<" {
		return term.None, false
	}
	l := a.Node(n.Args[1])
	return n.Args[1], l.Op == term.Un && l.Text == "len"
}

// presence records a test whether a leaf is there.
func (c *Collector) presence(x term.Ref, l Leaf, is bool) {
	attr, whole := l.Attr()
	kind := c.Source.Items[l.Read].Op
	list := kind == "Query" || kind == "Scan"
	direct := c.direct(x)
	switch {
	case l.opaque:
	case !direct:
		c.add(Dep{What: Attribute, Read: l.Read, Attr: attr, Against: Unclear, Set: is})
	case l.counted && len(l.path) > 0 && l.path[0] == dynamo.Count, list && whole:
		if is {
			c.add(Dep{What: Presence, Read: l.Read})
		} else {
			c.add(Dep{What: Empty, Read: l.Read})
		}
	case whole && is:
		c.add(Dep{What: Presence, Read: l.Read})
	case whole:
		c.add(Dep{What: Absence, Read: l.Read})
	case c.identifies(l.Read, attr) && is:
		c.add(Dep{What: Presence, Read: l.Read})
	case c.identifies(l.Read, attr):
		c.add(Dep{What: Absence, Read: l.Read})
	default:
		c.add(Dep{What: Attribute, Read: l.Read, Attr: attr, Against: Constant, Set: is, Each: l.each()})
	}
}

// identifies reports an attribute that every item has: a test whether it is empty is one whether there is
// an item at all.
func (c *Collector) identifies(read int, attr string) bool {
	for _, a := range c.Source.Accesses(read) {
		if key := c.Source.Object(a.Key); key != term.None {
			return slices.ContainsFunc(c.Source.Arena.Node(key).Names(), func(k string) bool { return dynamo.SameAttribute(k, attr) })
		}
	}
	n := strings.ToLower(attr)
	return n == "id" || n == "pk" || n == "sk"
}

// direct reports a term that is a part of a read itself, not computed from it.
func (c *Collector) direct(x term.Ref) bool {
	n := c.Source.Arena.Node(x)
	for n.Op == term.Field || n.Op == term.Un && (n.Text == "len" || n.Text == "ok") || n.Op == term.Iface || n.Op == term.Obj && n.Args[0] != term.None {
		n = c.Source.Arena.Node(n.Args[0])
	}
	return n.Op == term.Result
}

// looked records that a branch has looked at everything that t is made of, held against with; excluded says
// that it went the way of t not being so.
func (c *Collector) looked(t, with term.Ref, against Against, excluded bool) {
	for _, l := range c.Source.Leaves(t, c.Decision) {
		attr, whole := l.Attr()
		switch {
		case l.opaque: // what another service made of it
		case l.counts():
			c.add(Dep{What: Count, Read: l.Read, With: with})
		case l.tested || whole:
			c.add(Dep{What: Presence, Read: l.Read, Attr: attr})
		case l.each():
			c.add(Dep{What: Attribute, Read: l.Read, Attr: attr, Against: against, Each: true, Excluded: excluded, With: with})
		case against == Identity || against == Ordered:
			c.add(Dep{What: Attribute, Read: l.Read, Attr: attr, Against: against, With: with})
		default:
			c.add(Dep{What: Attribute, Read: l.Read, Attr: attr, Against: against})
		}
	}
}
