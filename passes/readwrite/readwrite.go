// Package readwrite holds the checks for a write that depends on an earlier read while nothing makes
// DynamoDB check that the read is still true: lost updates, check-then-act races, phantoms, write skew.
package readwrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

// A Check is one check of the family.
type Check struct {
	report.Check
	// message says in one line, without the check's name, what is wrong; nil for a check that is no hazard of a pair.
	message func(story) string
}

// valueFix is what the fix of a value that is stored as it was read does, whatever condition there is already.
const valueFix = "lets DynamoDB add what the code adds; otherwise makes the condition demand what was read: the attributes that the write depends on, where they are at hand, or a version of the item, which is added where there is none; or sets only what the request changes"

// Checks are all checks of the family, in the order of DESIGN's table.
func Checks() []Check {
	return []Check{lostUpdate, weakGuard, checkThenAct, phantomRead, writeSkew, readback}
}

// Find reports the hazards of the bodies, each once, in the order of the bodies.
func Find(u *compose.Universe, bodies []*compose.Body) []finding.Finding {
	var out []finding.Finding
	census := guard.TakeCensus(u, bodies)
	for _, b := range bodies {
		if b.Silent {
			continue
		}
		for _, f := range InBody(u, b, census) {
			if !slices.ContainsFunc(out, func(g finding.Finding) bool { return same(f, g) }) {
				out = append(out, f)
			}
		}
	}
	return append(out, readBacks(u, bodies)...)
}

// same reports that two findings are one: a function at fault that several others lead to.
func same(f, g finding.Finding) bool {
	return f.Check == g.Check && f.Pos.File == g.Pos.File && f.Pos.Line == g.Pos.Line && f.Function == g.Function &&
		f.Writes[0].File == g.Writes[0].File && f.Writes[0].Line == g.Writes[0].Line &&
		f.Reads[0].File == g.Reads[0].File && f.Reads[0].Line == g.Reads[0].Line
}

// atFault moves a finding to the function at fault: where read and write come by the same calls from the
// body, which only supplies what that function was given, they meet in the last of the functions called. A
// body that has passed a closure of its own down is at fault itself.
func atFault(u *compose.Universe, b *compose.Body, f *finding.Finding, h guard.Hazard) {
	read, write := h.Read.Item, h.Write.Item
	shared := 0
	for shared < min(len(read.Via), len(write.Via)) && read.Via[shared] == write.Via[shared] {
		shared++
	}
	if shared == 0 || !read.Here && !write.Here || ownClosure(b, read, shared) || ownClosure(b, write, shared) {
		return
	}
	fn, silent, ok := u.Function(write.Via[shared-1].ID)
	if !ok || silent {
		return
	}
	f.Function = fn
	f.Pos = write.Pos
	if shared < len(write.Via) {
		f.Pos = finding.Pos{File: write.Via[shared].File, Line: write.Via[shared].Line}
	}
	cutVia(f.Writes, write.Via[:shared])
	cutVia(f.Reads, write.Via[:shared])
}

// cutVia leaves out the calls that lead to the function at fault: whoever makes them, it is the same finding.
func cutVia(accesses []finding.Access, shared []finding.Frame) {
	for i := range accesses {
		a := &accesses[i]
		if len(a.Via) >= len(shared) && slices.Equal(a.Via[:len(shared)], shared) {
			a.Via = a.Via[len(shared):]
		}
	}
}

// InBody reports the hazards of one body: for each place that leads to a write, the strongest, and what another list
// decides beside that. A read of a
// table that is not among those that the census shows is one of configuration, which no skew concerns.
func InBody(u *compose.Universe, b *compose.Body, census *guard.Census) []finding.Finding {
	var out []finding.Finding
	hazards := slices.DeleteFunc(guard.Hazards(u, b), func(h guard.Hazard) bool {
		table := access.TableWords(u.Arena, h.Read.Table)
		return h.Check == guard.WriteSkew && table != "" && !census.Tables[table]
	})
	for _, group := range grouped(hazards) {
		if group[0].BatchValue() {
			continue // package batchwrite has more to say of it
		}
		check, _ := Named(group[0].Check)
		out = append(out, Build(u, b, group, check.Check, check.message(tell(group[0]))+others(census, group[0])))
	}
	report.Number(out)
	return out
}

// Groups are the hazards of one body: for each place that leads to a write those of the strongest check.
func Groups(u *compose.Universe, b *compose.Body) [][]guard.Hazard {
	return grouped(guard.Hazards(u, b))
}

// rank orders checks: what is lost for certain comes before what may go wrong.
var rank = map[string]int{guard.LostUpdate: 0, guard.WeakGuard: 1, guard.CheckThenAct: 2, guard.PhantomRead: 3, guard.WriteSkew: 4}

