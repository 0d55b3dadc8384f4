package summary

import (
	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// The parts of a paginator: its input, and the place where it was made, which is where a reader finds out
// what is read.
const (
	paginatorInput = "(input)"
	paginatorPlace = "(place)"
)

// request records an SDK call, unless the callee's own body says what it sends.
func (b *builder) request(i ssa.CallInstruction, op dynamo.Call) bool {
	c := i.Common()
	if fn := c.StaticCallee(); fn != nil && b.hasBody(fn) {
		return false
	}
	args := b.arguments(c)
	input := op.Input
	if c.IsInvoke() {
		input++
	}
	in := b.resolve(b.value(args[input]))
	if op.Constructor {
		place := b.a.String(FormatPlace(b.env.pos(i.Pos())))
		b.give(i, []term.Ref{b.a.Object(term.None, []string{paginatorInput, paginatorPlace}, []term.Ref{in, place})})
		return true
	}
	operands := []term.Ref{in}
	if op.Page {
		operands = []term.Ref{b.a.Field(in, paginatorInput), b.a.Field(in, paginatorPlace)}
	}
	sent := Event{Kind: Request, Op: op.Op.Name, Args: operands, Name: op.Op.Name}
	b.fates(i, &sent)
	e := b.event(i, sent)
	out, failure := b.result(e, 0), b.result(e, 1)
	switch {
	case op.Request:
		b.give(i, []term.Ref{b.a.Leaf(term.Call, "(*request.Request)", 0, b.siteOf(i)), out})
	case op.Callback >= 0:
		b.give(i, []term.Ref{failure})
		b.callback(i, b.value(c.Args[op.Callback]), []term.Ref{out, b.a.Mix()})
	default:
		b.give(i, []term.Ref{out, failure})
	}
	return true
}
