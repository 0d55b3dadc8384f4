package summary

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// value is the term of an SSA value.
func (b *builder) value(v ssa.Value) term.Ref {
	if r, ok := b.values[v]; ok {
		return r
	}
	switch v := v.(type) {
	case *ssa.Const:
		return b.constant(v)
	case *ssa.Global:
		return b.global(v)
	case *ssa.Function:
		return b.function(v)
	case *ssa.Builtin:
		return b.a.Leaf(term.Func, "builtin "+v.Name(), 0, 0)
	}
	if at, ok := b.places[v]; ok {
		return b.load(at)
	}
	return b.a.Mix() // a value of a loop's end, not known in the first round
}

// function is a function as a value; of one that gives something new on every call that is noted.
func (b *builder) function(fn *ssa.Function) term.Ref {
	fresh := 0
	if obj, ok := fn.Object().(*types.Func); ok {
		if e, ok := dynamo.EffectOf(obj); ok && e.Kind == dynamo.Fresh {
			fresh = 1
		}
	}
	return b.a.Leaf(term.Func, ssaID(fn), 0, fresh)
}

func (b *builder) constant(c *ssa.Const) term.Ref {
	if c.Value == nil {
		return b.a.ZeroValue()
	}
	switch c.Value.Kind() {
	case constant.String:
		return b.a.String(constant.StringVal(c.Value))
	case constant.Bool:
		return b.a.Bool(constant.BoolVal(c.Value))
	}
	if n, exact := constant.Int64Val(constant.ToInt(c.Value)); exact && n == 0 {
		return b.a.ZeroValue()
	}
	return b.a.Leaf(term.Const, c.Value.ExactString(), 0, term.ConstNumber)
}

// global is a package-level variable: a constant error value where it has the error type.
func (b *builder) global(g *ssa.Global) term.Ref {
	isError := 0
	if t, ok := g.Type().(*types.Pointer); ok && types.Identical(t.Elem(), types.Universe.Lookup("error").Type()) {
		isError = 1
	}
	name := g.Name()
	if g.Pkg != nil {
		name = g.Pkg.Pkg.Path() + "." + name
	}
	return b.a.Leaf(term.Global, name, 0, isError)
}

// place is the address that a pointer value stands for.
func (b *builder) place(v ssa.Value) address {
	if at, ok := b.places[v]; ok {
		return at
	}
	root := b.value(v)
	for b.a.Op(root) == term.Iface {
		root = b.a.Node(root).Args[0]
	}
	return address{root: root}
}

// siteOf numbers the instructions that create something.
func (b *builder) siteOf(i ssa.Instruction) int {
	n, ok := b.sites[i]
	if !ok {
		n = len(b.sites) + 1
		b.sites[i] = n
	}
	return n
}

func (b *builder) allocate(i ssa.Instruction, content term.Ref) term.Ref {
	r := b.a.Leaf(term.Alloc, "", b.siteOf(i), 0)
	b.mem[r] = content
	return r
}

// instr carries out one instruction.
func (b *builder) instr(i ssa.Instruction) {
	switch i := i.(type) {
	case *ssa.Alloc:
		r := b.allocate(i, b.a.ZeroValue())
		switch i.Type().Underlying().(*types.Pointer).Elem().Underlying().(type) {
		case *types.Struct, *types.Array:
			b.composite[r] = true
		}
		b.values[i] = r
	case *ssa.MakeMap, *ssa.MakeSlice, *ssa.MakeChan:
		b.values[i.(ssa.Value)] = b.allocate(i, b.a.Object(term.None, nil, nil))
	case *ssa.Store:
		b.failureID(i)
		if load, ok := i.Val.(*ssa.UnOp); ok && load.Op == token.MUL && load.X == i.Addr {
			return // "return v, decode(data, &v)" with a named result v: see returned
		}
		at, v := b.place(i.Addr), b.value(i.Val)
		if embeds(i.Addr) {
			v = b.merged(b.load(at), b.deref(v))
		}
		b.store(at, v)
	case *ssa.MapUpdate:
		b.store(b.place(i.Map).child(b.keyName(i.Key)), b.entry(i))
	case *ssa.If:
		b.tests[i.Block()] = b.resolve(b.value(i.Cond))
	case *ssa.Return:
		b.exit(i)
	case ssa.CallInstruction:
		b.call(i)
	case ssa.Value:
		b.pure(i)
	}
}

func (b *builder) exit(i *ssa.Return) {
	e := exit{block: i.Block(), mem: b.mem}
	for _, r := range i.Results {
		e.results = append(e.results, b.resolve(b.returned(r)))
	}
	b.exits = append(b.exits, e)
}

// returned is the value of a result. In "return v, decode(data, &v)" the SSA form reads v before the call;
// compilers, and those who write this, mean v as the call leaves it.
func (b *builder) returned(r ssa.Value) term.Ref {
	load, ok := r.(*ssa.UnOp)
	if ok && load.Op == token.MUL {
		if _, local := load.X.(*ssa.Alloc); local {
			return b.load(b.place(load.X))
		}
	}
	return b.value(r)
}

