package summary

import (
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Stream is a parameter that brings records of a stream or messages of a queue.
type Stream struct {
	Index int
	dynamo.Feed
}

// streamParams are the parameters of fn that bring records.
func streamParams(fn *ssa.Function) []Stream {
	var out []Stream
	for k, p := range fn.Params {
		if f, ok := dynamo.FeedOf(p.Type()); ok {
			out = append(out, Stream{Index: k, Feed: f})
		}
	}
	return out
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
	b.events[at] = Event{Kind: Names, Name: "ItemIdentifier", Args: []term.Ref{b.resolve(b.value(i.Val))}, When: b.when(i.Block()), Pos: pos, Loop: b.loops[i.Block()]}
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
