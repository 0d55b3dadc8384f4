package compose

import (
	"maps"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// A Wiring is a function of another package that makes calls which only this package can resolve, by the
// types that it converts and the functions that it hands over.
type Wiring struct {
	Body *Body
	// Pos is the place of the conversion.
	Pos finding.Pos
}

// A wire is a place of a package at which it brings in a type or a function of its own or of another package.
type wire struct {
	to     string // the interface or the place, see summary.Flow, that it gets to
	pos    finding.Pos
	writes bool // runs a function that writes itself, rather than calling on
}

// Wired composes the imported functions that make calls which package p resolves. Each is reported where p brings in what
// writes: that is what a reader has to look at.
func (u *Universe) Wired(p *summary.Package) []Wiring {
	wires := u.wires(p)
	if len(wires) == 0 {
		return nil
	}
	var out []Wiring
	for _, id := range slices.Sorted(maps.Keys(u.foreign)) {
		waits := map[string]bool{}
		u.waitsFor(id, waits, map[string]bool{})
		var found *wire
		for i := range wires {
			w := &wires[i]
			if waits[w.to] && (found == nil || w.writes && !found.writes) {
				found = w
			}
		}
		if found == nil {
			continue
		}
		if b := u.Body(id); b != nil {
			out = append(out, Wiring{b, found.pos})
		}
	}
	return out
}

// wires lists the wires of p in the order of the source.
func (u *Universe) wires(p *summary.Package) []wire {
	var out []wire
	for _, c := range p.Conversions {
		w := wire{to: c.To, pos: c.Pos}
		for _, m := range c.Methods {
			w.writes = w.writes || u.writes(m.ID)
		}
		out = append(out, w)
	}
	visit := func(flows []summary.Flow) {
		for _, f := range flows {
			if u.bringsIn(f.From) {
				out = append(out, wire{f.To, f.Pos, slices.ContainsFunc(u.runs(f.From), u.writes)})
			}
		}
	}
	for _, s := range p.Summaries {
		visit(s.Flows)
	}
	visit(p.Flows)
	slices.SortStableFunc(out, func(x, y wire) int {
		switch {
		case x.pos.Before(y.pos):
			return -1
		case y.pos.Before(x.pos):
			return 1
		}
		return strings.Compare(x.to, y.to)
	})
	return out
}

// bringsIn tells whether a place names a type or function, or is the result of a function of another package.
func (u *Universe) bringsIn(place string) bool {
	switch kind, name := split(place); kind {
	case 't', 'f', 'b':
		return true
	case 'r':
		id, _ := numbered(name)
		return u.foreign[id]
	}
	return false
}

// runs lists the functions that are at a place, and the methods of the types that are.
func (u *Universe) runs(place string) []string {
	var out []string
	o := u.origins(place)
	for _, f := range o.funcs {
		out = append(out, f.id)
	}
	if u.methods == nil {
		u.methods = map[string][]string{}
		for id := range u.sealed {
			if t, _, ok := strings.Cut(strings.TrimPrefix(id, "("), ")."); ok && id[0] == '(' {
				t = strings.TrimPrefix(t, "*")
				u.methods[t] = append(u.methods[t], id)
			}
		}
	}
	for _, t := range o.types {
		out = append(out, u.methods[t]...)
	}
	return out
}

// waitsFor adds the interfaces and places that decide what the open calls of a function run, and those of what they run.
func (u *Universe) waitsFor(id string, out, seen map[string]bool) {
	s := u.sealed[id]
	if s == nil || seen[id] {
		return
	}
	seen[id] = true
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Kind == summary.Interface:
			out[e.Iface] = true
		case e.Kind != summary.Dynamic:
			continue
		case e.Iface != "":
			out[summary.Place('n', e.Iface)] = true
		}
		if e.Key != "" {
			maps.Copy(out, u.origins(e.Key).places)
		}
		for _, callee := range u.possible(e) {
			u.waitsFor(callee, out, seen)
		}
	}
}

// writes reports a function that is known to send a write.
func (u *Universe) writes(id string) bool {
	s, ok := u.sealed[id]
	return ok && slices.ContainsFunc(s.Events, func(e summary.Event) bool { return e.Kind == summary.Request && writes(e.Op) })
}
