package compose

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A function value is a function that gets to a place.
type funcValue struct {
	id    string
	bound bool // with its receiver
	fresh bool // gives something new on every call
}

// origins are the concrete types and functions that may get to a place, by all flows that the universe has seen.
type origins struct {
	types []string
	funcs []funcValue
	// whole is set when nothing comes from code that is not seen.
	whole bool
	// places are those on the way, the place itself included.
	places map[string]bool
}

// origins follows the flows that lead to a place backwards.
func (u *Universe) origins(place string) *origins {
	if o, ok := u.arrived[place]; ok {
		return o
	}
	o := &origins{whole: true, places: map[string]bool{}}
	if u.arrived == nil {
		u.arrived = map[string]*origins{}
	}
	u.arrived[place] = o // a method value whose receiver comes from itself
	u.trace(place, o)
	slices.Sort(o.types)
	slices.SortFunc(o.funcs, func(x, y funcValue) int { return strings.Compare(x.id, y.id) })
	return o
}

func (u *Universe) trace(place string, o *origins) {
	if o.places[place] {
		return
	}
	o.places[place] = true
	kind, name := split(place)
	switch kind {
	case 't':
		o.types = append(o.types, name)
		return
	case 'f', 'b', 'u':
		o.funcs = append(o.funcs, funcValue{id: name, bound: kind == 'b', fresh: kind == 'u'})
		return
	case 'm':
		u.traceMethod(name, o)
		return
	}
	from := u.inflow(kind, name, place)
	o.whole = o.whole && len(from) > 0
	for _, f := range from {
		if f == summary.Unknown {
			o.whole = false
			continue
		}
		u.trace(f, o)
	}
}

// traceMethod finds the functions that the method value TYPE:METHOD@PLACE may be.
func (u *Universe) traceMethod(name string, o *origins) {
	method, receiver, _ := strings.Cut(name, "@")
	i := strings.LastIndexByte(method, ':')
	from := u.origins(receiver)
	o.whole = o.whole && from.whole
	maps.Copy(o.places, from.places)
	for _, t := range from.types {
		for _, id := range u.methodsOf(t, method[:i], method[i+1:]) {
			o.funcs = append(o.funcs, funcValue{id: id, bound: true})
		}
	}
}

// split takes a place apart; the kind is 0 for fields, variables and elements.
func split(place string) (kind byte, name string) {
	if len(place) > 2 && place[1] == ':' {
		return place[0], place[2:]
	}
	return 0, place
}

// inflow lists the places from which values get to a place directly.
func (u *Universe) inflow(kind byte, name, place string) []string {
	var out []string
	for _, f := range u.flows[place] {
		out = append(out, f.From)
	}
	switch kind {
	case 'p':
		id, n := numbered(name)
		out = append(out, u.passed(id, n)...)
	case 'r':
		if len(out) == 0 {
			out = u.returned(numbered(name))
		}
	case 'd':
		at, n := numbered(name)
		called := u.origins(at)
		for _, f := range called.funcs {
			out = append(out, summary.Numbered('r', f.id, n))
		}
		if !called.whole {
			out = append(out, summary.Unknown)
		}
	case 'o':
		method, n := numbered(name)
		i := strings.LastIndexByte(method, ':')
		for _, id := range u.implementers(method[:i], method[i+1:]) {
			out = append(out, summary.Numbered('r', id, n))
		}
	}
	return out
}

func numbered(name string) (string, int) {
	i := strings.LastIndexByte(name, ':')
	n, _ := strconv.Atoi(name[i+1:])
	return name[:i], n
}

// passed are the arguments that a function gets by other than direct calls: through interfaces, and, where it is
// used as a value, from anybody.
func (u *Universe) passed(id string, n int) []string {
	if u.calledAs == nil {
		u.findCalledAs()
	}
	var out []string
	for _, method := range u.calledAs[id] {
		for _, f := range u.flows[summary.Numbered('i', method, n)] {
			out = append(out, f.From)
		}
	}
	if u.values[id] {
		out = append(out, summary.Unknown)
	}
	return out
}

// findCalledAs notes which interface methods run a function, and which functions are used as values.
func (u *Universe) findCalledAs() {
	u.calledAs, u.values = map[string][]string{}, map[string]bool{}
	methods := map[string]bool{}
	for to, flows := range u.flows {
		if kind, name := split(to); kind == 'i' {
			method, _ := numbered(name)
			methods[method] = true
		}
		for _, f := range flows {
			if kind, name := split(f.From); kind == 'f' || kind == 'b' {
				u.values[name] = true
			}
		}
	}
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		i := strings.LastIndexByte(method, ':')
		for _, id := range u.implementers(method[:i], method[i+1:]) {
			u.calledAs[id] = append(u.calledAs[id], method)
		}
	}
	for _, s := range u.sealed {
		for _, n := range s.Terms {
			if n.Op == term.Func || n.Op == term.Closure {
				u.values[n.Text] = true
			}
		}
	}
}

// returned reads from a function's Summary what it returns, where its text was not seen.
func (u *Universe) returned(id string, n int) []string {
	s, ok := u.sealed[id]
	if !ok || n >= len(s.Results) {
		return nil
	}
	return s.Origins(s.Results[n])
}

// methodsOf finds the functions that run when a method of a concrete type is called through an interface; several
// where the method is that of an embedded interface.
func (u *Universe) methodsOf(concrete, iface, method string) []string {
	m, ok := u.methodOf(concrete, iface, method)
	if !ok {
		return nil
	}
	rest, promoted := strings.CutPrefix(m.ID, "iface:")
	if !promoted {
		return []string{m.ID}
	}
	i := strings.LastIndexByte(rest, ':')
	return u.running(m.Embedded, rest[:i], rest[i+1:])
}

// running lists the functions that a call of an interface method on the value at a place may run. What gets to the
// place tells, where all of it is seen; else whatever was made the interface counts.
func (u *Universe) running(place, iface, method string) []string {
	key := place + "\x00" + iface + "\x00" + method
	if out, ok := u.run[key]; ok {
		return out
	}
	if u.run == nil {
		u.run = map[string][]string{}
	}
	u.run[key] = nil // a decorator can embed what is kept in itself
	ids, trusted := u.arriving(place, iface, method)
	if !trusted {
		ids = append(ids, u.implementers(iface, method)...)
		slices.Sort(ids)
		ids = slices.Compact(ids)
	}
	u.run[key] = ids
	return ids
}

// arriving lists the functions that run for the types that get to a place; trusted is set when there can be no others.
// That nothing which gets there sends a request is believed only where a program is in view: a library is used by others.
func (u *Universe) arriving(place, iface, method string) (ids []string, trusted bool) {
	if place == "" {
		return nil, false
	}
	o := u.origins(place)
	whole := o.whole
	for _, t := range o.types {
		found := u.methodsOf(t, iface, method)
		whole = whole && len(found) > 0
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if !whole || len(ids) == 0 {
		return ids, false
	}
	return ids, u.program() || slices.ContainsFunc(ids, u.Reaches)
}

// program reports whether the universe holds a whole program.
func (u *Universe) program() bool {
	return u.Whole && slices.ContainsFunc(u.own, func(id string) bool {
		s := u.sealed[id]
		return s.Params == 0 && id == s.Package+".main"
	})
}
