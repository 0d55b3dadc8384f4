package guard

import (
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// An update that returns the item as it is now, see ReturnValues in
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html, is a read as well, as true as any
// other by the time that the next request arrives. Only what is surely done to the same item is judged: numbers that a
// counter gives out go into other items, and an update that takes back what the first one did takes back just that.

// newValues reports an access that returns what it has made of the item.
func (r reader) newValues(w *Access, in term.Ref) bool {
	if w.Kind != dynamo.Update {
		return false
	}
	how, ok := r.a.Text(r.field(in, dynamo.ReturnValues))
	return ok && strings.HasSuffix(how, "_NEW")
}

// returns reports a request of which the result is the item that it has written.
func (s source) returns(i int) bool {
	if !s.items[i].Writes() {
		return false
	}
	all := s.accesses(i)
	return len(all) == 1 && all[0].Returns
}

// asRead is the read that an access is beside what it writes.
func (w *Access) asRead() *Access {
	if !w.Returns {
		return w
	}
	r := *w
	r.Kind = dynamo.Get
	return &r
}

// takesBack reports a write whose pair is an update that has returned the item, where the write does not end or replace
// what was returned, or may be one of another item.
func (j judge) takesBack() bool {
	return j.read.Returns && (j.relation != Same || j.write.Kind == dynamo.Update && !j.storesRead())
}

// storesRead reports an update that sets an attribute to what was computed from the read.
func (j judge) storesRead() bool {
	for _, s := range j.write.Assigned {
		if s.Server || s.Value == term.None {
			continue
		}
		for _, l := range j.leaves(s.Value, nil) {
			if l.read == j.read.Number {
				return true
			}
		}
	}
	return false
}
