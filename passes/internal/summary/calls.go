package summary

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

func calleeName(c *ssa.CallCommon) string {
	if c.IsInvoke() {
		return c.Method.Name()
	}
	if f := c.StaticCallee(); f != nil {
		return f.Name()
	}
	return ""
}

// call carries out a call, a go statement or a defer.
func (b *builder) call(i ssa.CallInstruction) {
	c := i.Common()
	if bi, ok := c.Value.(*ssa.Builtin); ok {
		b.builtin(i, bi.Name())
		return
	}
	if op, ok := dynamo.OfCall(c); ok && b.request(i, op) {
		return
	}
	defer b.bound(i)
	b.lumped(i)
	switch fn := c.StaticCallee(); {
	case c.IsInvoke():
		b.invoke(i)
	case fn == nil:
		b.dynamic(i)
	case fn.Parent() != nil:
		b.dynamic(i) // a closure: what it captured goes with it
	default:
		b.static(i, fn)
	}
}

// arguments are the terms of a call's operands, the receiver first.
func (b *builder) arguments(c *ssa.CallCommon) []ssa.Value {
	if c.IsInvoke() {
		return append([]ssa.Value{c.Value}, c.Args...)
	}
	return c.Args
}

func (b *builder) resolveAll(values []ssa.Value) []term.Ref {
	out := make([]term.Ref, len(values))
	for i, v := range values {
		out[i] = b.resolve(b.value(v))
	}
	return out
}

