package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Decisions on the state of an item that the write changes, so that it can happen for each of two clients.

// staleDecisions keeps decisions on the item that the write changes.
func (j Judge) staleDecisions(open []Dep) []Dep {
	if j.relation != Same {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		switch d.What {
		case Absence, Empty:
			if j.Write.Kind != dynamo.Delete {
				kept = append(kept, d)
			}
		case Attribute:
			if j.consumes(d) {
				kept = append(kept, d)
			}
		}
	}
	return kept
}

// consumed keeps values that a transaction turns into something else while it deletes, without a condition,
// the items they were read from: two transactions can both do so.
func (j Judge) consumed(open []Dep) []Dep {
	if j.Write.Kind != dynamo.Delete || j.relation != Same || len(j.Write.Tx) < 2 || j.Write.Cond.Given && !j.Write.Cond.Partial {
		return nil
	}
	var kept []Dep
	for _, act := range j.Write.Tx {
		if act == j.Write || act.Kind != dynamo.Put && act.Kind != dynamo.Update {
			continue
		}
		for _, d := range j.Deps(act) {
			if d.Read == j.read.Number && d.What == Value && !j.isKey(d.To) && !slices.Contains(kept, d) {
				kept = append(kept, d)
			}
		}
	}
	return kept
}

// consumes reports whether the write changes what the decision looked at, or ends the item's life because of
// its state. That something is filled in, as a session must have a user, is no state that ends a life. Who owns an item is
// no state, unless the write gives it another owner; nor is what its key is made of.
func (j Judge) consumes(d Dep) bool {
	if d.Sought {
		return j.takesOut(d)
	}
	if d.Against == Identity && !j.replaces(d) && !j.appends(d) || j.names(d) {
		return false
	}
	switch j.Write.Kind {
	case dynamo.Put:
		return true
	case dynamo.Update:
		changed := j.replaces(d) || slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool {
			return s.Attr == "" || dynamo.SameAttribute(s.Attr, d.Attr) || !d.Set && !s.Server && dynamo.Overlap(s.Attr, d.Attr) // a part that was free is filled
		})
		return changed && !(d.Against == Flag && j.idempotent() && !j.givesAway(d))
	case dynamo.Delete:
		limit := d.Against == Ordered && d.With != term.None && !j.Arena.Open(d.With) && !j.Fresh(d.With) // no time of expiry
		return !d.Vague && (limit || d.Against == Constant && !d.Set)
	}
	return false
}

// replaces reports a write that gives the very attribute that was held against one of the caller's own, or the part of it,
// another value: an Update to something else, or a Put of an item made anew that has a constant there or nothing, or that
// counts on from it, as one does whose version is compared by the program alone.
func (j Judge) replaces(d Dep) bool {
	if d.With == term.None {
		return false
	}
	if j.Write.Kind == dynamo.Put {
		return j.storesNext(d) || j.madeWithout(d)
	}
	return j.Write.Kind == dynamo.Update && slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool {
		return s.Attr != "" && !s.Adds && dynamo.Overlap(s.Attr, d.Attr) && j.Bare(s.Value) != j.Bare(d.With)
	})
}

// storesNext reports a Put that stores in the attribute what is computed from the value that it was held against.
func (j Judge) storesNext(d Dep) bool {
	v := j.Arena.Node(j.Bare(j.attribute(j.Write.Stored, d.Attr)))
	return v.Op == term.Bin && slices.Contains(v.Args, j.Bare(d.With))
}

// madeWithout reports a Put of an item of which all attributes are written out, where this one is missing, or a constant.
func (j Judge) madeWithout(d Dep) bool {
	items := j.Composites(j.Write.Stored, 0)
	return len(items) > 0 && !slices.ContainsFunc(items, func(item term.Ref) bool {
		if n := j.Arena.Node(item); n.Args[0] != term.None || slices.Contains(n.Names(), term.AnyElem) {
			return true
		}
		v := j.attribute(item, d.Attr)
		return v != term.None && j.Arena.Open(v)
	})
}

// appends reports an Update that puts at the end of a list what was looked for in it. Into a set nothing goes twice.
func (j Judge) appends(d Dep) bool {
	with := j.Bare(d.With)
	return j.Write.Kind == dynamo.Update && d.With != term.None && slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool {
		return s.Adds && dynamo.SameAttribute(s.Attr, d.Attr) && slices.ContainsFunc(j.Arena.Node(s.Value).Args, func(list term.Ref) bool {
			return slices.ContainsFunc(access.Reader{Arena: j.Arena}.Elements(list, 0), func(v term.Ref) bool { return j.Bare(v) == with })
		})
	})
}

// names reports a dependence on an attribute that the key of the write is made of: the item cannot change it.
func (j Judge) names(d Dep) bool {
	return d.Attr != "" && slices.ContainsFunc(j.all, func(k Dep) bool { return k.What == Key && k.Read == d.Read && k.Attr == d.Attr })
}

// idempotent reports an Update that sets constants only and is all that the function writes: carried out
// twice it leaves what it leaves once.
func (j Judge) idempotent() bool {
	for _, s := range j.Write.Assigned {
		if s.Server || j.Arena.Open(s.Value) {
			return false
		}
	}
	writes := 0
	for _, it := range j.Items {
		if it.Writes() {
			writes++
		}
	}
	return writes == 1
}
