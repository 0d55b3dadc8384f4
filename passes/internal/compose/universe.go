// Package compose puts Summaries together: it follows calls, across packages, interfaces and function
// values, until each function is described by the requests it leads to, and finds which of its writes
// depend on which of its reads.
package compose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Bounds on composition. What they cut off is counted in Universe.Bounds.
const (
	maxItems      = 600   // requests and open calls of one function
	maxCandidates = 6     // implementations that one interface call is taken to reach
	maxDepth      = 40    // calls between a function and a request
	maxTerms      = 60000 // terms that the composition of one function makes
	maxWork       = 50000 // arguments and conditions of events that the composition of one function rewrites
)

// A Universe is what composition can see: the Summaries of functions and the conversions of concrete
// types to interfaces. In a pass that is the package with the facts it imports; in the gate, the module.
type Universe struct {
	Arena    *term.Arena
	sealed   map[string]*summary.Summary
	own      []string
	ifaces   map[string]summary.Type
	types    map[string]summary.Type
	convs    map[string][]summary.Conversion // by interface
	entities map[string][]string             // attributes by struct type
	flows    map[string][]summary.Flow       // by the place they lead to
	bodies   map[string]*Body
	active   map[string]bool
	foreign  map[string]bool // Summaries that came as facts, already composed in their own package
	reaches  map[string]bool
	targets  map[string][]string
	// owned and handlers: see Own and Handlers
	owned, handlers map[string]bool
	// arrived and run keep what origins and running have found; calledAs and values: see passed.
	arrived  map[string]*origins
	run      map[string][]string
	calledAs map[string][]string
	values   map[string]bool
	outflows map[string][]summary.Flow
	methods  map[string][]string // by type
	// Whole is set when nothing will be added: what cannot be followed here, nobody can follow.
	Whole bool
	// Bounds counts what was cut off, by the reason and the function.
	Bounds map[string]int
	// Crashes names functions whose composition failed, with the reason.
	Crashes []string
}

// New returns an empty universe.
func New() *Universe {
	return &Universe{
		Arena: term.NewArena(), sealed: map[string]*summary.Summary{}, ifaces: map[string]summary.Type{}, types: map[string]summary.Type{},
		convs: map[string][]summary.Conversion{}, flows: map[string][]summary.Flow{}, bodies: map[string]*Body{},
		entities: map[string][]string{}, active: map[string]bool{}, foreign: map[string]bool{}, targets: map[string][]string{}, Bounds: map[string]int{},
	}
}

// Add makes a package's Summaries and conversions visible. Its functions are the universe's own: Bodies
// describes them.
func (u *Universe) Add(p *summary.Package) {
	for _, s := range p.Summaries {
		if _, ok := u.sealed[s.ID]; !ok {
			u.own = append(u.own, s.ID)
		}
		u.sealed[s.ID] = s
		delete(u.foreign, s.ID)
	}
	for _, s := range p.Imported {
		u.Import(s)
	}
	u.Link(p)
}

// Link makes a package's types and conversions visible.
func (u *Universe) Link(p *summary.Package) {
	for _, t := range p.Types {
		u.types[t.Name] = t
	}
	for _, t := range p.Interfaces {
		u.ifaces[t.Name] = t
	}
	for _, t := range p.Entities {
		u.entities[t.Name] = t.Attrs
	}
	for _, c := range p.Conversions {
		u.convs[c.To] = append(u.convs[c.To], c)
	}
	for _, s := range p.Summaries {
		u.carry(s.Flows)
	}
	u.carry(p.Flows)
}

func (u *Universe) carry(flows []summary.Flow) {
	for _, f := range flows {
		u.flows[f.To] = append(u.flows[f.To], f)
	}
}

// Import makes the Summary of a function of another package visible.
func (u *Universe) Import(s *summary.Summary) {
	if _, ok := u.sealed[s.ID]; !ok {
		u.sealed[s.ID] = s
		u.foreign[s.ID] = true
		u.carry(s.Flows)
		for _, c := range s.Closures {
			u.Import(c)
		}
	}
}

