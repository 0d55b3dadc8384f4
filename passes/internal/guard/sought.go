package guard

import (
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// What a list was searched for is known of each of its items, and the program need not look at it again: of what it has
// found as pending it knows that it is. Two clients that search at the same time find the same items.

// sought adds, for items whose keys come from a list, the constants that the search demanded of their attributes.
func (c *Collector) sought() {
	for _, k := range slices.Clone(c.Out) {
		if k.What != Key {
			continue
		}
		for _, r := range c.Source.Accesses(k.Read) {
			if (r.Kind == dynamo.Query || r.Kind == dynamo.Scan) && c.Source.FromRead(c.Write.Key, r.Number) {
				c.soughtBy(r)
			}
		}
	}
}

func (c *Collector) soughtBy(r *access.Access) {
	for _, cond := range []access.Condition{r.KeyCond, r.Filter} {
		if len(cond.Alternatives) != 1 {
			continue
		}
		for _, a := range cond.Alternatives[0] {
			if a.Op == expr.Eq && len(a.Attrs) == 1 && len(a.Values) == 1 && !c.Source.Arena.Open(a.Values[0]) {
				c.add(Dep{What: Attribute, Read: r.Number, Attr: a.Attrs[0], Against: Constant, Sought: true, There: true, With: a.Values[0]})
			}
		}
	}
}

// takesOut reports an Update after which an item is no longer what was searched for, where whoever makes it gets something
// for it: the item itself, its place in it, or a change of another item. That something is marked by two clients as done
// is done once.
func (j Judge) takesOut(d Dep) bool {
	out := slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool {
		return !s.Adds && dynamo.SameAttribute(s.Attr, d.Attr) && j.Bare(s.Value) != j.Bare(d.With)
	})
	return out && j.Write.Kind == dynamo.Update && (j.handsOut(d.Read) || j.entersName() || j.spends(d.Read))
}

// handsOut reports a body that returns an item of a list.
func (j Judge) handsOut(read int) bool {
	return slices.ContainsFunc(j.results, func(r term.Ref) bool {
		return slices.ContainsFunc(j.Leaves(r, nil), func(l Leaf) bool {
			_, whole := l.Attr()
			return l.Read == read && whole && !l.counted && !l.tested && !l.opaque && !l.Computed
		})
	})
}

// holder matches attributes that say who has taken an item.
var holder = regexp.MustCompile(`(?i)worker|owner|holder|claim|assign|lock|lease|driver|courier|taken`)

// entersName reports an Update that writes the caller into the item as the one that has it.
func (j Judge) entersName() bool {
	return slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool {
		return holder.MatchString(s.Attr) && s.Value != term.None && len(j.stems(s.Value)) > 0 && !j.Fresh(s.Value)
	})
}

// spends reports another write that is made of what a list held and does more when it is made twice: it adds to an item, or
// puts a new one.
func (j Judge) spends(read int) bool {
	for i, it := range j.Items {
		if !it.Writes() || i == j.Write.Number {
			continue
		}
		for _, act := range j.Accesses(i) {
			adds := slices.ContainsFunc(act.Assigned, func(s access.Assignment) bool { return s.Adds && j.FromRead(s.Value, read) })
			if adds || j.FreshKey(act) && slices.ContainsFunc(j.Deps(act), func(d Dep) bool { return d.Read == read && d.What == Value }) {
				return true
			}
		}
	}
	return false
}
