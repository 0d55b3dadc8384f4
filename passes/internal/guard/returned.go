package guard

import (
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// returns reports a request of which the result is the item that it has written.
func (s Source) returns(i int) bool {
	if !s.Items[i].Writes() {
		return false
	}
	all := s.Accesses(i)
	return len(all) == 1 && all[0].Returns
}

// asRead is the read that an access is beside what it writes.
func asRead(w *access.Access) *access.Access {
	if !w.Returns {
		return w
	}
	r := *w
	r.Kind = dynamo.Get
	return &r
}

// takesBack reports a write whose pair is an update that has returned the item, where the write does not end or replace
// what was returned, or may be one of another item.
func (j Judge) takesBack() bool {
	return j.read.Returns && (j.relation != Same || j.Write.Kind == dynamo.Update && !j.storesRead())
}

// storesRead reports an update that sets an attribute to what was computed from the read.
func (j Judge) storesRead() bool {
	for _, s := range j.Write.Assigned {
		if s.Server || s.Value == term.None {
			continue
		}
		for _, l := range j.Leaves(s.Value, nil) {
			if l.Read == j.read.Number {
				return true
			}
		}
	}
	return false
}
