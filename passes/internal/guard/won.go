package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A conditional write that takes what it checks (a claim, the removal of a token, the next state of a machine) lets one
// client pass. What that client does after the write has succeeded, nobody else does because of the same read: the
// decision is won. The values that were read are not, they may be old by then.

// won reports a decision that an earlier write, which has succeeded wherever this one happens, was guarded for.
func (j Judge) won(d Dep) bool {
	if d.What == Value || d.What == Key {
		return false
	}
	return slices.ContainsFunc(j.passed(), func(act *access.Access) bool {
		first := j.of(act)
		return first.takes() && (first.relation == Same || first.reserves()) && first.covered(d)
	})
}

// of judges another write by the same read.
func (j Judge) of(act *access.Access) Judge {
	return Judge{Source: j.Source, read: j.read, Write: act, all: j.all, relation: j.Relate(j.read, act)}
}

// passed are the writes between the read and this one of which it is certain that they have not failed.
func (j Judge) passed() []*access.Access {
	var out []*access.Access
	for test, dir := range j.facts.tests {
		n := j.Arena.Node(test)
		if !dir || n.Op != term.Bin || n.Text != "==" || j.Arena.Op(n.Args[1]) != term.Zero {
			continue
		}
		if e := j.Arena.Node(n.Args[0]); e.Op == term.Result && e.M != 0 && j.between(int(e.N)) {
			out = append(out, j.Accesses(int(e.N))...)
		}
	}
	return out
}

// between reports a write after the read and before this write.
func (j Judge) between(i int) bool {
	return i > j.read.Number && i < j.Write.Number && j.Items[i].Writes()
}

// takes reports a write after which its own condition no longer holds.
func (j Judge) takes() bool {
	c := j.Write.Cond
	return !c.Opaque && c.Always(func(a access.Atom) bool {
		return a.Op == expr.NotExists && j.Write.Kind != dynamo.Delete || len(a.Attrs) == 1 && j.Changes(j.Write, a.Attrs[0], a)
	})
}

// reserves reports a new item whose key is made of what was looked for: the name that was free.
func (j Judge) reserves() bool {
	wanted := j.asked()
	if key := j.Object(j.read.Key); key != term.None {
		wanted = j.Arena.Node(key).Args[1:]
	}
	_, known := j.keyParts(j.Write)
	return known && len(wanted) > 0 && demandsSomeAbsence(j.Write.Cond) && j.keyedBy(j.Write, wanted...)
}

func demandsSomeAbsence(c access.Condition) bool {
	return c.Some(func(a access.Atom) bool { return a.Op == expr.NotExists })
}
