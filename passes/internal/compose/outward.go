package compose

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// outward are, by exported function, the flows that other packages need to know: from its parameters, and from fields and
// variables, to fields, variables and other packages' parameters. What lies between in this package is left out, and so is
// what the package itself brings in: that was resolved here.
func (u *Universe) outward() map[string][]summary.Flow {
	if u.outflows != nil {
		return u.outflows
	}
	u.outflows = map[string][]summary.Flow{}
	for _, id := range u.own {
		for _, f := range u.sealed[id].Flows {
			if u.state(f.To) || f.To[0] == 'v' {
				u.leadTo(f, around(id), f.From, map[string]bool{})
			}
		}
	}
	for id, flows := range u.outflows {
		slices.SortFunc(flows, func(x, y summary.Flow) int {
			return strings.Compare(x.To+"\x00"+x.From, y.To+"\x00"+y.From)
		})
		u.outflows[id] = slices.CompactFunc(flows, func(x, y summary.Flow) bool { return x.From == y.From && x.To == y.To })
	}
	return u.outflows
}

// around is the declared function in which a closure stands.
func around(id string) string {
	declared, _, _ := strings.Cut(id, "$")
	return declared
}

// state reports a place that functions of several packages may write or read: a field, a variable, elements, what
// becomes a function type, and parameters of other packages' functions.
func (u *Universe) state(place string) bool {
	switch kind, name := split(place); kind {
	case 0, 'n':
		return place != summary.Unknown
	case 'p':
		id, _ := numbered(name)
		return u.foreign[id]
	}
	return false
}

// leadTo walks from a place backwards through the package and notes what leads to the end of f.
func (u *Universe) leadTo(f summary.Flow, in, from string, seen map[string]bool) {
	if seen[from] {
		return
	}
	seen[from] = true
	if u.state(from) {
		f.From = from
		u.outflows[in] = append(u.outflows[in], f)
		return
	}
	kind, name := split(from)
	if kind == 'p' {
		if id, _ := numbered(name); !strings.Contains(id, "$") {
			f.From = from
			u.outflows[id] = append(u.outflows[id], f)
		}
	}
	if kind == 'p' || kind == 'r' || kind == 'v' || kind == 's' {
		for _, g := range u.flows[from] {
			u.leadTo(f, in, g.From, seen)
		}
	}
}
