package summary

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// flows collects where concrete types become interfaces: what the universe needs to know which code a call through
// an interface may run at all. Which values get where, see carrier.
type flows struct {
	conversions map[[2]string]Conversion
	interfaces  map[string]Type
}

func newFlows() *flows {
	return &flows{conversions: map[[2]string]Conversion{}, interfaces: map[string]Type{}}
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
	return plain(m.Signature())
}

// plain writes a function type without its receiver and parameter names.
func plain(s *types.Signature) string {
	bare := types.NewSignatureType(nil, nil, nil, unnamed(s.Params()), unnamed(s.Results()), s.Variadic())
	return types.TypeString(bare, nil)
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
		rec.Embedded = embeddedField(t, path[:len(path)-1])
	}
	return rec, true
}

// embeddedField names the field at the end of a path of embedded fields.
func embeddedField(t types.Type, path []int) string {
	key := ""
	for _, i := range path {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return ""
		}
		key, t = fieldKey(t, i), st.Field(i).Type()
	}
	return key
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

// placeKey names a field of a named struct, or a package variable.
func placeKey(addr ssa.Value) string {
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		return fieldKey(addr.X.Type().Underlying().(*types.Pointer).Elem(), addr.Field)
	case *ssa.Global:
		if addr.Pkg != nil {
			return addr.Pkg.Pkg.Path() + "." + addr.Name()
		}
	}
	return ""
}

// fieldKey names a field of a named struct of the program.
func fieldKey(t types.Type, field int) string {
	named, ok := types.Unalias(t).(*types.Named)
	st, isStruct := t.Underlying().(*types.Struct)
	if !ok || !isStruct || !programInterface(named) {
		return ""
	}
	return TypeID(named.Origin()) + "." + st.Field(field).Name()
}

// funcType names the named function type of a called value.
func funcType(t types.Type) string {
	if named, ok := types.Unalias(t).(*types.Named); ok && programInterface(named) {
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
}

// declaredTypes lists the named types of a package with their methods, for interface calls to which no
// conversion leads.
func declaredTypes(pkg *types.Package) []Type {
	var out []Type
	for named := range plainTypes(pkg) {
		if types.IsInterface(named) {
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
