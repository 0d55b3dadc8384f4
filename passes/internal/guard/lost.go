package guard

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Values of an item that are written back to it, though it may be another one by then.

// lostValues keeps values of the same item that are written back to it.
func (j Judge) lostValues(open []Dep) []Dep {
	if j.relation == Different || j.Write.Kind == dynamo.Delete {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		if d.What == Value && !j.isKey(d.To) && !j.names(d) && !j.pays(d) {
			kept = append(kept, d)
		}
	}
	if j.relation == Perhaps && !j.sameKind(kept) || !slices.ContainsFunc(kept, func(d Dep) bool { return d.Computed || !creation(d) }) {
		return nil
	}
	return kept
}

// pays reports an amount of one item that is added to that of another one: a quest's reward, a line's price.
func (j Judge) pays(d Dep) bool {
	return j.relation != Same && !d.Computed && slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool { return s.Adds && s.Attr == d.To })
}

// creation reports the time or the author of an item's creation, carried over from the item before: it is set
// once, so no change of it can be lost.
func creation(d Dep) bool {
	return d.To != "" && dynamo.SameAttribute(d.Attr, d.To) && strings.HasPrefix(strings.ToLower(strings.TrimLeft(d.To, "#_")), "creat")
}

// aggregated reports values that were computed from a list, such as its highest number plus one: what
// another client adds in between is missing from them.
func (j Judge) aggregated(kept []Dep) bool {
	if j.read.Kind != dynamo.Query && j.read.Kind != dynamo.Scan || j.HandsBack(j.Write, j.read.Number) {
		return false
	}
	return !slices.ContainsFunc(kept, func(d Dep) bool { return !d.Computed })
}

// isKey reports whether an attribute is part of the key of the pair's item.
func (j Judge) isKey(attr string) bool {
	if attr == "" {
		return false
	}
	if j.read.Key == term.None && j.Write.Kind == dynamo.Put && access.KeyLike(attr) {
		return true
	}
	for _, k := range []term.Ref{j.read.Key, j.Write.Key} {
		if k == term.None {
			continue
		}
		for _, name := range j.Arena.Node(k).Names() {
			if dynamo.SameAttribute(name, attr) {
				return true
			}
		}
	}
	return false
}

// sameKind reports whether attributes go back under their own names: the mark of one kind of item.
func (j Judge) sameKind(kept []Dep) bool {
	own := 0
	for _, d := range kept {
		if d.To == "" && d.Attr == "" || d.To != "" && dynamo.SameAttribute(d.To, d.Attr) {
			own++
		}
	}
	if own == 1 && j.read.Kind == dynamo.Get && kept[0].Attr != "" && !kept[0].Computed {
		return false // one attribute may be what another item of the kind takes over: a thread, a tenant
	}
	return own > 0 && own*2 >= len(kept) && j.Tables(j.read.Table, j.Write.Table) == Same
}
