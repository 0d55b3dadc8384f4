package summary

import (
	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// builtin carries out a call of a function of the language.
func (b *builder) builtin(i ssa.CallInstruction, name string) {
	args := i.Common().Args
	switch name {
	case "append":
		b.give(i, []term.Ref{b.appended(args)})
	case "len", "cap":
		b.give(i, []term.Ref{b.a.Unary(name, b.resolve(b.value(args[0])))})
	case "copy":
		at := b.place(args[0])
		b.store(at.child(term.AnyElem), b.a.Field(b.deref(b.value(args[1])), term.AnyElem))
		b.give(i, []term.Ref{b.a.Mix()})
	case "ssa:wrapnilchk":
		b.give(i, []term.Ref{b.value(args[0])})
	case "delete":
		if key, ok := b.a.Text(b.resolve(b.value(args[1]))); ok {
			b.store(b.place(args[0]).child(key), b.a.ZeroValue())
		}
	case "min", "max":
		b.give(i, []term.Ref{b.a.Intern(term.Node{Op: term.Call, Text: name, Args: b.resolveAll(args)})})
	default:
		b.give(i, []term.Ref{b.a.Mix()})
	}
}

// appended is a list after append. Elements keep their places as long as the list is known from its
// start; in a loop they become elements at any place.
func (b *builder) appended(args []ssa.Value) term.Ref {
	list := b.deref(b.value(args[0]))
	if len(args) < 2 {
		return list
	}
	more := b.deref(b.value(args[1]))
	n, known := b.fixedLength(list)
	added, listed := b.fixedLength(more)
	if known && listed && n+added <= 40 {
		for k := range added {
			list = b.a.With(list, term.Elem(n+k), b.a.Field(more, term.Elem(k)))
		}
		return list
	}
	if b.a.Op(list) == term.Zero {
		return more
	}
	elem := b.a.Field(more, term.AnyElem)
	if old, ok := b.a.Part(list, term.AnyElem); ok {
		elem = b.a.Alt(term.None, old, term.None, elem)
	}
	return b.a.With(list, term.AnyElem, elem)
}

// fixedLength is the number of elements of a list that is known from its start.
func (b *builder) fixedLength(list term.Ref) (int, bool) {
	n := b.a.Node(list)
	if n.Op == term.Zero {
		return 0, true
	}
	if n.Op != term.Obj || n.Args[0] != term.None {
		return 0, false
	}
	names := n.Names()
	for i := range names {
		if _, ok := b.a.Part(list, term.Elem(i)); !ok {
			return 0, false
		}
	}
	return len(names), true
}
