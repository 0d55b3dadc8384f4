package summary

import (
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Stream is a parameter that brings records of a stream or messages of a queue, or a local variable that is filled
// with them.
type Stream struct {
	// Index is the parameter; -1 where the function decodes or fetches the records itself.
	Index int
	// Polled is set for records that the function fetches: it is no handler that Lambda calls.
	Polled bool
	dynamo.Feed
}

// streamsOf are the ways by which records come into fn.
func streamsOf(fn *ssa.Function) []Stream {
	var out []Stream
	for k, p := range fn.Params {
		if f, ok := dynamo.FeedOf(p.Type()); ok {
			out = append(out, Stream{Index: k, Feed: f})
		}
	}
	if len(out) > 0 {
		return out
	}
	if _, s := fetch(fn); s != nil {
		out = append(out, *s)
	}
	return out
}

// fetch is the call by which a function without records among its parameters decodes or fetches some.
func fetch(fn *ssa.Function) (ssa.CallInstruction, *Stream) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if dynamo.Polls(call.Common()) {
				return call, &Stream{Index: -1, Polled: true, Feed: dynamo.Feed{From: "dynamodb", Batch: true}}
			}
			for _, arg := range call.Common().Args {
				if _, feed, ok := filled(arg); ok {
					return call, &Stream{Index: -1, Feed: feed}
				}
			}
		}
	}
	return nil, nil
}

// apart reports an event of a function that fetches its records elsewhere: it is not known to be about one.
func (b *builder) apart(i ssa.Instruction) bool {
	if !b.asked {
		b.asked = true
		if !slices.ContainsFunc(b.fn.Params, func(p *ssa.Parameter) bool { _, ok := dynamo.FeedOf(p.Type()); return ok }) {
			b.fetched, _ = fetch(b.fn)
		}
	}
	if b.fetched == nil {
		return false
	}
	from, at := b.fetched.Block(), i.Block()
	if from == at {
		return slices.Index(at.Instrs, i) < slices.Index(at.Instrs, ssa.Instruction(b.fetched))
	}
	return !from.Dominates(at)
}

// filled is the local variable whose address a call gets to fill it with records: json.Unmarshal(raw, &event).
func filled(arg ssa.Value) (*ssa.Alloc, dynamo.Feed, bool) {
	if i, ok := arg.(*ssa.MakeInterface); ok {
		arg = i.X
	}
	alloc, ok := arg.(*ssa.Alloc)
	if !ok || built(alloc) {
		return nil, dynamo.Feed{}, false
	}
	f, ok := dynamo.FeedOf(alloc.Type().Underlying().(*types.Pointer).Elem())
	return alloc, f, ok && f.Batch
}

// built reports a variable to which the function itself gives a value.
func built(alloc *ssa.Alloc) bool {
	for _, r := range *alloc.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr == alloc {
				return true
			}
		case *ssa.FieldAddr:
			for _, x := range *r.Referrers() {
				if s, ok := x.(*ssa.Store); ok && s.Addr == r {
					return true
				}
			}
		}
	}
	return false
}

// Records is the name of the call that a filled variable's content is taken for.
const Records = "records of an event"

// bound lets the variables that a call fills with records hold them.
func (b *builder) bound(i ssa.CallInstruction) {
	for _, arg := range i.Common().Args {
		if alloc, _, ok := filled(arg); ok {
			root := b.place(alloc).root
			b.mem[root] = b.a.Intern(term.Node{Op: term.Call, Text: Records, Args: []term.Ref{b.resolve(b.content(root))}})
		}
	}
}

// external records a call that leaves the program: mail, a message, an HTTP request. Its results are those of any
// call that is not seen.
func (b *builder) external(i ssa.CallInstruction) {
	c := i.Common()
	out, ok := dynamo.OutwardOf(c)
	if !ok || b.keyed() {
		return
	}
	e := Event{Kind: Effect, Op: out.Op, Name: out.Op, Args: b.resolveAll(c.Args[out.Input : out.Input+1])}
	b.fates(i, &e)
	b.eventAt(site{i, "effect"}, i, e)
}

// keyed reports a function that sends an idempotency key with its requests.
func (b *builder) keyed() bool {
	for _, block := range b.fn.Blocks {
		for _, instr := range block.Instrs {
			for _, op := range instr.Operands(nil) {
				c, ok := (*op).(*ssa.Const)
				if ok && c.Value != nil && c.Value.Kind() == constant.String && idempotencyKey(constant.StringVal(c.Value)) {
					return true
				}
			}
		}
	}
	return false
}

func idempotencyKey(s string) bool {
	s = strings.ToLower(s)
	return s == "idempotency-key" || s == "x-idempotency-key" || s == "x-request-id"
}

// failureID records that a record is named as failed: a store to the ItemIdentifier of a batch item failure.
func (b *builder) failureID(i *ssa.Store) {
	f, ok := i.Addr.(*ssa.FieldAddr)
	if !ok || fieldKeyName(f) != "ItemIdentifier" && fieldKeyName(f) != "Identifier" {
		return
	}
	st := f.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	if !strings.Contains(st.Tag(f.Field), `json:"itemIdentifier`) {
		return
	}
	at, again := b.failureAt[i]
	if !again {
		at = len(b.events)
		b.events = append(b.events, Event{})
		b.failureAt[i] = at
	}
	pos := b.env.pos(b.near(i))
	b.events[at] = Event{Kind: Names, Name: "ItemIdentifier", Args: []term.Ref{b.resolve(b.value(i.Val))}, When: b.when(i.Block()), Pos: pos, Loop: b.loops[i.Block()] && acts(innermost(i.Block()))}
}

// acts reports a loop that calls something: one that only names what another loop has left alone does not go on with anything.
func acts(loop map[*ssa.BasicBlock]bool) bool {
	for block := range loop {
		for _, instr := range block.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok && quiet(call) == loud {
				return true
			}
		}
	}
	return false
}

// waits reports a function that waits for goroutines: it receives from a channel, or calls Wait.
func waits(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch i := instr.(type) {
			case *ssa.Select:
				return true
			case *ssa.UnOp:
				if i.Op.String() == "<-" {
					return true
				}
			case ssa.CallInstruction:
				if calleeName(i.Common()) == "Wait" {
					return true
				}
			case *ssa.Range:
				if _, ok := i.X.Type().Underlying().(*types.Chan); ok {
					return true
				}
			}
		}
	}
	return false
}