// hasBody reports whether a callee's Summary will be there to follow: it is in this package, or in one
// that has Summaries, and not the SDK's.
func (b *builder) hasBody(fn *ssa.Function) bool {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if fn.Parent() != nil {
		return true
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil || dynamo.SDKPackage(obj.Pkg().Path()) || isStd(obj.Pkg().Path()) {
		return false
	}
	return obj.Pkg() == b.env.pkg || b.env.known(obj)
}

// A site is a place where something happens: a call, or a function that the call may call in turn.
type site struct {
	call     ssa.CallInstruction
	callback string
}

func (b *builder) event(i ssa.CallInstruction, e Event) int { return b.eventAt(site{call: i}, i, e) }

// eventAt records that something happens here; a second round over a loop renews the record.
func (b *builder) eventAt(s site, i ssa.CallInstruction, e Event) int {
	at, again := b.eventOf[s]
	if !again {
		at = len(b.events)
		b.events = append(b.events, Event{})
		b.eventOf[s] = at
	}
	_, e.Async = i.(*ssa.Go)
	e.Apart = b.apart(i)
	e.Loop = b.loops[i.Block()]
	e.When = b.when(i.Block())
	e.Pos = b.env.pos(i.Pos())
	b.events[at] = e
	return at
}

func (b *builder) result(event, k int) term.Ref { return b.a.Leaf(term.Result, "", event, k) }

// give names the results of a call.
func (b *builder) give(i ssa.CallInstruction, results []term.Ref) {
	v := i.Value()
	if v == nil {
		return
	}
	if _, ok := v.Type().(*types.Tuple); ok {
		b.tuples[v] = results
		b.values[v] = b.a.Mix(results...)
		return
	}
	if len(results) > 0 {
		b.values[v] = results[0]
	}
}

// called records a call whose body may be seen, with the changes that it may make to its arguments.
func (b *builder) called(i ssa.CallInstruction, e Event, values []ssa.Value) {
	raw := make([]term.Ref, len(values))
	for k, v := range values {
		raw[k] = b.value(v)
	}
	e.Args = b.resolveAll(values)
	if e.Func != term.None {
		raw = append(raw, e.Func)
		e.Func = b.resolve(e.Func)
	}
	b.fates(i, &e)
	at := b.event(i, e)
	var results []term.Ref
	for k := range i.Common().Signature().Results().Len() {
		results = append(results, b.result(at, k))
	}
	b.give(i, results)
	for k, v := range values {
		if mutable(v.Type()) {
			b.changed(b.place(v), term.Node{Op: term.After, N: int32(at), M: int32(k)})
		}
	}
	for _, r := range raw {
		b.captured(r, at)
	}
}

// changed lets what is at a place be what the event left there.
func (b *builder) changed(at address, after term.Node) {
	n := b.a.Node(at.root)
	if len(at.path) == 0 && (n.Op == term.Zero || n.Op == term.Func || n.Op == term.Closure || n.Op == term.Const || n.Op == term.Obj) {
		return
	}
	if n.Op == term.Alt && len(at.path) == 0 {
		for k := 1; k < len(n.Args); k += 2 {
			b.changed(address{root: n.Args[k]}, after)
		}
		return
	}
	after.Args = []term.Ref{b.resolve(b.load(at))}
	b.store(at, b.a.Intern(after))
}

// captured lets the variables that closures among the arguments have captured be what the event left in them.
func (b *builder) captured(r term.Ref, event int) {
	n := b.a.Node(r)
	switch n.Op {
	case term.Closure:
		for k, v := range n.Args {
			if b.a.Op(v) == term.Alloc {
				after := term.Node{Op: term.AfterFree, Text: n.Text, N: int32(event), M: int32(k), Args: []term.Ref{b.resolve(b.content(v))}}
				b.mem[v] = b.a.Intern(after)
			}
		}
	case term.Alloc:
		if v, ok := b.mem[r]; ok && b.a.Op(v) == term.Obj {
			for _, part := range b.a.Node(v).Args[1:] {
				if b.a.Op(part) == term.Closure {
					b.captured(part, event)
				}
			}
		}
	case term.Alt:
		for k := 1; k < len(n.Args); k += 2 {
			b.captured(n.Args[k], event)
		}
	case term.Iface:
		b.captured(n.Args[0], event)
	}
}

func (b *builder) static(i ssa.CallInstruction, fn *ssa.Function) {
	c := i.Common()
	obj, _ := fn.Object().(*types.Func)
	if key, ok := dynamo.BuilderKey(obj); ok {
		b.give(i, b.unseenResults(i, key, b.resolveAll(c.Args), 0))
		return
	}
	if obj != nil && (b.effect(i, obj, c.Args) || b.mapped(i, obj)) {
		return
	}
	if b.hasBody(fn) {
		b.called(i, Event{Kind: Static, Callee: ssaID(fn), Name: displayName(fn), Op: b.assumed(c), Input: b.assumedInput(c)}, c.Args)
		return
	}
	b.unseen(i, ssaID(fn), c.Args)
}

// assumed is the operation to take a call for when its callee's body turns out not to be there.
func (b *builder) assumed(c *ssa.CallCommon) string {
	if op, ok := dynamo.OfCall(c); ok && !op.Constructor {
		return op.Op.Name
	}
	return ""
}

func (b *builder) assumedInput(c *ssa.CallCommon) int {
	op, _ := dynamo.OfCall(c)
	return max(op.Input, 0)
}

// invoke records a call through an interface, unless the interface is one of the standard library or SDK.
func (b *builder) invoke(i ssa.CallInstruction) {
	c := i.Common()
	args := b.arguments(c)
	if b.effect(i, c.Method, args) || b.mapped(i, c.Method) {
		return
	}
	if _, outward := dynamo.OutwardOf(c); outward {
		b.unseen(i, c.Method.FullName(), args)
		return
	}
	t := types.Unalias(c.Value.Type())
	if pkg := c.Method.Pkg(); pkg == nil || isStd(pkg.Path()) || dynamo.SDKPackage(pkg.Path()) {
		b.unseen(i, c.Method.FullName(), args)
		return
	}
	b.env.flows.iface(t)
	b.called(i, Event{Kind: Interface, Iface: TypeID(t), Key: b.carry.place(c.Value, i.Pos()), Method: c.Method.Name(), Name: ShortID(TypeID(t)) + "." + c.Method.Name()}, args)
}

// dynamic records a call of a function value.
func (b *builder) dynamic(i ssa.CallInstruction) {
	c := i.Common()
	b.called(i, Event{Kind: Dynamic, Func: b.value(c.Value), Key: b.carry.place(c.Value, i.Pos()), Iface: funcType(c.Value.Type()), Name: valueName(c.Value)}, c.Args)
}

// valueName names a function value in a trace.
func valueName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return v.Name()
	case *ssa.MakeClosure:
		return displayName(v.Fn.(*ssa.Function))
	case *ssa.Function:
		return displayName(v)
	case *ssa.UnOp:
		if f, ok := v.X.(*ssa.FieldAddr); ok {
			return fieldKeyName(f)
		}
	}
	return "function value"
}

func fieldKeyName(f *ssa.FieldAddr) string {
	if st, ok := f.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct); ok {
		return st.Field(f.Field).Name()
	}
	return "function value"
}
