package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// An item that is there is deleted, and something is counted down for it, or paid back. Deleting it twice leaves what
// deleting it once leaves; counting down twice does not. Only the delete can tell who was first: by a condition, or by what
// it returns (ReturnValues ALL_OLD in
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html).

// countedTwice keeps the presence of an item for which this write counts, and which is deleted besides, whoever was first.
func (j Judge) countedTwice(open []Dep) []Dep {
	if !IsRead(j.read) || j.Write.Kind != dynamo.Update || !slices.ContainsFunc(j.Write.Assigned, func(s access.Assignment) bool { return s.Adds }) {
		return nil
	}
	if !j.deletedUnseen() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(open), func(d Dep) bool { return d.What != Presence })
}

// deletedUnseen reports that the item that was read is deleted without a condition, and nobody looks at what was deleted.
func (j Judge) deletedUnseen() bool {
	for i, it := range j.Items {
		if !it.Writes() || i < j.read.Number || j.looksAt(i) {
			continue
		}
		for _, act := range j.Accesses(i) {
			if act.Kind == dynamo.Delete && !act.Cond.Given && !act.Cond.Opaque && j.Relate(j.read, act) == Same {
				return true
			}
		}
	}
	return false
}

// looksAt reports a write that happens because of what an earlier one has returned beside its error.
func (j Judge) looksAt(i int) bool {
	return slices.ContainsFunc(j.Write.Item.When, func(c term.Ref) bool {
		return access.Mentions(j.Arena, c, func(n term.Node) bool { return n.Op == term.Result && int(n.N) == i && n.M == 0 })
	})
}
