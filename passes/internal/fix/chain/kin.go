package chain

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Methods of one name and signature need not have to do with each other: two stores that both have Delete(ctx, id) are
// told apart by their other methods. A twin goes to the interface of the call, to what implements it, and to interfaces that
// are given where it is asked for.

// kin are the interfaces of which a twin is added, and the methods that need one.
type kin struct {
	src  *syntax.Source
	name string
	// wanted are the methods of the interfaces, declared the places of those that need a twin.
	wanted   []methodSet
	declared map[string]bool
}

// A methodSet holds the methods of a type by their names; generic is set where the signatures of an instance differ.
type methodSet struct {
	methods map[string]*types.Func
	generic bool
}

// kinOf finds what has to have the twin of a link that is called through an interface.
func kinOf(src *syntax.Source, l *Link) *kin {
	k := &kin{src: src, name: l.Fn.Name(), declared: map[string]bool{}}
	recv := l.Called.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) {
		return k
	}
	k.wanted = append(k.wanted, methodsOf(recv.Type()))
	all := declaredTypes(src)
	for before := -1; before != len(k.declared); {
		before = len(k.declared)
		for _, t := range all {
			if m := methodsOf(t); k.has(m) {
				k.mark(m.methods[k.name])
			}
		}
	}
	return k
}

// mark adds a method where it is declared: a struct may have it from one that is embedded, and an interface from another one,
// which then is asked for as well.
func (k *kin) mark(fn *types.Func) {
	if fn == nil || k.holds(fn.Origin()) {
		return
	}
	k.declared[k.src.Fset.Position(fn.Origin().Pos()).String()] = true
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		k.wanted = append(k.wanted, methodsOf(recv.Type()))
	}
}

// has reports a method set that holds all of an interface.
func (k *kin) has(m methodSet) bool {
	for _, w := range k.wanted {
		all := true
		for name, fn := range w.methods {
			got := m.methods[name]
			all = all && got != nil && (m.generic || w.generic || syntax.Shape(got.Signature()) == syntax.Shape(fn.Signature()))
		}
		if all {
			return true
		}
	}
	return false
}

// holds reports a method that is declared at a place and needs a twin.
func (k *kin) holds(obj *types.Func) bool {
	return k.declared[k.src.Fset.Position(obj.Pos()).String()]
}

// declaredTypes lists the named types of the source, and the interfaces without a name.
func declaredTypes(src *syntax.Source) []types.Type {
	var all []types.Type
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if obj, ok := s.Info.Defs[n.Name].(*types.TypeName); ok && !obj.IsAlias() {
					all = append(all, obj.Type())
				}
			case *ast.InterfaceType:
				if t := s.Info.TypeOf(n); t != nil {
					all = append(all, t)
				}
			}
			return true
		})
	}
	return all
}

// methodsOf gives the methods of a type, or of a pointer to it.
func methodsOf(t types.Type) methodSet {
	m := methodSet{methods: map[string]*types.Func{}}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		m.generic = n.TypeParams().Len() > 0 || n.TypeArgs().Len() > 0
	}
	if !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		if fn, ok := set.At(i).Obj().(*types.Func); ok {
			m.methods[fn.Name()] = fn
		}
	}
	return m
}
