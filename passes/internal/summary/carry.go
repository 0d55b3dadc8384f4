package summary

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A Flow says that what is at place From gets to place To, for values that decide which code a call runs:
// those of interface types and functions. A place is a letter, a colon and a name:
//
//	t:TYPE         a value of a concrete type, where it becomes an interface
//	f:FUNC         a function; b: a method bound to its receiver, u: one that gives something new on every call
//	p:FUNC:N       a parameter, the receiver first
//	v:FUNC:N       a variable that a closure has captured
//	r:FUNC:N       a result
//	i:TYPE:M:N     an argument of a call through an interface; o:TYPE:M:N a result of one
//	d:PLACE:N      a result of the function at a place
//	m:TYPE:M@PLACE the method of the interface value at a place, bound to it
//	s:FUNC:N       a local variable, or a call's receiver that is one of several
//	n:TYPE         what becomes a named function type
//	?              not known
//
// Fields and package variables are named as in Go, an element of a list, map or channel by its type.
type Flow struct {
	From, To string
	Pos      finding.Pos
}

// Unknown is the place of a value that comes from code that is not seen.
const Unknown = "?"

// Place puts a place together.
func Place(kind byte, name string) string { return string(kind) + ":" + name }

// Numbered puts the place of a parameter, result or the like together.
func Numbered(kind byte, name string, n int) string {
	return string(kind) + ":" + name + ":" + strconv.Itoa(n)
}

// A carrier finds out, within one function, where the values come from that decide which code runs. It does not look at
// the order of things: what may get to a place is there.
type carrier struct {
	b     *builder
	id    string
	flows map[[2]string]Flow
	held  map[ssa.Value]string // local variables and receivers that have a place
}

func newCarrier(b *builder) *carrier {
	return &carrier{b: b, id: ssaID(b.fn), flows: map[[2]string]Flow{}, held: map[ssa.Value]string{}}
}

// carried reports types of which values decide which code runs.
func carried(t types.Type) bool {
	switch types.Unalias(t).Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Interface:
		return programInterface(t)
	}
	return false
}

func (c *carrier) add(from, to string, at token.Pos) {
	k := [2]string{from, to}
	if _, ok := c.flows[k]; !ok && from != to && to != "" {
		c.flows[k] = Flow{From: from, To: to, Pos: c.b.env.pos(at)}
	}
}

// carry records what of v gets to a place.
func (c *carrier) carry(v ssa.Value, to string, at token.Pos) {
	if to == "" || !carried(v.Type()) {
		return
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		at = c.b.near(v)
	case *ssa.MakeClosure, *ssa.Call:
		at = v.Pos()
	}
	for _, from := range c.sources(v) {
		c.add(from, to, at)
	}
}

// run records the flows of all instructions.
func (c *carrier) run() {
	for _, block := range c.b.fn.Blocks {
		for _, i := range block.Instrs {
			c.instr(i)
		}
	}
}

func (c *carrier) instr(i ssa.Instruction) {
	at := c.b.near(i)
	switch i := i.(type) {
	case *ssa.Store:
		if _, local := i.Addr.(*ssa.Alloc); !local { // see local
			c.carry(i.Val, c.cell(i.Addr), at)
		}
	case *ssa.MapUpdate:
		c.carry(i.Value, element(i.Map.Type()), at)
	case *ssa.Send:
		c.carry(i.X, element(i.Chan.Type()), at)
	case *ssa.Return:
		for k, r := range i.Results {
			c.carry(r, Numbered('r', c.id, k), at)
		}
	case *ssa.MakeClosure:
		c.bind(i)
	case *ssa.ChangeType:
		c.retype(i, at)
	case ssa.CallInstruction:
		c.call(i.Common(), at)
	}
}

// bind makes the variables that a closure captures one with those of the function around it.
func (c *carrier) bind(i *ssa.MakeClosure) {
	fn := i.Fn.(*ssa.Function)
	if fn.Synthetic != "" {
		return // a bound method
	}
	for k, v := range i.Bindings {
		p, ok := v.Type().Underlying().(*types.Pointer)
		if !ok || !carried(p.Elem()) {
			c.carry(v, Numbered('v', ssaID(fn), k), i.Pos())
			continue
		}
		inner, outer := Numbered('v', ssaID(fn), k), c.cell(v)
		c.add(outer, inner, i.Pos())
		c.add(inner, outer, i.Pos())
	}
}

