package summary

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// flows collects where concrete types become interfaces and where function values are kept: what the
// universe needs to know which code a call through an interface or a function value runs.
type flows struct {
	conversions map[[2]string]Conversion
	interfaces  map[string]Type
	funcs       map[[2]string]FuncFlow
}

func newFlows() *flows {
	return &flows{conversions: map[[2]string]Conversion{}, interfaces: map[string]Type{}, funcs: map[[2]string]FuncFlow{}}
}

// InterfaceMethodID names a method of an interface as the target of a method value.
func InterfaceMethodID(iface, method string) string { return "iface:" + iface + ":" + method }

func (f *flows) interfaceMethod(t types.Type, method string) string {
	f.iface(t)
	return InterfaceMethodID(TypeID(t), method)
}

// iface records the methods of an interface type that is called through.
func (f *flows) iface(t types.Type) {
	id := TypeID(t)
	if _, ok := f.interfaces[id]; ok {
		return
	}
	in, ok := t.Underlying().(*types.Interface)
	if !ok {
		return
	}
	rec := Type{Name: id}
	for m := range in.Methods() {
		rec.Methods = append(rec.Methods, Method{Name: m.Name(), Signature: signature(m)})
	}
	f.interfaces[id] = rec
}

// signature is a method's type without its receiver and parameter names.
func signature(m *types.Func) string {
	s := m.Signature()
	plain := types.NewSignatureType(nil, nil, nil, unnamed(s.Params()), unnamed(s.Results()), s.Variadic())
	return types.TypeString(plain, nil)
}

func unnamed(t *types.Tuple) *types.Tuple {
	var out []*types.Var
	for v := range t.Variables() {
		out = append(out, types.NewVar(0, nil, "", v.Type()))
	}
	return types.NewTuple(out...)
}

// implementations lists t's implementations of an interface's methods.
func implementations(t types.Type, in *types.Interface) []Method {
	var out []Method
	for m := range in.Methods() {
		if impl, ok := implementation(t, m.Name(), m.Pkg()); ok {
			out = append(out, impl)
		}
	}
	return out
}

// implementation finds the declared method that runs when t's method is called; a promoted method is that
// of the embedded type.
func implementation(t types.Type, name string, pkg *types.Package) (Method, bool) {
	obj, path, _ := types.LookupFieldOrMethod(t, true, pkg, name)
	m, ok := obj.(*types.Func)
	if !ok {
		return Method{}, false
	}
	rec := Method{Name: name, ID: FuncID(m), Signature: signature(m)}
	if recv := m.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) && len(path) > 1 {
		rec.ID = InterfaceMethodID(TypeID(recv.Type()), name)
	}
	return rec, true
}

// noteConversion records that a concrete type becomes an interface that has methods of the program.
func (b *builder) noteConversion(i *ssa.MakeInterface) {
	in, ok := i.Type().Underlying().(*types.Interface)
	if !ok || in.NumMethods() == 0 || !programInterface(i.Type()) {
		return
	}
	key := [2]string{TypeID(i.X.Type()), TypeID(i.Type())}
	if _, ok := b.env.flows.conversions[key]; !ok {
		b.env.flows.conversions[key] = Conversion{From: key[0], To: key[1], Methods: implementations(i.X.Type(), in), Pos: b.env.pos(b.near(i))}
	}
	b.env.flows.iface(i.Type())
}

// near is the position of an instruction, or of the value that it converts, or of the first later instruction
// in its block that has one.
func (b *builder) near(i ssa.Instruction) token.Pos {
	if i.Pos().IsValid() {
		return i.Pos()
	}
	if conv, ok := i.(*ssa.MakeInterface); ok && conv.X.Pos().IsValid() {
		return conv.X.Pos()
	}
	after := false
	for _, j := range i.Block().Instrs {
		after = after || j == i
		if after && j.Pos().IsValid() {
			return j.Pos()
		}
	}
	return b.fn.Pos()
}

// programInterface reports whether calls through an interface type are followed: not for those of the
// standard library and the SDK, whose implementations do not concern the program's data.
func programInterface(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return true
	}
	pkg := named.Obj().Pkg()
	return pkg != nil && !isStd(pkg.Path()) && !dynamo.SDKPackage(pkg.Path())
}

// noteInterface records that values of one interface become another.
func (b *builder) noteInterface(i *ssa.ChangeInterface) { b.noteRetyped(i.X.Type(), i.Type(), i) }

