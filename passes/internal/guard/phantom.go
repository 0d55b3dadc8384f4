package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Decisions on lists, which no condition on one item holds, and on other items.

// phantoms keeps decisions on how many items there are, where the write adds one, and sums over all of them.
func (j Judge) phantoms(open []Dep) []Dep {
	if asksByKey(j.read) || j.asGet(j.read, j.Write) || j.Write.Kind == dynamo.Delete || j.ownMaking(j.Write) || j.Tables(j.read.Table, j.Write.Table) == Different {
		return nil
	}
	adds := j.relation == Same || j.joins(j.read, j.Write) && !j.OwnTables(j.read.Table, j.Write.Table)
	snapshot := !adds && j.FreshKey(j.Write) // a new item, which says what there was
	var kept []Dep
	for _, d := range open {
		switch {
		case adds && (d.What == Count || d.What == Empty || d.What == Attribute && d.Excluded && j.relation != Same),
			adds && d.What == Value && d.Computed && d.To != "" && dynamo.SameAttribute(d.Attr, d.To), // goes on from the last one
			(d.Summed || d.What == Count) && !j.Write.Cond.Given && d.To != "" && !snapshot:
			kept = append(kept, d)
		}
	}
	return kept
}

// asksByKey reports a read of items whose keys the program gives: no other item can come among them.
func asksByKey(read *access.Access) bool {
	return read.Kind == dynamo.Get || read.Kind == dynamo.BatchGet || read.Kind == dynamo.TransactGet
}

// ownMaking reports a change of an item that the same call has made, under a key that is new on every call.
func (s Source) ownMaking(w *access.Access) bool {
	key := s.Arena.Node(s.Object(w.Key))
	return key.Op == term.Obj && slices.ContainsFunc(key.Args[1:], s.unique)
}

// skewed keeps decisions on another item.
func (j Judge) skewed(open []Dep) []Dep {
	if j.relation == Same || j.ownMaking(j.Write) {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		if (d.What == Attribute || d.What == Count || d.What == Empty) && d.Against != Identity && !d.Sought {
			kept = append(kept, d)
		}
	}
	return kept
}
