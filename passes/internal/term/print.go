package term

import (
	"strconv"
	"strings"
)

// Depth is the depth to which Format writes terms.
var Depth = 8

// Format writes r for people and for tests, to a bounded depth.
func (a *Arena) Format(r Ref) string {
	var b strings.Builder
	a.format(&b, r, Depth)
	return b.String()
}

func (a *Arena) format(b *strings.Builder, r Ref, depth int) {
	n := a.nodes[r]
	if depth == 0 {
		b.WriteString("…")
		return
	}
	list := func(args []Ref) {
		for i, x := range args {
			if i > 0 {
				b.WriteString(", ")
			}
			a.format(b, x, depth-1)
		}
	}
	switch n.Op {
	case Invalid:
		b.WriteString("none")
	case Zero:
		b.WriteString("zero")
	case Const:
		if n.M == ConstString {
			b.WriteString(strconv.Quote(n.Text))
		} else {
			b.WriteString(n.Text)
		}
	case Param:
		b.WriteString("param" + strconv.Itoa(int(n.N)))
	case FreeVar:
		b.WriteString("free" + strconv.Itoa(int(n.N)))
	case Global, Func:
		b.WriteString(n.Text)
	case Result:
		b.WriteString("event" + strconv.Itoa(int(n.N)) + "." + strconv.Itoa(int(n.M)))
	case Field:
		list(n.Args)
		b.WriteString("." + n.Text)
	case Obj:
		b.WriteString("{")
		if n.Args[0] != None {
			a.format(b, n.Args[0], depth-1)
			b.WriteString(" with ")
		}
		for i, name := range n.Names() {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(name + ": ")
			a.format(b, n.Args[i+1], depth-1)
		}
		b.WriteString("}")
	case Cond:
		if n.N&CondMust == 0 {
			b.WriteString("perhaps ")
		}
		if n.N&CondTrue == 0 {
			b.WriteString("not ")
		}
		list(n.Args)
	case Bin:
		b.WriteString("(")
		a.format(b, n.Args[0], depth-1)
		b.WriteString(" " + n.Text + " ")
		a.format(b, n.Args[1], depth-1)
		b.WriteString(")")
	default:
		b.WriteString(opNames[n.Op] + n.Text)
		switch n.Op {
		case After, AfterFree, Alloc:
			b.WriteString(strconv.Itoa(int(n.N)) + "." + strconv.Itoa(int(n.M)))
		}
		b.WriteString("(")
		list(n.Args)
		b.WriteString(")")
	}
}

var opNames = map[Op]string{
	After: "after ", AfterFree: "afterfree ", Alt: "alt", And: "and", Un: "", Concat: "concat", Call: "", Closure: "closure ",
	Iface: "as ", Alloc: "alloc ", Mix: "mix",
}
