package summary

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// effect carries out a call of a function of which the dynamo tables know what it does with values.
func (b *builder) effect(i ssa.CallInstruction, fn *types.Func, args []ssa.Value) bool {
	if field, ok := dynamo.SetterOf(fn); ok && len(args) == 2 {
		at := b.place(args[0])
		b.store(at.child(field), b.value(args[1]))
		b.give(i, []term.Ref{b.value(args[0])})
		return true
	}
	e, ok := dynamo.EffectOf(fn)
	if !ok || b.dates(fn, args) {
		return false
	}
	shift := 0
	if i.Common().IsInvoke() {
		shift = 1
	}
	arg := func(k int) ssa.Value {
		if k+shift < 0 || k+shift >= len(args) {
			return args[0]
		}
		return args[k+shift]
	}
	switch e.Kind {
	case dynamo.Copy:
		v := b.value(arg(e.From))
		if fn.Signature().Variadic() && arg(e.From) == args[len(args)-1] { // fmt.Sprint
			if operands := b.operands(args); len(operands) > 0 {
				v = b.a.Join(operands...)
			}
		}
		b.giveCopy(i, fn, v)
	case dynamo.Decode:
		data := b.deref(b.value(arg(e.From)))
		if n := b.a.Node(data); n.Op == term.Global && dynamo.Random(n.Text) {
			data = b.a.Leaf(term.Call, fn.FullName(), 0, b.siteOf(i))
		}
		b.store(b.decodeTarget(arg(e.Into)), data)
		b.giveFailure(i, fn)
	case dynamo.Fresh:
		b.give(i, b.unseenResults(i, fn.FullName(), nil, b.siteOf(i)))
	case dynamo.Fill:
		b.store(b.place(arg(e.Into)), b.a.Leaf(term.Call, fn.FullName(), 0, b.siteOf(i)))
		b.give(i, b.unseenResults(i, fn.FullName(), nil, b.siteOf(i)))
	case dynamo.Format:
		b.give(i, []term.Ref{b.format(arg(e.From), args, fn)})
	case dynamo.Calls:
		b.callback(i, b.value(arg(e.From)), nil)
		b.give(i, b.unseenResults(i, fn.FullName(), []term.Ref{b.resolve(b.value(arg(e.From)))}, 0))
	case dynamo.Inert:
		b.give(i, b.unseenResults(i, fn.FullName(), nil, 0))
	default:
		return false
	}
	return true
}

// dates reports a time that is written down as a date, which is another value than the time.
func (b *builder) dates(fn *types.Func, args []ssa.Value) bool {
	if len(args) != 2 {
		return false
	}
	layout, ok := b.a.Text(b.value(args[1]))
	return ok && dynamo.Dates(fn, layout)
}

// decodeTarget is the place that a decoder fills. Given a pointer to an interface, it follows the pointer that
// the interface holds.
func (b *builder) decodeTarget(v ssa.Value) address {
	at := b.place(v)
	if m, ok := v.(*ssa.MakeInterface); ok {
		v = m.X
	}
	p, ok := v.Type().Underlying().(*types.Pointer)
	if !ok || !types.IsInterface(p.Elem()) {
		return at
	}
	held := b.load(at)
	if n := b.a.Node(held); n.Op == term.Iface {
		held = n.Args[0]
	}
	if !b.a.Open(held) {
		return at
	}
	return address{root: held}
}

// giveCopy gives a converted value; its error says only that the conversion failed.
func (b *builder) giveCopy(i ssa.CallInstruction, fn *types.Func, v term.Ref) {
	results := []term.Ref{v}
	for k := 1; k < fn.Signature().Results().Len(); k++ {
		results = append(results, b.failure(fn, k))
	}
	b.give(i, results)
}

func (b *builder) giveFailure(i ssa.CallInstruction, fn *types.Func) {
	var results []term.Ref
	for k := range fn.Signature().Results().Len() {
		results = append(results, b.failure(fn, k))
	}
	b.give(i, results)
}

// failure is the error of a conversion: it carries no data.
func (b *builder) failure(fn *types.Func, k int) term.Ref {
	return b.a.Leaf(term.Call, fn.FullName(), term.Failure+k, 0)
}

// format is the text that a format makes; one with only plain verbs is a concatenation.
func (b *builder) format(at ssa.Value, args []ssa.Value, fn *types.Func) term.Ref {
	operands := b.operands(args)
	text, ok := b.a.Text(b.resolve(b.value(at)))
	if !ok || fn.Name() == "Errorf" || len(operands) == 0 && strings.Contains(text, "%") {
		all := append([]term.Ref{b.resolve(b.value(at))}, operands...)
		return b.a.Intern(term.Node{Op: term.Call, Text: fn.FullName(), Args: all})
	}
	return b.a.Join(b.formatParts(text, operands)...)
}

// operands are what a variadic call was given, where that is written out.
func (b *builder) operands(args []ssa.Value) []term.Ref {
	var out []term.Ref
	list := b.resolve(b.value(args[len(args)-1]))
	for k := 0; ; k++ {
		v, ok := b.a.Part(list, term.Elem(k))
		if !ok {
			return out
		}
		out = append(out, b.plain(v))
	}
}

// plain drops the interface around an operand of a format.
func (b *builder) plain(r term.Ref) term.Ref {
	if n := b.a.Node(r); n.Op == term.Iface {
		return n.Args[0]
	}
	return r
}

// formatParts splits a format at its verbs; widths and flags do not change which data is written.
func (b *builder) formatParts(text string, operands []term.Ref) []term.Ref {
	var parts []term.Ref
	for {
		before, rest, found := strings.Cut(text, "%")
		parts = append(parts, b.a.String(before))
		if !found || rest == "" {
			return parts
		}
		verb := strings.TrimLeft(rest, "+-# 0123456789.[]*")
		switch {
		case verb == "":
			return parts
		case verb[0] == '%':
			parts = append(parts, b.a.String("%"))
		case len(operands) > 0:
			parts, operands = append(parts, operands[0]), operands[1:]
		}
		text = verb[1:]
	}
}
