package compose

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A target is a function that a call runs, with what it needs besides the call's arguments.
type target struct {
	id    string
	free  []term.Ref // captured variables
	bound []term.Ref // the receiver of a method value
	fresh bool       // gives something new on every call
}

// targets lists the functions that an event may run; complete is set when no caller can know better.
func (x *expansion) targets(it *Item) (out []target, complete bool) {
	switch it.Kind {
	case summary.Static:
		return []target{{id: it.Callee}}, true
	case summary.Interface:
		return x.interfaceTargets(it)
	case summary.Dynamic:
		return x.dynamicTargets(it)
	}
	return nil, true
}

// interfaceTargets resolves a call through an interface by the concrete types of the receiver, where they are
// known, else by the types that get there.
func (x *expansion) interfaceTargets(it *Item) ([]target, bool) {
	ids, known := x.implementations(it)
	var reaching []string
	for _, id := range ids {
		if x.u.Reaches(id) && !x.u.active[id] {
			reaching = append(reaching, id)
		}
	}
	if len(reaching) > maxCandidates {
		x.u.cut("%s: more than %d implementations of %s", x.local.Name, maxCandidates, it.Name)
		reaching = reaching[:maxCandidates]
	}
	if len(reaching) == 0 && len(ids) <= maxCandidates && (known || x.u.Whole || x.u.pure(ids)) {
		reaching = ids // none sends a request, but their results say what flows through
	}
	var out []target
	for _, id := range reaching {
		out = append(out, target{id: id})
	}
	// With everything in view, a call that reaches no request is of no concern to any caller either.
	return out, known || x.u.Whole
}

// pure reports functions that do nothing but make a result that is not kept in their receiver, as clocks and makers of
// identifiers do: in a pass others, an in-memory table say, may have siblings that are not seen.
func (u *Universe) pure(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		b := u.Body(id)
		return b == nil || len(b.Items)+len(b.Outs) > 0 || slices.ContainsFunc(b.Results, u.Arena.Open)
	})
}

// implementations lists the functions that an interface call may run; known is set when the receiver itself tells.
func (x *expansion) implementations(it *Item) (ids []string, known bool) {
	types, all := concretes(x.u.Arena, it.Args[0])
	for _, t := range types {
		ids = append(ids, x.u.methodsOf(t, it.Iface, it.Method)...)
	}
	if len(ids) > 0 && all {
		return ids, true
	}
	ids = append(ids, x.u.running(it.Key, it.Iface, it.Method)...)
	slices.Sort(ids)
	return slices.Compact(ids), false
}

// concretes lists the concrete types that a receiver has, on one way or another; all is set when they are all.
func concretes(a *term.Arena, r term.Ref) (types []string, all bool) {
	switch n := a.Node(r); n.Op {
	case term.Iface:
		return []string{n.Text}, true
	case term.Zero:
		return nil, true // nil: the call does not happen
	case term.Alt:
		all = true
		for i := 1; i < len(n.Args); i += 2 {
			t, whole := concretes(a, n.Args[i])
			types, all = append(types, t...), all && whole
		}
		return types, all
	case term.After, term.AfterFree:
		return concretes(a, n.Args[0])
	}
	return nil, false
}

// dynamicTargets resolves a call of a function value by the value, else by where the value was kept.
func (x *expansion) dynamicTargets(it *Item) ([]target, bool) {
	if out := x.functionsIn(it.Func); len(out) > 0 {
		return out, true
	}
	return x.keptTargets(it), false
}

// maxKept bounds the functions that a call of a kept function value is taken to reach: a table of handlers says nothing.
const maxKept = 3

// keptTargets are the functions that were stored where the called value was read from: those that may send
// requests, or all of them when none does.
func (x *expansion) keptTargets(it *Item) []target {
	var reaching, all []target
	for _, f := range x.u.kept(&it.Event) {
		t := target{id: f.id, fresh: f.fresh}
		if f.bound {
			t.bound = []term.Ref{x.u.Arena.Mix(it.Func)}
		}
		if x.u.wraps(f.id, &it.Event) {
			continue // a decorator: what it calls on is the one that matters
		}
		all = append(all, t)
		if x.u.Reaches(f.id) {
			reaching = append(reaching, t)
		}
	}
	if passedOn(it.Key) && (len(all) > 1 || len(all) == 1 && strings.Contains(all[0].id, "$")) {
		return nil // a caller knows which it is, and what it has captured
	}
	if len(reaching) == 0 {
		reaching = all
	}
	if len(reaching) > maxKept {
		x.u.cut("%s: %s may be one of %d functions", x.local.Name, it.Name, len(reaching))
		return nil
	}
	return reaching
}

// passedOn reports a place whose value a caller supplies.
func passedOn(place string) bool {
	kind, _ := split(place)
	return kind == 'p' || kind == 'v' || kind == 's' || place == ""
}

// functionsIn lists the functions that a value may be.
func (x *expansion) functionsIn(r term.Ref) []target {
	n := x.u.Arena.Node(r)
	switch n.Op {
	case term.Func:
		return []target{{id: n.Text, fresh: n.M == 1}}
	case term.Closure:
		t := target{id: n.Text, free: n.Args}
		if n.N == 1 {
			t.bound, t.free = n.Args, nil
			if rest, ok := strings.CutPrefix(n.Text, "iface:"); ok {
				return x.boundInterface(rest, n.Args)
			}
		}
		return []target{t}
	case term.Alt:
		var out []target
		for i := 1; i < len(n.Args) && len(out) < maxCandidates; i += 2 {
			out = append(out, x.functionsIn(n.Args[i])...)
		}
		return out
	case term.Iface:
		return x.functionsIn(n.Args[0])
	}
	return nil
}