// retype follows a function to its named type, and a container to another type of container.
func (c *carrier) retype(i *ssa.ChangeType, at token.Pos) {
	if named, ok := types.Unalias(i.Type()).(*types.Named); ok && programInterface(named) {
		if _, fn := named.Underlying().(*types.Signature); fn {
			c.carry(i.X, Place('n', TypeID(named)), at)
		}
	}
	from, to := element(i.X.Type()), element(i.Type())
	c.link(from, to, at)
	c.link(to, from, at)
}

// link lets what is in one container get to another one.
func (c *carrier) link(from, to string, at token.Pos) {
	if from != "" {
		c.add(from, to, at)
	}
}

func (c *carrier) call(call *ssa.CallCommon, at token.Pos) {
	for _, a := range call.Args {
		c.escape(a)
	}
	if call.IsInvoke() {
		if ownInterface(call) {
			for k, a := range call.Args {
				c.carry(a, Numbered('i', TypeID(call.Value.Type())+":"+call.Method.Name(), k+1), at)
			}
		}
		return
	}
	if bi, ok := call.Value.(*ssa.Builtin); ok {
		if bi.Name() == "append" {
			c.link(element(call.Args[1].Type()), element(call.Args[0].Type()), at)
		}
		return
	}
	fn := call.StaticCallee()
	if fn == nil || !c.b.hasBody(fn) {
		return
	}
	for k, a := range call.Args {
		c.carry(a, Numbered('p', ssaID(fn), k), at)
	}
}

// escape notes a place whose address is handed over: anything may be stored there.
func (c *carrier) escape(v ssa.Value) {
	if p, ok := v.Type().Underlying().(*types.Pointer); ok && carried(p.Elem()) {
		c.add(Unknown, c.cell(v), v.Pos())
	}
}

// ownInterface reports a call through an interface that is followed.
func ownInterface(call *ssa.CallCommon) bool {
	pkg := call.Method.Pkg()
	return pkg != nil && !isStd(pkg.Path()) && !dynamo.SDKPackage(pkg.Path())
}

// cell is the place that an address stands for; "" when it has none.
func (c *carrier) cell(addr ssa.Value) string {
	switch addr := addr.(type) {
	case *ssa.FreeVar:
		return c.freeVar(addr)
	case *ssa.IndexAddr:
		return element(addr.X.Type())
	case *ssa.Alloc:
		return c.local(addr)
	}
	return placeKey(addr)
}

// local gives a variable a place.
func (c *carrier) local(v ssa.Value) string {
	if c.held[v] == "" {
		c.held[v] = Numbered('s', c.id, len(c.held))
		if refs := v.Referrers(); refs != nil {
			for _, r := range *refs {
				if s, ok := r.(*ssa.Store); ok && s.Addr == v {
					c.carry(s.Val, c.held[v], c.b.near(s))
				}
			}
		}
	}
	return c.held[v]
}

func (c *carrier) freeVar(v *ssa.FreeVar) string {
	return Numbered('v', c.id, slices.Index(c.b.fn.FreeVars, v))
}

// element is the place of the elements of a list, map or channel: their type, or, for elements of any type, the
// container's. Lists of anything are arguments of loggers, mostly, and have no place.
func element(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	var elem types.Type
	list := false
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem, list = u.Elem(), true
	case *types.Array:
		elem, list = u.Elem(), true
	case *types.Map:
		elem = u.Elem()
	case *types.Chan:
		elem = u.Elem()
	}
	if elem == nil || !carried(elem) {
		return ""
	}
	if _, ok := elem.(*types.TypeParam); ok {
		return ""
	}
	if sig, ok := elem.(*types.Signature); ok {
		return "element " + plain(sig)
	}
	in, ok := elem.Underlying().(*types.Interface)
	if !ok || in.NumMethods() > 0 {
		return "element " + TypeID(elem)
	}
	if _, named := t.(*types.Named); list && !named {
		return ""
	}
	return "element " + TypeID(t)
}

// place is where a value comes from, as one place; "" when that is unknown.
func (c *carrier) place(v ssa.Value, at token.Pos) string {
	from := c.sources(v)
	if len(from) == 0 || slices.Contains(from, Unknown) {
		return ""
	}
	if len(from) == 1 {
		return from[0]
	}
	if c.held[v] == "" {
		c.held[v] = Numbered('s', c.id, len(c.held))
		c.carry(v, c.held[v], at)
	}
	return c.held[v]
}

