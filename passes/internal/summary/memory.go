package summary

import (
	"maps"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// memory maps what a pointer, map or slice stands for to its present content. A root without an entry
// still has the content it came with: the zero value for an allocation, the term itself for anything
// that came from outside.
type memory map[term.Ref]term.Ref

// An address is a place in memory: a path of parts inside a root.
type address struct {
	root term.Ref
	path []string
}

func (a address) child(name string) address {
	return address{a.root, append(slices.Clip(a.path), name)}
}

// content is what root holds now.
func (b *builder) content(root term.Ref) term.Ref {
	if v, ok := b.mem[root]; ok {
		return v
	}
	if b.a.Op(root) == term.Alloc {
		return b.a.ZeroValue()
	}
	return root
}

// deref follows a pointer to the content it stands for.
func (b *builder) deref(r term.Ref) term.Ref {
	if _, ok := b.mem[r]; ok || b.a.Op(r) == term.Alloc {
		return b.content(r)
	}
	n := b.a.Node(r)
	if n.Op == term.Iface {
		n.Args = []term.Ref{b.deref(n.Args[0])}
		return b.a.Intern(n)
	}
	if n.Op != term.Alt || !b.holdsRoot(n) {
		return r
	}
	args := slices.Clone(n.Args)
	for i := 1; i < len(args); i += 2 {
		args[i] = b.deref(args[i])
	}
	return b.a.Alt(args...)
}

func (b *builder) holdsRoot(alt term.Node) bool {
	for i := 1; i < len(alt.Args); i += 2 {
		if _, ok := b.mem[alt.Args[i]]; ok || b.a.Op(alt.Args[i]) == term.Alloc {
			return true
		}
	}
	return false
}

// load reads a place.
func (b *builder) load(at address) term.Ref {
	v := b.deref(at.root)
	for i, name := range at.path {
		if i > 0 {
			v = b.deref(v)
		}
		v = b.a.Field(v, name)
	}
	return v
}

// store writes a place. Through a pointer that may be one of several, each of them may have changed.
func (b *builder) store(at address, v term.Ref) {
	n := b.a.Node(at.root)
	if n.Op == term.Alt {
		for i := 1; i < len(n.Args); i += 2 {
			root := n.Args[i]
			old := b.content(root)
			b.mem[root] = b.a.Alt(term.None, old, term.None, b.replace(old, at.path, v))
		}
		return
	}
	b.mem[at.root] = b.replace(b.content(at.root), at.path, v)
}

// replace gives whole with the part at path set to v. Elements at an unknown index keep what they had
// as one possibility.
func (b *builder) replace(whole term.Ref, path []string, v term.Ref) term.Ref {
	if len(path) == 0 {
		return v
	}
	old := b.a.Field(b.deref(whole), path[0])
	part := b.replace(old, path[1:], v)
	if path[0] == term.AnyElem && b.a.Op(old) != term.Zero {
		part = b.a.Alt(term.None, old, term.None, part)
	}
	return b.a.With(b.deref(whole), path[0], part)
}

// resolve replaces every pointer in r by what it points to at this moment, so that the term can leave
// the function's memory.
func (b *builder) resolve(r term.Ref) term.Ref {
	w := &resolution{b: b, active: map[term.Ref]bool{}, done: map[term.Ref]term.Ref{}, here: map[term.Ref]term.Ref{}, left: maxVisits}
	if b.visits > maxVisitsInAll {
		w.left = fewVisits
	}
	out := w.visit(r)
	b.visits += maxVisits - w.left
	return out
}

// Values that point to each other in many ways (a logger, a client and a context that were each given the others) can be
// gone through in more ways than there is time for. What is pointed to by then is made in an unknown way.
const (
	maxVisits      = 20_000    // of one resolve
	fewVisits      = 500       // of one resolve, once a function has had
	maxVisitsInAll = 2_000_000 // in all of its resolves
)

// A resolution is the walk of one resolve. Terms share their parts, so each is gone through once: for good, or,
// where it leads back into something that is being resolved, for as long as that is.
type resolution struct {
	b      *builder
	active map[term.Ref]bool
	done   map[term.Ref]term.Ref
	here   map[term.Ref]term.Ref
	cycles int
	left   int // how many more terms may be gone through
}

func (w *resolution) visit(r term.Ref) term.Ref {
	if out, ok := w.done[r]; ok {
		return out
	}
	if out, ok := w.here[r]; ok && !w.active[r] {
		w.cycles++ // what is made of it holds for as long as it does
		return out
	}
	if w.left--; w.left < 0 {
		w.cycles++
		return w.b.a.Mix()
	}
	before := w.cycles
	out := w.resolve(r)
	if w.cycles == before {
		w.done[r] = out
	} else if !w.active[r] {
		w.here[r] = out
	}
	return out
}

func (w *resolution) resolve(r term.Ref) term.Ref {
	b := w.b
	v, changed := b.mem[r]
	isAlloc := b.a.Op(r) == term.Alloc
	switch {
	case !changed && !isAlloc:
		return w.parts(r)
	case w.active[r]:
		w.cycles++
		if isAlloc {
			return b.a.Mix()
		}
		return r
	case !changed:
		return b.a.Object(term.None, nil, nil)
	}
	outer := w.here
	w.active[r], w.here = true, map[term.Ref]term.Ref{}
	out := w.visit(v)
	delete(w.active, r)
	w.here = outer
	if isAlloc && b.composite[r] {
		return b.pointedTo(out)
	}
	return out
}

// pointedTo is the content of a struct or array that a pointer leads to: without any part yet it is empty, where a pointer
// to nothing would be nil.
func (b *builder) pointedTo(content term.Ref) term.Ref {
	n := b.a.Node(content)
	switch n.Op {
	case term.Zero:
		return b.a.Object(term.None, nil, nil)
	case term.Alt:
		args := slices.Clone(n.Args)
		for i := 1; i < len(args); i += 2 {
			args[i] = b.pointedTo(args[i])
		}
		return b.a.Alt(args...)
	}
	return content
}

// parts resolves what a term is made of. Parts of values that were read before a change must stay as they were
// read: only pointers that are carried along are followed, allocations always.
func (w *resolution) parts(r term.Ref) term.Ref {
	b := w.b
	n := b.a.Node(r)
	switch n.Op {
	case term.Obj, term.Alt, term.Closure, term.Iface, term.Mix, term.Concat, term.Field, term.Call, term.Bin, term.Un, term.Cond, term.And, term.After, term.AfterFree:
	default:
		return r
	}
	if !b.a.Open(r) {
		return r
	}
	follow := n.Op == term.Obj || n.Op == term.Alt || n.Op == term.Closure || n.Op == term.Iface
	args := slices.Clone(n.Args)
	for i, x := range args {
		switch {
		case x == term.None, n.Op == term.Obj && i == 0 && !b.hasAlloc(x), n.Op == term.Alt && i%2 == 0:
		case follow || b.a.Op(x) == term.Alloc, b.hasAlloc(x):
			args[i] = w.visit(x)
		}
	}
	n.Args = args
	return b.a.Rebuild(n)
}

// hasAlloc reports whether an allocation is mentioned anywhere in r.
func (b *builder) hasAlloc(r term.Ref) bool {
	if v, ok := b.allocIn[r]; ok {
		return v
	}
	n := b.a.Node(r)
	found := n.Op == term.Alloc
	for _, x := range n.Args {
		if found {
			break
		}
		found = x != term.None && b.a.Open(x) && b.hasAlloc(x)
	}
	b.allocIn[r] = found
	return found
}

// join merges the memories with which the predecessors of a block end.
func (b *builder) join(edges []edge) memory {
	switch len(edges) {
	case 0:
		return memory{}
	case 1:
		return maps.Clone(edges[0].mem)
	}
	roots := map[term.Ref]bool{}
	for _, e := range edges {
		for r := range e.mem {
			roots[r] = true
		}
	}
	out := memory{}
	for _, r := range slices.Sorted(maps.Keys(roots)) {
		var pairs []term.Ref
		for _, e := range edges {
			v, ok := e.mem[r]
			if !ok {
				if b.a.Op(r) == term.Alloc {
					continue // not yet allocated on that way
				}
				v = r
			}
			pairs = append(pairs, e.guard, v)
		}
		if len(pairs) > 0 {
			out[r] = b.a.Alt(pairs...)
		}
	}
	return out
}

// An edge is one way into a block.
type edge struct {
	mem   memory
	guard term.Ref
}
