package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A conditional write that takes what it checks (a claim, the removal of a token, the next state of a machine) lets one
// client pass. What that client does after the write has succeeded, nobody else does because of the same read: the
// decision is won. The values that were read are not, they may be old by then.

// won reports a decision that an earlier write, which has succeeded wherever this one happens, was guarded for.
func (j judge) won(d Dep) bool {
	if d.What == Value || d.What == Key {
		return false
	}
	return slices.ContainsFunc(j.passed(), func(act *Access) bool {
		first := j.of(act)
		return first.takes() && (first.relation == Same || first.reserves()) && first.covered(d)
	})
}

// of judges another write by the same read.
func (j judge) of(act *Access) judge {
	return judge{source: j.source, read: j.read, write: act, all: j.all, relation: j.relate(j.read, act)}
}

// passed are the writes between the read and this one of which it is certain that they have not failed.
func (j judge) passed() []*Access {
	var out []*Access
	for test, dir := range j.facts.tests {
		n := j.a.Node(test)
		if !dir || n.Op != term.Bin || n.Text != "==" || j.a.Op(n.Args[1]) != term.Zero {
			continue
		}
		if e := j.a.Node(n.Args[0]); e.Op == term.Result && e.M != 0 && j.between(int(e.N)) {
			out = append(out, j.accesses(int(e.N))...)
		}
	}
	return out
}

// between reports a write after the read and before this write.
func (j judge) between(i int) bool {
	return i > j.read.Number && i < j.write.Number && j.items[i].Writes()
}

// takes reports a write after which its own condition no longer holds.
func (j judge) takes() bool {
	c := j.write.Cond
	return !c.Opaque && c.always(func(a Atom) bool {
		return a.Op == expr.NotExists && j.write.Kind != dynamo.Delete || len(a.Attrs) == 1 && j.changes(j.write, a.Attrs[0], a)
	})
}

// reserves reports a new item whose key is made of what was looked for: the name that was free.
func (j judge) reserves() bool {
	wanted := j.asked()
	if key := j.object(j.read.Key); key != term.None {
		wanted = j.a.Node(key).Args[1:]
	}
	_, known := j.keyParts(j.write)
	return known && len(wanted) > 0 && demandsSomeAbsence(j.write.Cond) && j.keyedBy(j.write, wanted...)
}

func demandsSomeAbsence(c Condition) bool {
	return c.some(func(a Atom) bool { return a.Op == expr.NotExists })
}