// keyName is the part of a map that a key selects.
func (b *builder) keyName(k ssa.Value) string {
	if s, ok := b.a.Text(b.resolve(b.value(k))); ok {
		return s
	}
	return term.AnyElem
}

// entry is what a map update stores. Of a set, whose values say nothing, it is the key. Requests of a batch that are
// stored under a table which is not known by name keep that table.
func (b *builder) entry(i *ssa.MapUpdate) term.Ref {
	v := b.value(i.Value)
	if dynamo.WriteRequests(i.Map.Type()) && b.keyName(i.Key) == term.AnyElem {
		return b.a.With(b.deref(v), dynamo.TableName, b.resolve(b.value(i.Key)))
	}
	st, ok := i.Value.Type().Underlying().(*types.Struct)
	if !ok || st.NumFields() > 0 || b.keyName(i.Key) != term.AnyElem {
		return v
	}
	if key := b.resolve(b.value(i.Key)); b.a.Open(key) {
		return b.a.Mix(v, key)
	}
	return v
}

// pure computes an instruction that only makes a value.
func (b *builder) pure(i ssa.Value) {
	switch i := i.(type) {
	case *ssa.FieldAddr:
		b.places[i] = b.fieldPlace(b.place(i.X), i.X.Type(), i.Field)
	case *ssa.IndexAddr:
		b.places[i] = b.place(i.X).child(b.elemName(i.Index))
	case *ssa.Field:
		b.values[i] = b.fieldOf(b.value(i.X), i.X.Type(), i.Field)
	case *ssa.Index:
		b.values[i] = b.drawn(b.a.Field(b.deref(b.value(i.X)), b.elemName(i.Index)), i.Index)
	case *ssa.Lookup:
		b.lookup(i)
	case *ssa.UnOp:
		b.unary(i)
	case *ssa.BinOp:
		b.values[i] = b.binary(i)
	case *ssa.Phi:
		b.values[i] = b.phi(i)
	case *ssa.MakeInterface:
		b.values[i] = b.makeInterface(i)
	case *ssa.MakeClosure:
		b.values[i] = b.closure(i)
	case *ssa.TypeAssert:
		b.typeAssert(i)
	case *ssa.Extract:
		b.extract(i)
	case *ssa.Next:
		b.next(i)
	case *ssa.Slice:
		b.copyValue(i, i.X)
	case *ssa.ChangeType:
		b.copyValue(i, i.X)
	case *ssa.Convert:
		if !b.spelled(i) {
			b.copyValue(i, i.X)
		}
	case *ssa.ChangeInterface:
		b.noteInterface(i)
		b.copyValue(i, i.X)
	case *ssa.SliceToArrayPointer:
		b.copyValue(i, i.X)
	case *ssa.MultiConvert:
		b.copyValue(i, i.X)
	case *ssa.Range:
		b.copyValue(i, i.X)
	case *ssa.Select:
		b.tuples[i] = nil
		b.values[i] = b.a.Mix()
	}
}

// copyValue gives i the value (and, for pointers into something, the place) of x.
func (b *builder) copyValue(i, x ssa.Value) {
	if at, ok := b.places[x]; ok {
		b.places[i] = at
		return
	}
	b.values[i] = b.value(x)
}

func (b *builder) elemName(i ssa.Value) string {
	if c, ok := i.(*ssa.Const); ok && c.Value != nil {
		if n, exact := constant.Int64Val(constant.ToInt(c.Value)); exact {
			return term.Elem(int(n))
		}
	}
	return term.AnyElem
}

func (b *builder) fieldPlace(at address, owner types.Type, field int) address {
	if name, own := partName(owner, field); own {
		return at.child(name)
	}
	return at
}

// embeds reports the place of a field that is one with its struct.
func embeds(addr ssa.Value) bool {
	field, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	_, own := partName(field.X.Type(), field.Field)
	return !own
}

// merged is a struct of which an embedded one has been set: the other fields stay as they were.
func (b *builder) merged(old, v term.Ref) term.Ref {
	over, under := v, old
	if n := b.a.Node(v); n.Op != term.Obj || n.Args[0] != term.None {
		over, under = old, v // what is known by its parts goes on top of what is not
	}
	n := b.a.Node(over)
	if n.Op != term.Obj || n.Args[0] != term.None || b.a.Op(under) == term.Zero {
		return v
	}
	for i, name := range n.Names() {
		under = b.a.With(under, name, n.Args[i+1])
	}
	return under
}

func (b *builder) fieldOf(x term.Ref, owner types.Type, field int) term.Ref {
	if name, own := partName(owner, field); own {
		return b.a.Field(b.deref(x), name)
	}
	return x
}

// partName is the part of a struct that a field is: called as its attribute where it is stored, else as in
// Go. own is false for a field that is one with its struct.
func partName(owner types.Type, field int) (name string, own bool) {
	f := dynamo.FieldName(owner, field)
	switch {
	case f.Transparent:
		return "", false
	case f.Name != "" && !f.Omitted:
		return f.Name, true
	}
	t := owner.Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	return t.(*types.Struct).Field(field).Name(), true
}