// Attributes are those under which the fields of a struct type may be stored; ok is false for a type that is not known.
func (u *Universe) Attributes(name string) (attrs []string, ok bool) {
	attrs, ok = u.entities[name]
	return attrs, ok
}

// Function describes a function of the universe; ok is false when it is not known.
func (u *Universe) Function(id string) (f finding.Function, silent, ok bool) {
	s, ok := u.sealed[id]
	if !ok {
		return f, false, false
	}
	return finding.Function{Name: s.Name, File: s.Pos.File, Line: s.Pos.Line, Package: s.Package}, s.Silent, true
}

// Ignores lists the directives that came with the functions of other packages.
func (u *Universe) Ignores() []summary.Directive {
	var out []summary.Directive
	for _, id := range slices.Sorted(maps.Keys(u.foreign)) {
		out = append(out, u.sealed[id].Ignores...)
	}
	return out
}

// Unresolved reports a function that makes calls whose callee only other packages know: through an interface, or of a
// function value.
func (b *Body) Unresolved() bool {
	return slices.ContainsFunc(b.Items, func(it *Item) bool { return it.Kind == summary.Interface || it.Kind == summary.Dynamic })
}

func (u *Universe) cut(format string, args ...any) { u.Bounds[fmt.Sprintf(format, args...)]++ }

// Bodies composes every function of the universe's own packages, in a fixed order.
func (u *Universe) Bodies() []*Body {
	ids := slices.Clone(u.own)
	slices.SortFunc(ids, func(x, y string) int {
		a, b := u.sealed[x], u.sealed[y]
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(x, y))
	})
	var out []*Body
	for _, id := range ids {
		if b := u.Body(id); b != nil {
			out = append(out, b)
		}
	}
	return out
}

// Reaches reports whether a function may send a request, by any call that the universe can resolve.
func (u *Universe) Reaches(id string) bool {
	if u.reaches == nil {
		u.findReaching()
	}
	return u.reaches[id]
}