// sources are the places that a value may come from.
func (c *carrier) sources(v ssa.Value) []string {
	out := c.find(v, map[ssa.Value]bool{})
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *carrier) find(v ssa.Value, seen map[ssa.Value]bool) []string {
	if seen[v] {
		return nil // a loop brings it back
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		return nil
	case *ssa.MakeInterface:
		return c.converted(v, seen)
	case *ssa.ChangeInterface:
		return c.find(v.X, seen)
	case *ssa.ChangeType:
		return c.find(v.X, seen)
	case *ssa.TypeAssert:
		return c.find(v.X, seen)
	case *ssa.Phi:
		var out []string
		for _, e := range v.Edges {
			out = append(out, c.find(e, seen)...)
		}
		return out
	case *ssa.Extract:
		if t, ok := v.Tuple.(*ssa.TypeAssert); ok {
			return c.find(t.X, seen)
		}
	}
	return []string{cmp.Or(c.origin(v), Unknown)}
}

// origin is the one place that a value comes from; "" when that is not known.
func (c *carrier) origin(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return Numbered('p', c.id, slices.Index(c.b.fn.Params, v))
	case *ssa.FreeVar:
		return c.freeVar(v)
	case *ssa.Function:
		return c.function(v)
	case *ssa.MakeClosure:
		return c.closure(v)
	case *ssa.Call:
		return c.result(v, 0)
	case *ssa.Extract:
		return c.extracted(v)
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return element(v.X.Type())
		}
		return c.cell(v.X)
	case *ssa.Field:
		return fieldKey(v.X.Type(), v.Field)
	case *ssa.Index:
		return element(v.X.Type())
	case *ssa.Lookup:
		return element(v.X.Type())
	}
	return ""
}

// converted is a concrete value that becomes an interface. One that has no methods runs no code.
func (c *carrier) converted(v *ssa.MakeInterface, seen map[ssa.Value]bool) []string {
	t := types.Unalias(v.X.Type())
	if _, fn := t.(*types.Signature); fn {
		return c.find(v.X, seen)
	}
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	switch t := t.(type) {
	case *types.TypeParam:
		return []string{Unknown}
	case *types.Named:
		if types.NewMethodSet(types.NewPointer(t)).Len() > 0 {
			return []string{Place('t', TypeID(t))}
		}
	}
	return nil
}

// function is a function as a value.
func (c *carrier) function(fn *ssa.Function) string {
	if obj, ok := fn.Object().(*types.Func); ok {
		if e, ok := dynamo.EffectOf(obj); ok && e.Kind == dynamo.Fresh {
			return Place('u', ssaID(fn))
		}
	}
	return Place('f', ssaID(fn))
}

func (c *carrier) closure(v *ssa.MakeClosure) string {
	fn := v.Fn.(*ssa.Function)
	if fn.Synthetic == "" {
		return Place('f', ssaID(fn))
	}
	recv := v.Bindings[0]
	if !types.IsInterface(recv.Type()) {
		return Place('b', ssaID(fn))
	}
	from := c.place(recv, v.Pos())
	if from == "" {
		return ""
	}
	c.b.env.flows.iface(recv.Type())
	return Place('m', TypeID(recv.Type())+":"+fn.Object().Name()+"@"+from)
}

// result is the place of a call's result.
func (c *carrier) result(v *ssa.Call, k int) string {
	call := v.Common()
	if call.IsInvoke() {
		if !ownInterface(call) {
			return ""
		}
		return Numbered('o', TypeID(call.Value.Type())+":"+call.Method.Name(), k)
	}
	fn := call.StaticCallee()
	if _, builtin := call.Value.(*ssa.Builtin); builtin || fn != nil && !c.b.hasBody(fn) {
		return ""
	}
	if fn != nil {
		return Numbered('r', ssaID(fn), k)
	}
	if from := c.place(call.Value, v.Pos()); from != "" {
		return Numbered('d', from, k)
	}
	return ""
}

// extracted is the place of one of several results.
func (c *carrier) extracted(v *ssa.Extract) string {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		return c.result(t, v.Index)
	case *ssa.Lookup:
		return element(t.X.Type())
	case *ssa.UnOp:
		return element(t.X.Type())
	case *ssa.Next:
		if r, ok := t.Iter.(*ssa.Range); ok {
			return element(r.X.Type())
		}
	}
	return ""
}

// sorted lists the flows in a fixed order.
func (c *carrier) sorted() []Flow {
	out := make([]Flow, 0, len(c.flows))
	for _, f := range c.flows {
		out = append(out, f)
	}
	slices.SortFunc(out, func(x, y Flow) int { return cmp.Or(strings.Compare(x.To, y.To), strings.Compare(x.From, y.From)) })
	return out
}
