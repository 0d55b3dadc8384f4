package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Decisions on lists, which no condition on one item holds, and on other items.

// phantoms keeps decisions on how many items there are, where the write adds one, and sums over all of them.
func (j judge) phantoms(open []Dep) []Dep {
	if asksByKey(j.read) || j.write.Kind == dynamo.Delete || j.ownMaking(j.write) || j.tables(j.read.Table, j.write.Table) == Different {
		return nil
	}
	adds := j.relation == Same || j.joins(j.read, j.write) && !j.ownTables(j.read.Table, j.write.Table)
	var kept []Dep
	for _, d := range open {
		switch {
		case adds && (d.What == Count || d.What == Empty || d.What == Attribute && d.Excluded && j.relation != Same),
			adds && d.What == Value && d.Computed && d.To != "" && dynamo.SameAttribute(d.Attr, d.To), // goes on from the last one
			d.Summed && !j.write.Cond.Given && d.To != "":
			kept = append(kept, d)
		}
	}
	return kept
}

// asksByKey reports a read of items whose keys the program gives: no other item can come among them.
func asksByKey(read *Access) bool {
	return read.Kind == dynamo.Get || read.Kind == dynamo.BatchGet || read.Kind == dynamo.TransactGet
}

// ownMaking reports a change of an item that the same call has made, under a key that is new on every call.
func (s source) ownMaking(w *Access) bool {
	key := s.a.Node(s.object(w.Key))
	return key.Op == term.Obj && slices.ContainsFunc(key.Args[1:], s.unique)
}

// skewed keeps decisions on another item.
func (j judge) skewed(open []Dep) []Dep {
	if j.relation == Same || j.ownMaking(j.write) {
		return nil
	}
	var kept []Dep
	for _, d := range open {
		if (d.What == Attribute || d.What == Count || d.What == Empty) && d.Against != Identity {
			kept = append(kept, d)
		}
	}
	return kept
}
