package compose

import (
	"fmt"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// An Item is something that a function does, itself or by the functions it calls: a request, or a call
// that could not be followed.
type Item struct {
	summary.Event
	// In is the function that contains it.
	In string
	// Root is the event of the function, in its own text, that leads to the item.
	Root int
	// Here is set when the item became known only in this function, though it happens in a callee: a
	// closure or a concrete type that this function has passed down.
	Here bool
	// Number is the item's place in the function that Via enters first.
	Number int
	// Lost is set when the function loses what is left of the item's batch, which a callee hands back to it.
	Lost bool
	// Silent is set when the SDK call stands in a file that is not reported.
	Silent bool
}

// Request reports whether the item is an SDK call.
func (it *Item) Request() bool { return it.Kind == summary.Request }

// told reports an item that is complete in itself: a caller can know nothing more of it.
func (it *Item) told() bool {
	return it.Request() || it.Kind == summary.Effect || it.Kind == summary.Names || it.Kind == summary.Lumps
}

// Reads and Writes report what a request does.
func (it *Item) Reads() bool { return it.Request() && reads(it.Op) }

// Writes reports whether the item is a request that changes data.
func (it *Item) Writes() bool { return it.Request() && writes(it.Op) }

// A Body is a function with everything it leads to.
type Body struct {
	*summary.Summary
	Items   []*Item
	Results []term.Ref
	Outs    []summary.Out
	// RootPos are the places of the function's own events.
	RootPos []finding.Pos
	// Foreign is set for a function of another package, whose own requests were judged there.
	Foreign bool
	// Open are pairs, by item, on which a caller has to decide since they depend on what it passes.
	Open [][2]int
}

// Body composes one function; nil when it is not known.
func (u *Universe) Body(id string) *Body {
	if b, ok := u.bodies[id]; ok {
		return b
	}
	sealed, ok := u.sealed[id]
	if !ok || u.active[id] {
		return nil
	}
	u.active[id] = true
	b := u.expand(sealed)
	delete(u.active, id)
	u.bodies[id] = b
	return b
}

// expand composes one function; a crash costs only that function.
func (u *Universe) expand(sealed *summary.Summary) (b *Body) {
	defer func() {
		if r := recover(); r != nil {
			u.Crashes = append(u.Crashes, fmt.Sprintf("%s: internal error: %v", sealed.Name, r))
			b = nil
		}
	}()
	x := &expansion{u: u, local: sealed.Open(u.Arena), terms: u.Arena.Len()}
	x.body = &Body{Summary: x.local, Foreign: u.foreign[sealed.ID]}
	x.run()
	return x.body
}

// An expansion is the composition of one function: each of its events is replaced by what it leads to.
type expansion struct {
	u        *Universe
	local    *summary.Summary
	body     *Body
	subst    term.Subst
	outcomes []*outcome
	started  []*Item
	current  int // the event that is being carried out
	circular bool
	late     bool // some value stands for one of a later event
	terms    int  // how many there were before
	work     int  // how many terms of events were rewritten
}

// An outcome is what an event gives to the code after it.
type outcome struct {
	results []term.Ref
	// after is what the event left in the things that its arguments point to.
	after map[int]term.Ref
	// free is what it left in variables captured by closures, by closure and place.
	free map[freeVar]term.Ref
	// item is the number of the open item, whose results are not known; -1 when they are.
	item int
}

type freeVar struct {
	closure string
	index   int
}

func (x *expansion) run() {
	n := len(x.local.Events)
	x.outcomes, x.started = make([]*outcome, n), make([]*Item, n)
	x.subst = term.Subst{From: x.u.Arena, To: x.u.Arena, Replace: x.replace}
	for i := range x.local.Events {
		x.body.RootPos = append(x.body.RootPos, x.local.Events[i].Pos)
		x.event(i)
	}
	for _, r := range x.local.Results {
		x.body.Results = append(x.body.Results, x.subst.Apply(r))
	}
	for _, o := range x.local.Outs {
		o.Value = x.subst.Apply(o.Value)
		if !x.unchanged(o) {
			x.body.Outs = append(x.body.Outs, o)
		}
	}
	if x.late {
		x.settleLater()
	}
}

// unchanged reports an Out that, with its calls followed, leaves the thing as it was.
func (x *expansion) unchanged(o summary.Out) bool {
	op := term.Param
	if o.Free {
		op = term.FreeVar
	}
	return o.Value == x.u.Arena.Leaf(op, "", o.Index, 0)
}

// event carries out one event of the function's own text.
func (x *expansion) event(i int) {
	it := x.start(i)
	if !it.told() {
		it.Here = x.body.Foreign // its own package could not follow it
	}
	x.current = i
	it.Event = x.rewrite(&x.subst, it.Event, nil)
	x.outcomes[i] = x.perform(it, x.outcomes[i], 0)
	if x.circular { // values of a later round were asked for: what was made of them must not be kept
		x.subst.Forget()
		x.circular = false
	}
}

// start makes the item of an event. A request gets its number before its terms are known: in a loop they may
// depend on its own results, or on those of a later request, of an earlier round.
func (x *expansion) start(i int) *Item {
	if x.started[i] == nil {
		it := &Item{Event: x.local.Events[i], In: x.local.Name, Root: i, Silent: x.local.Silent}
		x.started[i] = it
		if it.Request() {
			x.outcomes[i] = x.reserve(it)
		}
	}
	return x.started[i]
}

// reserve gives a request its number.
func (x *expansion) reserve(it *Item) *outcome {
	if n := x.add(it); n >= 0 {
		return settled(n)
	}
	return &outcome{item: -1}
}

// rewrite gives an event with its terms substituted and the conditions of its callers added.
func (x *expansion) rewrite(s *term.Subst, e summary.Event, when []term.Ref) summary.Event {
	x.work += 1 + len(e.Args) + len(e.When) + len(when)
	args := make([]term.Ref, len(e.Args))
	for i, r := range e.Args {
		args[i] = s.Apply(r)
	}
	e.Args = args
	e.Func = s.Apply(e.Func)
	conds := slices.Clone(when)
	for _, c := range e.When {
		conds = append(conds, x.u.Arena.Conds(s.Apply(c))...)
	}
	e.When = x.u.Arena.Conds(x.u.Arena.All(conds))
	return e
}

// replace gives the value of an event's result, or of what an event left behind.
func (x *expansion) replace(n term.Node) (term.Ref, bool) {
	switch n.Op {
	case term.Result, term.After, term.AfterFree:
	default:
		return term.None, false
	}
	if n.N < 0 {
		return term.None, false // stands for itself until all events are known
	}
	if int(n.N) >= len(x.outcomes) {
		return x.u.Arena.Mix(n.Args...), true
	}
	i := int(n.N)
	if i >= x.current && x.local.Events[i].Kind == summary.Request {
		x.start(i)
	}
	o := x.outcomes[i]
	if o == nil && x.u.keeps(&x.local.Events[i], n) {
		return n.Args[0], true
	}
	if o == nil { // a loop in which a value of the next round is asked for
		x.circular = true
		if n.Op == term.Result {
			x.late = true
			return later(x.u.Arena, n), true
		}
		return x.u.Arena.Mix(n.Args...), true
	}
	return o.value(x.u.Arena, n), true
}

// keeps reports that a call leaves an argument as it was, whatever is passed: what a loop brings back to its
// head is then known before the call has been followed.
func (u *Universe) keeps(e *summary.Event, n term.Node) bool {
	if n.Op != term.After || e.Kind != summary.Static {
		return false
	}
	g := u.Body(e.Callee)
	return g != nil && !slices.ContainsFunc(g.Outs, func(o summary.Out) bool { return !o.Free && o.Index == int(n.M) })
}

// value is what an outcome gives for a Result, After or AfterFree node.
func (o *outcome) value(a *term.Arena, n term.Node) term.Ref {
	switch n.Op {
	case term.Result:
		if o.item >= 0 {
			return a.Leaf(term.Result, "", o.item, int(n.M))
		}
		if int(n.M) < len(o.results) {
			return o.results[n.M]
		}
		return a.Mix()
	case term.After:
		if v, ok := o.after[int(n.M)]; ok {
			return v
		}
	case term.AfterFree:
		if v, ok := o.free[freeVar{n.Text, int(n.M)}]; ok {
			return v
		}
	}
	if o.item >= 0 && o.after == nil {
		n.N = int32(o.item)
		return a.Intern(n)
	}
	return n.Args[0]
}

// add puts an item into the body and returns its number, or -1 when there is no room.
func (x *expansion) add(it *Item) int {
	if len(x.body.Items) >= maxItems {
		x.u.cut("%s: more than %d requests", x.local.Name, maxItems)
		return -1
	}
	x.body.Items = append(x.body.Items, it)
	return len(x.body.Items) - 1
}

// settled is the outcome of a request: known results, nothing else changed.
func settled(item int) *outcome { return &outcome{item: item, after: map[int]term.Ref{}} }

// perform carries out an event whose terms are those of the function at hand. A request comes with the
// outcome that was reserved for it.
func (x *expansion) perform(it *Item, reserved *outcome, depth int) *outcome {
	a := x.u.Arena
	if a.Impossible(a.Conds(a.All(it.When))) {
		it.Kind = 0 // never happens here
		return &outcome{item: -1}
	}
	if depth > maxDepth {
		x.u.cut("%s: more than %d calls deep", x.local.Name, maxDepth)
		return x.opaque(it)
	}
	switch it.Kind {
	case summary.Request:
		x.locate(it)
		return reserved
	case summary.Effect, summary.Names, summary.Lumps:
		x.add(it)
		return &outcome{item: -1, after: map[int]term.Ref{}}
	}
	if x.work > maxWork {
		x.u.cut("%s: more than %d terms of events", x.local.Name, maxWork)
		return x.opaque(it)
	}
	if a.Len()-x.terms > maxTerms {
		x.u.cut("%s: more than %d terms", x.local.Name, maxTerms)
		return x.opaque(it)
	}
	targets, complete := x.targets(it)
	var outs []*outcome
	for _, t := range targets {
		if o := x.inline(it, t, depth); o != nil {
			outs = append(outs, o)
		}
	}
	switch {
	case len(outs) > 0:
		return x.merge(outs)
	case it.Op != "":
		return x.assumed(it)
	case complete:
		return x.opaque(it)
	}
	return x.open(it)
}

// locate moves a page of a paginator to the place where the paginator was made, once that is known.
func (x *expansion) locate(it *Item) {
	if len(it.Args) < 2 {
		return
	}
	if text, ok := x.u.Arena.Text(it.Args[1]); ok {
		if p, ok := summary.ParsePlace(text); ok {
			it.Pos = p
		}
	}
}

// assumed takes a call for the request that its types say it is.
func (x *expansion) assumed(it *Item) *outcome {
	it.Kind = summary.Request
	if it.Input < len(it.Args) {
		it.Args = []term.Ref{it.Args[it.Input]}
	}
	if n := x.add(it); n >= 0 {
		return settled(n)
	}
	return &outcome{item: -1}
}

// opaque is a call that nobody will ever follow: its results are made of its arguments in an unknown way.
func (x *expansion) opaque(it *Item) *outcome {
	a := x.u.Arena
	name := it.Callee
	if name == "" {
		name = it.Name
	}
	o := &outcome{item: -1, after: map[int]term.Ref{}}
	for k := range 4 {
		o.results = append(o.results, a.Intern(term.Node{Op: term.Call, Text: name, N: int32(k), Args: it.Args}))
	}
	return o
}

// open keeps a call that a caller may be able to follow.
func (x *expansion) open(it *Item) *outcome {
	if n := x.add(it); n >= 0 {
		return &outcome{item: n}
	}
	return x.opaque(it)
}

// merge joins the outcomes of the several functions that one call may run.
func (x *expansion) merge(outs []*outcome) *outcome {
	if len(outs) == 1 {
		return outs[0]
	}
	a := x.u.Arena
	m := &outcome{item: -1, after: map[int]term.Ref{}, free: map[freeVar]term.Ref{}}
	for _, o := range outs {
		for k, r := range o.results {
			if k < len(m.results) {
				m.results[k] = a.Alt(term.None, m.results[k], term.None, r)
			} else {
				m.results = append(m.results, r)
			}
		}
		for k, r := range o.after {
			m.after[k] = join(a, m.after[k], r)
		}
		for k, r := range o.free {
			m.free[k] = join(a, m.free[k], r)
		}
	}
	return m
}

func join(a *term.Arena, x, y term.Ref) term.Ref {
	if x == term.None {
		return y
	}
	return a.Alt(term.None, x, term.None, y)
}
