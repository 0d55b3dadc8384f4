package guard

import (
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A flag that is set twice is set. But where the function tells its caller whether it was set already (this code has been
// used), it gives something away to whoever was first, and two clients both are.

// givesAway reports that the body returns another value, beside its error, where the flag that the write sets was set
// before than where this write has set it. That something is used up is told by an error as well; that it is done already
// (closed, deleted, read) need not mean more than that.
func (j Judge) givesAway(d Dep) bool {
	told := j.results
	if n := len(told); n > 0 && !usedUp.MatchString(d.Attr) {
		told = told[:n-1]
	}
	return slices.ContainsFunc(told, func(r term.Ref) bool { return j.differs(r, d) })
}

// usedUp matches names of flags of what is good for once.
var usedUp = regexp.MustCompile(`(?i)used|redeemed|consumed|claimed|spent`)

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
		case j.ownError(v):
			after = append(after, j.Arena.ZeroValue()) // nil once it has succeeded
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

// ownError reports the error of the write itself.
func (j Judge) ownError(v term.Ref) bool {
	n := j.Arena.Node(v)
	return n.Op == term.Result && int(n.N) == j.Write.Number && n.M != 0
}