// findReaching propagates, from the functions that send requests to those that may call them.
func (u *Universe) findReaching() {
	u.reaches = map[string]bool{}
	callers := map[string][]string{}
	var queue []string
	mark := func(id string) {
		if !u.reaches[id] {
			u.reaches[id] = true
			queue = append(queue, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(u.sealed)) {
		s := u.sealed[id]
		for i := range s.Events {
			e := &s.Events[i]
			if e.Op != "" {
				mark(id)
			}
			for _, callee := range u.possible(e) {
				callers[callee] = append(callers[callee], id)
			}
		}
		for _, n := range s.Terms { // functions that are handed on may be called by those who get them
			if n.Op == term.Closure || n.Op == term.Func {
				callers[n.Text] = append(callers[n.Text], id)
			}
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, c := range callers[id] {
			mark(c)
		}
	}
}

// possible lists the functions that an event may call, by types alone.
func (u *Universe) possible(e *summary.Event) []string {
	switch e.Kind {
	case summary.Static:
		return []string{e.Callee}
	case summary.Interface:
		out := u.implementers(e.Iface, e.Method)
		if e.Key != "" {
			for _, t := range u.origins(e.Key).types {
				if m, ok := u.methodOf(t, e.Iface, e.Method); ok {
					out = append(slices.Clip(out), m.ID)
				}
			}
		}
		return out
	case summary.Dynamic:
		var out []string
		for _, f := range u.kept(e) {
			out = append(out, f.id)
		}
		return out
	}
	return nil
}

// kept lists the functions that a called function value may be: those that get to the place it was read from, or else
// those that became its named type.
func (u *Universe) kept(e *summary.Event) []funcValue {
	if e.Key != "" {
		if o := u.origins(e.Key); len(o.funcs) > 0 {
			return o.funcs
		}
	}
	if e.Iface == "" {
		return nil
	}
	return u.origins(summary.Place('n', e.Iface)).funcs
}

// wraps reports a function that itself calls what e calls: a decorator or middleware.
func (u *Universe) wraps(id string, e *summary.Event) bool {
	s, ok := u.sealed[id]
	return ok && slices.ContainsFunc(s.Events, func(in summary.Event) bool {
		return in.Kind == summary.Dynamic && (in.Key == e.Key && e.Key != "" || in.Iface == e.Iface && e.Iface != "")
	})
}

// implementers lists the functions that a call of method through iface may run: those of the types that
// were converted to it, directly or by way of another interface; where there are none, those of every
// type of the universe that implements it.
func (u *Universe) implementers(iface, method string) []string {
	key := iface + "\x00" + method
	if out, ok := u.targets[key]; ok {
		return out
	}
	u.targets[key] = nil // interfaces can convert to each other in a circle
	found := map[string]bool{}
	u.converted(iface, method, found, map[string]bool{})
	if len(found) == 0 {
		u.implementing(iface, method, found)
	}
	out := slices.Sorted(maps.Keys(found))
	u.targets[key] = out
	return out
}

func (u *Universe) converted(iface, method string, found, seen map[string]bool) {
	if seen[iface] {
		return
	}
	seen[iface] = true
	for _, c := range u.convs[iface] {
		if len(c.Methods) == 0 {
			u.converted(c.From, method, found, seen)
			continue
		}
		for _, m := range c.Methods {
			if m.Name == method {
				u.addTarget(m.ID, found, seen)
			}
		}
	}
}

// addTarget adds a function, or, for a method promoted from an embedded interface, that interface's.
func (u *Universe) addTarget(id string, found, seen map[string]bool) {
	rest, promoted := strings.CutPrefix(id, "iface:")
	if !promoted {
		found[id] = true
		return
	}
	i := strings.LastIndex(rest, ":")
	inner := map[string]bool{}
	u.converted(rest[:i], rest[i+1:], inner, seen)
	if len(inner) == 0 {
		u.implementing(rest[:i], rest[i+1:], inner)
	}
	maps.Copy(found, inner)
}

// implementing adds the methods of all types that have every method of the interface.
func (u *Universe) implementing(iface, method string, found map[string]bool) {
	want, ok := u.ifaces[iface]
	if !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(u.types)) {
		have := map[string]summary.Method{}
		for _, m := range u.types[name].Methods {
			have[m.Name] = m
		}
		if implementsAll(want, have) && !strings.HasPrefix(have[method].ID, "iface:") {
			found[have[method].ID] = true
		}
	}
}

func implementsAll(want summary.Type, have map[string]summary.Method) bool {
	for _, m := range want.Methods {
		if h, ok := have[m.Name]; !ok || h.Signature != m.Signature {
			return false
		}
	}
	return len(want.Methods) > 0
}

// methodOf finds the method of a concrete type, by the conversions and declared types that name it.
func (u *Universe) methodOf(concrete, iface, method string) (summary.Method, bool) {
	for _, c := range u.convs[iface] {
		if c.From == concrete {
			for _, m := range c.Methods {
				if m.Name == method {
					return m, true
				}
			}
		}
	}
	for _, m := range u.types[concrete].Methods {
		if m.Name == method {
			return m, true
		}
	}
	for _, id := range []string{"(*" + concrete + ")." + method, "(" + concrete + ")." + method} {
		if _, ok := u.sealed[id]; ok {
			return summary.Method{Name: method, ID: id}, true
		}
	}
	return summary.Method{}, false
}

// reads and writes of an operation by its name.
func reads(op string) bool  { o, ok := dynamo.ByName(op); return ok && o.Reads }
func writes(op string) bool { o, ok := dynamo.ByName(op); return ok && o.Writes }
