package term

import "strconv"

// Truth of a boolean term: known only where the program leaves no choice.
type Truth uint8

// The three answers.
const (
	Unknown Truth = iota
	True
	False
)

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

func (t Truth) not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

// Truth evaluates a boolean term as far as its constants allow.
func (a *Arena) Truth(r Ref) Truth { return a.truthOfNode(a.nodes[r]) }

// TruthGiven is Truth where a guard is known to hold.
func (a *Arena) TruthGiven(r, guard Ref) Truth {
	if t := a.Truth(r); t != Unknown {
		return t
	}
	for _, c := range a.Conds(guard) {
		if n := a.nodes[c]; n.N&CondMust != 0 && n.Args[0] == r {
			return truthOf(n.N&CondTrue != 0)
		}
	}
	return Unknown
}

func (a *Arena) truthOfNode(n Node) Truth {
	switch n.Op {
	case Zero:
		return False
	case Const:
		if n.M == ConstBool {
			return truthOf(n.Text == "true")
		}
	case Un:
		switch n.Text {
		case "!":
			return a.Truth(n.Args[0]).not()
		case "ok", "is": // nil holds nothing, and nil has no type
			if a.isZero(n.Args[0]) == True {
				return False
			}
		}
	case Bin:
		switch n.Text {
		case "==":
			return a.same(n.Args[0], n.Args[1])
		case "!=":
			return a.same(n.Args[0], n.Args[1]).not()
		case "<", "<=", ">", ">=":
			return a.ordered(n)
		case "in":
			if a.isZero(n.Args[1]) == True {
				return False
			}
		case "&":
			return a.either(n, False)
		case "|":
			return a.either(n, True)
		}
	case Call:
		if n.Text == "errors.Is" && len(n.Args) == 2 {
			return a.ErrorIs(n.Args[0], n.Args[1], 0)
		}
	case Alt:
		all := a.Truth(n.Args[1])
		for i := 3; i < len(n.Args) && all != Unknown; i += 2 {
			if a.Truth(n.Args[i]) != all {
				return Unknown
			}
		}
		return all
	}
	return Unknown
}

// either is the truth of two booleans of which one alone can decide.
func (a *Arena) either(n Node, deciding Truth) Truth {
	x, y := a.Truth(n.Args[0]), a.Truth(n.Args[1])
	switch {
	case x == deciding || y == deciding:
		return deciding
	case x == y:
		return x
	}
	return Unknown
}

// ordered compares two numbers that are known.
func (a *Arena) ordered(n Node) Truth {
	x, known := a.number(n.Args[0])
	y, too := a.number(n.Args[1])
	if !known || !too {
		return Unknown
	}
	switch n.Text {
	case "<":
		return truthOf(x < y)
	case "<=":
		return truthOf(x <= y)
	case ">":
		return truthOf(x > y)
	}
	return truthOf(x >= y)
}

// number is the value of a constant, of the length of nothing, and of sums of those.
func (a *Arena) number(r Ref) (float64, bool) {
	n := a.nodes[r]
	switch n.Op {
	case Zero:
		return 0, true
	case Const:
		v, err := strconv.ParseFloat(n.Text, 64)
		return v, err == nil && n.M == ConstNumber
	case Un:
		if n.Text == "len" {
			return 0, a.isZero(n.Args[0]) == True
		}
	case Bin:
		x, known := a.number(n.Args[0])
		y, too := a.number(n.Args[1])
		switch n.Text {
		case "+":
			return x + y, known && too
		case "-":
			return x - y, known && too
		}
	}
	return 0, false
}

// same compares two terms for equality of the values they stand for.
func (a *Arena) same(x, y Ref) Truth {
	nx, ny := a.nodes[x], a.nodes[y]
	switch {
	case nx.Op == Alt || ny.Op == Alt:
		return a.sameAlt(x, y)
	case nx.Op == Zero && ny.Op == Zero:
		return True
	case nx.Op == Const && ny.Op == Const:
		return truthOf(nx.Text == ny.Text)
	case nx.Op == Zero:
		return a.isZero(y)
	case ny.Op == Zero:
		return a.isZero(x)
	case nx.Op == Global && ny.Op == Global && nx.M == 1 && ny.M == 1:
		return truthOf(nx.Text == ny.Text)
	}
	return Unknown
}

func (a *Arena) sameAlt(x, y Ref) Truth {
	if a.nodes[x].Op != Alt {
		x, y = y, x
	}
	n := a.nodes[x]
	all := a.sameGiven(n.Args[1], y, n.Args[0])
	for i := 2; i < len(n.Args) && all != Unknown; i += 2 {
		if a.sameGiven(n.Args[i+1], y, n.Args[i]) != all {
			return Unknown
		}
	}
	return all
}

// sameGiven is same where a guard is known to hold, which may be on just that.
func (a *Arena) sameGiven(x, y, guard Ref) Truth {
	if t := a.same(x, y); t != Unknown {
		return t
	}
	for _, c := range a.Conds(guard) {
		n := a.nodes[c]
		if t := a.nodes[n.Args[0]]; n.N&CondMust != 0 && t.Op == Bin && t.Text == "==" && t.Args[0] == x && t.Args[1] == y {
			return truthOf(n.N&CondTrue != 0)
		}
	}
	return Unknown
}

// isZero reports whether a term is the zero value, as far as that is known.
func (a *Arena) isZero(r Ref) Truth {
	n := a.nodes[r]
	switch n.Op {
	case Zero:
		return True
	case Const, Obj, Func, Closure, Iface, Alloc:
		return False
	case Global:
		if n.M == 1 {
			return False
		}
	case Concat:
		for _, p := range n.Args {
			if a.nodes[p].Op == Const {
				return False
			}
		}
	case Un:
		if n.Text == "len" && a.isZero(n.Args[0]) == True {
			return True
		}
	case Call:
		if nonZero[n.Text] {
			return False
		}
	}
	return Unknown
}

// nonZero names functions that never return nil.
var nonZero = map[string]bool{
	"errors.New": true,
	"fmt.Errorf": true,
}

// IsZero reports whether r is the zero value (nil, empty), as far as that is known.
func (a *Arena) IsZero(r Ref) Truth { return a.isZero(r) }

// ErrorIs compares an error with a target as errors.Is does, through wrapping.
func (a *Arena) ErrorIs(err, target Ref, depth int) Truth {
	if err == target {
		return True
	}
	n, want := a.nodes[err], a.nodes[target]
	switch n.Op {
	case Zero, Const:
		return False
	case Global:
		if want.Op == Global {
			return False
		}
	case Iface:
		return a.ErrorIs(n.Args[0], target, depth+1)
	case Call:
		if n.Text == "errors.New" {
			return False
		}
		if n.Text == "fmt.Errorf" && depth < 4 {
			for _, x := range n.Args {
				if got := a.ErrorIs(x, target, depth+1); got != False {
					return got
				}
			}
			return False
		}
	}
	return Unknown
}