// noteAssert records that an interface is asserted to be another.
func (b *builder) noteAssert(i *ssa.TypeAssert) {
	if types.IsInterface(i.AssertedType) {
		b.noteRetyped(i.X.Type(), i.AssertedType, i)
	}
}

func (b *builder) noteRetyped(from, to types.Type, i ssa.Instruction) {
	in, ok := to.Underlying().(*types.Interface)
	if !ok || in.NumMethods() == 0 || !programInterface(to) || !programInterface(from) {
		return
	}
	key := [2]string{TypeID(from), TypeID(to)}
	if _, ok := b.env.flows.conversions[key]; !ok && key[0] != key[1] {
		b.env.flows.conversions[key] = Conversion{From: key[0], To: key[1], Pos: b.env.pos(b.near(i))}
	}
	b.env.flows.iface(from)
	b.env.flows.iface(to)
}

// noteFlow records a function value that is stored in a field of a named struct or a package variable.
func (b *builder) noteFlow(addr, v ssa.Value, at token.Pos) {
	if _, ok := v.Type().Underlying().(*types.Signature); !ok {
		return
	}
	if key := placeKey(addr); key != "" {
		b.noteFunc(key, v, at)
	}
}

// noteFuncType records a function that becomes a named function type.
func (b *builder) noteFuncType(i *ssa.ChangeType) {
	if _, ok := i.Type().Underlying().(*types.Signature); !ok {
		return
	}
	if named, ok := types.Unalias(i.Type()).(*types.Named); ok && programInterface(named) {
		b.noteFunc(TypeID(named), i.X, b.near(i))
	}
}

func (b *builder) noteFunc(key string, v ssa.Value, at token.Pos) {
	n := b.a.Node(b.value(v))
	if n.Op != term.Closure && n.Op != term.Func {
		return
	}
	k := [2]string{key, n.Text}
	if _, ok := b.env.flows.funcs[k]; !ok {
		b.env.flows.funcs[k] = FuncFlow{Key: key, ID: n.Text, Bound: n.N == 1, Fresh: n.Op == term.Func && n.M == 1, Pos: b.env.pos(at)}
	}
}

// placeKey names a field of a named struct, or a package variable.
func placeKey(addr ssa.Value) string {
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		t := types.Unalias(addr.X.Type().Underlying().(*types.Pointer).Elem())
		named, ok := t.(*types.Named)
		st, isStruct := t.Underlying().(*types.Struct)
		if ok && isStruct && programInterface(named) {
			return TypeID(named.Origin()) + "." + st.Field(addr.Field).Name()
		}
	case *ssa.Global:
		if addr.Pkg != nil {
			return addr.Pkg.Pkg.Path() + "." + addr.Name()
		}
	}
	return ""
}

// funcKey names where a called function value was read from: a field, a variable, or its named type.
func (b *builder) funcKey(v ssa.Value) string {
	if load, ok := v.(*ssa.UnOp); ok {
		if key := placeKey(load.X); key != "" {
			return key
		}
	}
	if named, ok := types.Unalias(v.Type()).(*types.Named); ok && programInterface(named) {
		return TypeID(named)
	}
	return ""
}

// fill moves what was collected into p, in a fixed order.
func (f *flows) fill(p *Package) {
	for _, c := range f.conversions {
		p.Conversions = append(p.Conversions, c)
	}
	slices.SortFunc(p.Conversions, func(x, y Conversion) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	for _, t := range f.interfaces {
		p.Interfaces = append(p.Interfaces, t)
	}
	slices.SortFunc(p.Interfaces, func(x, y Type) int { return cmp.Compare(x.Name, y.Name) })
	for _, fl := range f.funcs {
		p.Funcs = append(p.Funcs, fl)
	}
	slices.SortFunc(p.Funcs, func(x, y FuncFlow) int {
		return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.ID, y.ID))
	})
}

// declaredTypes lists the named types of a package with their methods, for interface calls to which no
// conversion leads.
func declaredTypes(pkg *types.Package) []Type {
	var out []Type
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(named) || named.TypeParams().Len() > 0 {
			continue
		}
		rec := Type{Name: TypeID(named)}
		set := types.NewMethodSet(types.NewPointer(named))
		for sel := range set.Methods() {
			if m, ok := implementation(types.NewPointer(named), sel.Obj().Name(), pkg); ok {
				rec.Methods = append(rec.Methods, m)
			}
		}
		if len(rec.Methods) > 0 {
			out = append(out, rec)
		}
	}
	return out
}
