package summary

import (
	"go/types"
	"strings"

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

// mutable reports whether a callee can change what an argument of this type stands for.
func mutable(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		_, isStruct := u.Elem().Underlying().(*types.Struct)
		return !isStruct || !opaque(u.Elem())
	case *types.Map, *types.Slice:
		return true
	case *types.Interface:
		return u.NumMethods() == 0
	}
	return false
}

// opaque types carry no data of the program.
func opaque(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	path := named.Obj().Pkg().Path()
	return isStd(path) || dynamo.SDKPackage(path) && strings.HasSuffix(named.Obj().Name(), "Client")
}

func (b *builder) static(i ssa.CallInstruction, fn *ssa.Function) {
	c := i.Common()
	obj, _ := fn.Object().(*types.Func)
	if key, ok := dynamo.BuilderKey(obj); ok {
		b.give(i, b.unseenResults(i, key, b.resolveAll(c.Args), 0))
		return
	}
	if obj != nil && b.effect(i, obj, c.Args) {
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
	if b.effect(i, c.Method, args) {
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

// effect carries out a call of a function of which the dynamo tables know what it does with values.
func (b *builder) effect(i ssa.CallInstruction, fn *types.Func, args []ssa.Value) bool {
	if field, ok := dynamo.SetterOf(fn); ok && len(args) == 2 {
		at := b.place(args[0])
		b.store(at.child(field), b.value(args[1]))
		b.give(i, []term.Ref{b.value(args[0])})
		return true
	}
	e, ok := dynamo.EffectOf(fn)
	if !ok {
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
		b.giveCopy(i, fn, b.value(arg(e.From)))
	case dynamo.Decode:
		data := b.deref(b.value(arg(e.From)))
		b.store(b.place(arg(e.Into)), data)
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
	var operands []term.Ref
	list := b.resolve(b.value(args[len(args)-1]))
	for k := 0; ; k++ {
		v, ok := b.a.Part(list, term.Elem(k))
		if !ok {
			break
		}
		operands = append(operands, b.plain(v))
	}
	text, ok := b.a.Text(b.resolve(b.value(at)))
	if !ok || fn.Name() == "Errorf" || len(operands) == 0 && strings.Contains(text, "%") {
		all := append([]term.Ref{b.resolve(b.value(at))}, operands...)
		return b.a.Intern(term.Node{Op: term.Call, Text: fn.FullName(), Args: all})
	}
	return b.a.Join(b.formatParts(text, operands)...)
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

// unseen is a call of a function whose body is not analysed: its results, and what its pointer arguments
// point to, may be made of anything it was given; functions among its arguments may be called.
func (b *builder) unseen(i ssa.CallInstruction, name string, values []ssa.Value) {
	b.external(i)
	args := b.resolveAll(values)
	b.give(i, b.unseenResults(i, name, args, 0))
	for k, v := range values {
		if !fillable(v.Type()) {
			continue
		}
		at := b.place(v)
		if b.a.Op(at.root) != term.Alloc {
			continue
		}
		made := b.a.Intern(term.Node{Op: term.Call, Text: name, N: int32(-1 - k), Args: args})
		b.store(at, b.a.Alt(term.None, b.load(at), term.None, made))
	}
	for _, v := range values {
		b.callback(i, b.value(v), nil)
	}
}

// fillable are types through which a function that is not seen may return data.
func fillable(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
		return true
	case *types.Interface:
		return u.NumMethods() == 0
	}
	return false
}

func (b *builder) unseenResults(i ssa.CallInstruction, name string, args []term.Ref, site int) []term.Ref {
	var out []term.Ref
	for k := range i.Common().Signature().Results().Len() {
		out = append(out, b.a.Intern(term.Node{Op: term.Call, Text: name, N: int32(k), M: int32(site), Args: args}))
	}
	return out
}

// callback records that a function which is not seen may call fn, with the given arguments if they are known.
func (b *builder) callback(i ssa.CallInstruction, fn term.Ref, args []term.Ref) {
	n := b.a.Node(fn)
	if n.Op == term.Iface {
		fn = n.Args[0]
		n = b.a.Node(fn)
	}
	if n.Op != term.Closure && n.Op != term.Func || strings.HasPrefix(n.Text, "builtin ") {
		return
	}
	at := b.eventAt(site{i, n.Text}, i, Event{Kind: Dynamic, Func: b.resolve(fn), Args: args, Name: ShortID(n.Text)})
	b.captured(fn, at)
}