// grouped puts the hazards of one write together and keeps those of the strongest check. A limit or a name that was looked
// up in a list is another bug than an update that gets lost, and takes another fix, so it is told besides.
func grouped(hazards []guard.Hazard) [][]guard.Hazard {
	type place struct {
		file      string
		line, col int
		root      int
	}
	var order []place
	groups := map[place][]guard.Hazard{}
	for _, h := range hazards {
		if h.Write.Item.Silent {
			continue
		}
		p := place{h.Write.Item.Pos.File, h.Write.Item.Pos.Line, h.Write.Item.Pos.Col, h.Write.Item.Root}
		if _, ok := groups[p]; !ok {
			order = append(order, p)
		}
		groups[p] = append(groups[p], h)
	}
	var out [][]guard.Hazard
	for _, p := range order {
		g := groups[p]
		slices.SortStableFunc(g, func(x, y guard.Hazard) int { return rank[x.Check] - rank[y.Check] })
		out = append(out, only(g, func(h guard.Hazard) bool { return h.Check == g[0].Check }))
		if g[0].Check == guard.PhantomRead {
			continue
		}
		if hidden := only(g, func(h guard.Hazard) bool { return h.Check == guard.PhantomRead && !reads(out[len(out)-1], h.Read) }); len(hidden) > 0 {
			out = append(out, hidden)
		}
	}
	return out
}

func only(hazards []guard.Hazard, which func(guard.Hazard) bool) []guard.Hazard {
	return slices.DeleteFunc(slices.Clone(hazards), func(h guard.Hazard) bool { return !which(h) })
}

// reads tells whether hazards are of a read that is made at the same place.
func reads(hazards []guard.Hazard, r *access.Access) bool {
	return slices.ContainsFunc(hazards, func(h guard.Hazard) bool { return h.Read.Item.Pos == r.Item.Pos })
}

// A story is what the messages are made of.
type story struct {
	read, write   *access.Access
	readIn, wrote string // the operations with the functions they stand in
	attrs         string // what the write depends on
	deps          []guard.Dep
	guard         string
}

// Build makes the finding of one group for a check, which may be another family's; message is without its name.
func Build(u *compose.Universe, b *compose.Body, group []guard.Hazard, check report.Check, message string) finding.Finding {
	h := group[0]
	f := check.Finding(confidence(h), message, b.RootPos[h.Write.Item.Root], b.Summary, schedule(tell(h))...)
	f.From = f.Pos
	f.Writes = append(f.Writes, report.Access(u, h.Write))
	for _, g := range group {
		if a := report.Access(u, g.Read); !slices.ContainsFunc(f.Reads, func(x finding.Access) bool { return x.File == a.File && x.Line == a.Line && x.Col == a.Col }) {
			f.Reads = append(f.Reads, a)
		}
		read := slices.IndexFunc(f.Reads, func(x finding.Access) bool {
			return x.File == g.Read.Item.Pos.File && x.Line == g.Read.Item.Pos.Line && x.Col == g.Read.Item.Pos.Col
		})
		for _, d := range g.Deps {
			f.Needs = append(f.Needs, d.Need(read))
			on, kind := d.Words()
			if dep := (finding.Dependence{On: on, Kind: kind}); !slices.Contains(f.Depends, dep) {
				f.Depends = append(f.Depends, dep)
			}
		}
	}
	atFault(u, b, &f, h)
	return f
}

// ownClosure reports an item that is reached, after the shared calls, through a closure of the body.
func ownClosure(b *compose.Body, it *compose.Item, shared int) bool {
	return shared < len(it.Via) && strings.HasPrefix(it.Via[shared].ID, b.ID+"$")
}

// Named returns a check by its name.
func Named(name string) (Check, bool) {
	for _, c := range Checks() {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
}

func confidence(h guard.Hazard) string {
	if h.Relation == guard.Same {
		return finding.High
	}
	return finding.Medium
}

func tell(h guard.Hazard) story {
	s := story{read: h.Read, write: h.Write, deps: h.Deps, guard: access.GuardWords(h.Write)}
	s.readIn, s.wrote = report.Within(h.Read.Op, h.Read.Item), report.Within(h.Write.Op, h.Write.Item)
	s.attrs = attributes(h.Deps)
	return s
}

// attributes lists what of the read the write depends on, shortly.
func attributes(deps []guard.Dep) string {
	var names []string
	for _, d := range deps {
		on, _ := d.Words()
		if !slices.Contains(names, on) {
			names = append(names, on)
		}
	}
	switch {
	case slices.Contains(names, "item"), len(names) == 0:
		return "the item"
	case len(names) > 3:
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}

// schedule is the interleaving of two clients that breaks the data.
func schedule(s story) []finding.Step {
	return []finding.Step{
		{Client: "A", Does: s.readIn + " reads " + s.attrs},
		{Client: "B", Does: s.readIn + " reads the same"},
		{Client: "B", Does: s.wrote + " succeeds"},
		{Client: "A", Does: s.wrote + " succeeds too: its read is no longer true, and nothing checks that"},
	}
}
