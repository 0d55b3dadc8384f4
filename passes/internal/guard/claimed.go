package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A flag that is set twice is set. But where the function tells its caller whether it was set already (this code has been
// used), it gives something away to whoever was first, and two clients both are.

// givesAway reports that the body returns another value, beside its error, where the flag that the write sets was set
// before than where this write has set it.
func (j Judge) givesAway(d Dep) bool {
	last := len(j.results) - 1
	return last > 0 && slices.ContainsFunc(j.results[:last], func(r term.Ref) bool { return j.differs(r, d) })
}

// differs reports a result that is one constant where the attribute has sent the program another way than to the write,
// and another one behind the write.
func (j Judge) differs(result term.Ref, d Dep) bool {
	n := j.Arena.Node(result)
	if n.Op != term.Alt {
		return false
	}
	var before, after []term.Ref
	for i := 0; i < len(n.Args); i += 2 {
		guard, v := n.Args[i], n.Args[i+1]
		switch {
		case j.Arena.Open(v) || j.failed(guard):
		case j.turnedAway(guard, d):
			before = append(before, v)
		case j.feasible(guard):
			after = append(after, v)
		}
	}
	return slices.ContainsFunc(before, func(v term.Ref) bool { return slices.ContainsFunc(after, func(w term.Ref) bool { return v != w }) })
}

// turnedAway reports a guard with a test of the attribute that came out, or may have, otherwise than where the write
// happens.
func (j Judge) turnedAway(guard term.Ref, d Dep) bool {
	return slices.ContainsFunc(j.Arena.Conds(guard), func(c term.Ref) bool {
		opposite := func(w term.Ref) bool {
			x, y := j.Arena.Node(c), j.Arena.Node(w)
			return x.Args[0] == y.Args[0] && x.N&term.CondTrue != y.N&term.CondTrue
		}
		return slices.ContainsFunc(j.Write.Item.When, opposite) && slices.ContainsFunc(j.Leaves(j.Arena.Node(c).Args[0], nil), func(l Leaf) bool {
			attr, _ := l.Attr()
			return l.Read == d.Read && attr == d.Attr
		})
	})
}