// boundInterface resolves the method value of an interface, named "type:method".
func (x *expansion) boundInterface(name string, receiver []term.Ref) []target {
	i := strings.LastIndex(name, ":")
	probe := &Item{Event: summary.Event{Kind: summary.Interface, Iface: name[:i], Method: name[i+1:], Args: receiver, Name: name}}
	ts, _ := x.interfaceTargets(probe)
	for k := range ts {
		ts[k].bound = receiver
	}
	return ts
}

// inline replaces a call by what the called function does; nil when that is not known.
func (x *expansion) inline(call *Item, t target, depth int) *outcome {
	if t.fresh {
		return x.fresh(call, t)
	}
	g := x.u.Body(t.id)
	if g == nil {
		if x.u.active[t.id] {
			x.u.cut("%s: recursion through %s", x.local.Name, t.id)
		}
		return nil
	}
	in := &inlining{
		x: x, g: g, call: call, depth: depth, free: t.free, args: append(slices.Clone(t.bound), call.Args...),
		frame:    finding.Frame{Name: g.Name, File: call.Pos.File, Line: call.Pos.Line, ID: g.ID},
		outcomes: make([]*outcome, len(g.Items)), started: make([]*Item, len(g.Items)), numbers: make([]int, len(g.Items)),
	}
	in.subst = term.Subst{From: x.u.Arena, To: x.u.Arena, Replace: in.replace}
	for i := range g.Items {
		in.numbers[i] = -1
	}
	for i := range g.Items {
		in.item(i)
	}
	for _, p := range g.Open {
		if r, w := in.numbers[p[0]], in.numbers[p[1]]; r >= 0 && w >= 0 {
			x.body.Open = append(x.body.Open, [2]int{r, w})
		}
	}
	return in.outcome(t)
}

// fresh is a call whose result is new every time: the place of the call tells it from others.
func (x *expansion) fresh(call *Item, t target) *outcome {
	site := int32(call.Pos.Line)<<8 | int32(call.Pos.Col&0xff)
	return &outcome{item: -1, results: []term.Ref{x.u.Arena.Intern(term.Node{Op: term.Call, Text: t.id, M: site})}}
}

// An inlining substitutes one callee into its caller.
type inlining struct {
	x        *expansion
	g        *Body
	call     *Item
	depth    int
	frame    finding.Frame
	args     []term.Ref
	free     []term.Ref
	subst    term.Subst
	outcomes []*outcome
	started  []*Item
	current  int
	numbers  []int
	freed    map[freeVar]term.Ref
	circular bool
}

// item carries the i-th item of the callee over to the caller.
func (in *inlining) item(i int) {
	x, it := in.x, in.g.Items[i]
	if it.Kind == 0 {
		in.outcomes[i] = &outcome{item: -1}
		return
	}
	copied := in.start(i)
	via := copied.Via
	in.current = i
	copied.Event = x.rewrite(&in.subst, it.Event, in.call.When)
	copied.Via, copied.Async, copied.Loop = via, it.Async || in.call.Async, it.Loop || in.call.Loop
	if it.Left == summary.Returned {
		copied.Left, copied.LeftTo, copied.LeftIn = in.call.HandOn(it.LeftTo, it.LeftIn)
		copied.Lost = copied.Left.Lost() && len(in.call.Via) == 0
	}
	o := x.perform(copied, in.outcomes[i], in.depth+1)
	in.outcomes[i] = o
	if in.circular {
		in.subst.Forget()
		in.circular = false
	}
	for k, v := range o.free {
		if in.freed == nil {
			in.freed = map[freeVar]term.Ref{}
		}
		in.freed[k] = join(x.u.Arena, in.freed[k], v)
	}
}

// start makes the copy of an item; a request gets its number, see expansion.start.
func (in *inlining) start(i int) *Item {
	if in.started[i] != nil {
		return in.started[i]
	}
	it := in.g.Items[i]
	copied := &Item{Event: it.Event, In: it.In, Root: in.call.Root, Silent: it.Silent, Here: in.call.Here || !it.told(), Number: i}
	copied.Via = append(append(slices.Clone(in.call.Via), in.frame), it.Via...)
	in.started[i] = copied
	if it.Request() {
		in.outcomes[i] = in.x.reserve(copied)
		in.numbers[i] = in.outcomes[i].item
	}
	return copied
}

// replace gives the caller's terms for the callee's leaves.
func (in *inlining) replace(n term.Node) (term.Ref, bool) {
	a := in.x.u.Arena
	switch n.Op {
	case term.Param:
		if int(n.N) < len(in.args) {
			return in.args[n.N], true
		}
		return a.Mix(), true
	case term.FreeVar:
		if int(n.N) < len(in.free) {
			return in.free[n.N], true
		}
		return a.Mix(), true
	case term.Result, term.After, term.AfterFree:
		if i := int(n.N); i < len(in.outcomes) {
			if i >= in.current && in.g.Items[i].Request() {
				in.start(i)
			}
			if o := in.outcomes[i]; o != nil {
				return o.value(a, n), true
			}
		}
		in.circular = true
		return a.Mix(n.Args...), true
	}
	return term.None, false
}

// outcome is what the callee gives to the caller.
func (in *inlining) outcome(t target) *outcome {
	o := &outcome{item: -1, after: map[int]term.Ref{}, free: in.freed}
	for _, r := range in.g.Results {
		o.results = append(o.results, in.subst.Apply(r))
	}
	for _, out := range in.g.Outs {
		v := in.subst.Apply(out.Value)
		if !out.Free {
			o.after[out.Index-len(t.bound)] = v
			continue
		}
		if o.free == nil {
			o.free = map[freeVar]term.Ref{}
		}
		o.free[freeVar{t.id, out.Index}] = v
	}
	return o
}
