package summary

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// unseen is a call of a function whose body is not analysed: its results, and what its pointer arguments
// point to, may be made of anything it was given; functions among its arguments may be called.
func (b *builder) unseen(i ssa.CallInstruction, name string, values []ssa.Value) {
	b.external(i)
	args := b.resolveAll(values)
	b.give(i, b.unseenResults(i, name, args, 0))
	for k, v := range slices.Concat(values, scanned(name, values)) {
		if !fillable(v.Type()) && !filledBehind(v) {
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

// scanned are the values behind the ...any of fmt.Sscanf and its kin, by which they return what they find.
func scanned(name string, values []ssa.Value) []ssa.Value {
	if len(values) == 0 || !strings.Contains(strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]), "scan") {
		return nil
	}
	list, ok := values[len(values)-1].(*ssa.Slice)
	if !ok {
		return nil
	}
	array, ok := list.X.(*ssa.Alloc)
	if !ok || array.Comment != "varargs" {
		return nil
	}
	var out []ssa.Value
	for _, at := range *array.Referrers() {
		place, ok := at.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, use := range *place.Referrers() {
			store, ok := use.(*ssa.Store)
			if !ok || store.Addr != place {
				continue
			}
			if made, ok := store.Val.(*ssa.MakeInterface); ok && fillable(made.X.Type()) && mutable(made.X.Type()) {
				out = append(out, made)
			}
		}
	}
	return out
}

// filledBehind reports something fillable that is handed over as an interface with methods, as claims of a token are.
func filledBehind(v ssa.Value) bool {
	made, ok := v.(*ssa.MakeInterface)
	return ok && fillable(made.X.Type()) && mutable(made.X.Type())
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