func (b *builder) lookup(i *ssa.Lookup) {
	x, key := b.deref(b.value(i.X)), b.resolve(b.value(i.Index))
	v := b.a.Entry(x, key)
	if _, named := b.a.Text(key); !named && !b.a.Open(v) { // which entry it is depends on the key
		v = b.a.Intern(term.Node{Op: term.Call, Text: "index", Args: []term.Ref{v, key}})
	}
	if !i.CommaOk {
		b.values[i] = v
		return
	}
	ok := b.a.Unary("ok", v)
	if _, named := b.a.Text(key); !named { // whoever asks for any name decodes; it is no state that is looked at
		ok = b.a.Binary("in", key, b.resolve(x))
	}
	b.tuples[i] = []term.Ref{v, ok}
}

func (b *builder) unary(i *ssa.UnOp) {
	switch i.Op {
	case token.MUL:
		b.values[i] = b.load(b.place(i.X))
		if at, ok := i.X.(*ssa.IndexAddr); ok {
			b.values[i] = b.drawn(b.values[i], at.Index)
		}
	case token.ARROW:
		v := b.a.Field(b.deref(b.value(i.X)), term.AnyElem)
		if i.CommaOk {
			b.tuples[i] = []term.Ref{v, b.a.Unary("ok", v)}
			return
		}
		b.values[i] = v
	default:
		b.values[i] = b.a.Unary(i.Op.String(), b.value(i.X))
	}
}

func (b *builder) binary(i *ssa.BinOp) term.Ref {
	x, y := b.value(i.X), b.value(i.Y)
	if i.Op == token.ADD {
		if t, ok := i.Type().Underlying().(*types.Basic); ok && t.Info()&types.IsString != 0 {
			return b.a.Join(x, y)
		}
	}
	if i.Op == token.EQL || i.Op == token.NEQ {
		x, y = b.resolve(x), b.resolve(y)
	}
	return b.a.Binary(i.Op.String(), x, y)
}

func (b *builder) phi(i *ssa.Phi) term.Ref {
	var pairs []term.Ref
	for k, e := range i.Edges {
		if _, ok := b.ends[i.Block().Preds[k]]; !ok {
			continue // the end of a loop that was not yet carried out
		}
		pairs = append(pairs, b.edgeGuard(i.Block(), k), b.value(e))
	}
	if len(pairs) == 0 {
		return b.a.Mix()
	}
	return b.tallied(i, b.a.Alt(pairs...))
}

// makeInterface keeps the concrete type with the value, for interface calls and for naming entities.
func (b *builder) makeInterface(i *ssa.MakeInterface) term.Ref {
	v := b.value(i.X)
	t := types.Unalias(i.X.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return v
	}
	if pkg := named.Obj().Pkg(); pkg != nil && dynamo.SDKPackage(pkg.Path()) && dynamo.FieldName(named, 0).Transparent {
		return v // an AttributeValue is its payload
	}
	b.noteConversion(i)
	if _, basic := named.Underlying().(*types.Basic); basic && named.NumMethods() == 0 {
		return v
	}
	return b.a.Intern(term.Node{Op: term.Iface, Text: TypeID(named), Args: []term.Ref{v}})
}

// closure is a function value with what it captures; a method value captures its receiver.
func (b *builder) closure(i *ssa.MakeClosure) term.Ref {
	fn := i.Fn.(*ssa.Function)
	n := term.Node{Op: term.Closure, Text: ssaID(fn)}
	if fn.Synthetic != "" && len(i.Bindings) == 1 { // a bound method
		n.N = 1
		if recv := i.Bindings[0]; types.IsInterface(recv.Type()) {
			n.Text = b.env.flows.interfaceMethod(recv.Type(), fn.Object().Name())
		}
	}
	for _, v := range i.Bindings {
		n.Args = append(n.Args, b.capture(v))
	}
	return b.a.Intern(n)
}

// capture is the captured variable itself, so that the closure's changes to it are seen.
func (b *builder) capture(v ssa.Value) term.Ref {
	if r, ok := b.values[v]; ok {
		return r
	}
	return b.value(v)
}

func (b *builder) typeAssert(i *ssa.TypeAssert) {
	b.noteAssert(i)
	x := b.value(i.X)
	v := x
	if n := b.a.Node(x); n.Op == term.Iface && !types.IsInterface(i.AssertedType) && n.Text == TypeID(i.AssertedType) {
		v = n.Args[0]
	}
	if i.CommaOk {
		b.tuples[i] = []term.Ref{v, b.a.Unary("is", x)}
		return
	}
	b.values[i] = v
}

func (b *builder) extract(i *ssa.Extract) {
	if t := b.tuples[i.Tuple]; i.Index < len(t) {
		b.values[i] = t[i.Index]
		return
	}
	b.values[i] = b.a.Mix(b.value(i.Tuple))
}

// next gives the element (and for maps the key) that a range loop has reached.
func (b *builder) next(i *ssa.Next) {
	x := b.deref(b.value(i.Iter))
	b.tuples[i] = []term.Ref{b.a.Unary("next", x), b.a.Unary("key", x), b.a.Field(x, term.AnyElem)}
}
