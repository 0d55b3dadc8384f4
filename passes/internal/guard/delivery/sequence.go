package delivery

import (
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// TornSequences finds the first two writes of a body, one after the other, that belong together: when the second one
// fails the function fails, the first one stays, and doing it all again does not complete it.
func TornSequences(u *compose.Universe, b *compose.Body) []batch.Torn {
	if b.Foreign || u.InStream(b.ID) != nil {
		return nil // records come again by themselves, and what that repeats is for streamdedup to say
	}
	d := &deliverer{Examiner: guard.NewExaminer(u, b)}
	for j, second := range b.Items {
		if !d.follows(second) {
			continue
		}
		for i, first := range b.Items[:j] {
			if !first.Writes() || first.Silent || first.Async || !d.Meets(i, j) || !d.AfterSuccess(second, i) || d.undone(i, j) {
				continue
			}
			if t, ok := d.tornPair(i, j); ok {
				t.At = b.RootPos[second.Root]
				return []batch.Torn{t}
			}
		}
	}
	return nil
}

// follows reports a write whose failure makes the function fail, and that is no answer to a failure itself.
func (d *deliverer) follows(it *compose.Item) bool {
	return it.Writes() && !it.Silent && !it.Async && d.failsWith(it) &&
		!d.answers(it, func(number int) bool { return d.Items[number].Writes() })
}

// answers reports an item that is reached because a request has failed.
func (d *deliverer) answers(it *compose.Item, which func(number int) bool) bool {
	return slices.ContainsFunc(it.When, func(c term.Ref) bool {
		n := d.Arena.Node(c)
		return n.Op == term.Cond && n.N&term.CondMust != 0 && d.onFailure(n) && slices.ContainsFunc(d.Tested(n.Args[0], map[term.Ref]bool{}), which)
	})
}

// failsWith reports whether the body tells its caller that a request has failed: by its last result, or by what another
// one holds. What a result lacks because of the failure does not say so.
func (d *deliverer) failsWith(it *compose.Item) bool {
	number := slices.Index(d.Items, it)
	if d.Body.Events[it.Root].Answered && d.handedUp(it) {
		return true
	}
	last := len(d.Body.Results) - 1
	if last < 0 {
		return false
	}
	failure := func(n term.Node) bool { return n.Op == term.Result && int(n.N) == number && n.M > 0 }
	return access.Mentions(d.Arena, d.Body.Results[last], failure) ||
		slices.ContainsFunc(d.Body.Results[:last], func(r term.Ref) bool { return d.holds(r, failure, map[term.Ref]bool{}) })
}

// handedUp reports an item whose failure is that of the call of the body's own text that leads to it.
func (d *deliverer) handedUp(it *compose.Item) bool {
	if len(it.Via) == 0 {
		return true
	}
	callee := d.Universe.Body(it.Via[0].ID)
	if callee == nil || len(it.Via) > 1 || it.Number >= len(callee.Items) || len(callee.Results) == 0 {
		return false
	}
	return access.Mentions(d.Arena, callee.Results[len(callee.Results)-1], func(n term.Node) bool {
		return n.Op == term.Result && int(n.N) == it.Number && n.M > 0
	})
}

// holds reports a value that is made of something wanted, whatever chose it.
func (d *deliverer) holds(t term.Ref, wanted func(term.Node) bool, seen map[term.Ref]bool) bool {
	if t == term.None || seen[t] {
		return false
	}
	seen[t] = true
	n := d.Arena.Node(t)
	return n.Op != term.Cond && n.Op != term.And && (wanted(n) || slices.ContainsFunc(n.Args, func(x term.Ref) bool { return d.holds(x, wanted, seen) }))
}

// undone reports a sequence whose second failure is answered by a write to the table of the first.
func (d *deliverer) undone(i, j int) bool {
	for k, it := range d.Items {
		if k == i || k == j || !it.Writes() || !d.answers(it, func(number int) bool { return number == j }) {
			continue
		}
		for _, w := range d.Accesses(k) {
			if slices.ContainsFunc(d.Accesses(i), func(first *access.Access) bool { return d.Tables(first.Table, w.Table) != guard.Different }) {
				return true
			}
		}
	}
	return false
}

// tornPair finds actions of two requests that belong together.
func (d *deliverer) tornPair(i, j int) (batch.Torn, bool) {
	for _, p := range d.Accesses(i) {
		if !guard.Mutates(p) || d.journal(p) {
			continue
		}
		for _, q := range d.Accesses(j) {
			if !guard.Mutates(q) || d.journal(q) || d.visit(q) {
				continue
			}
			bond := batch.BondOf(d.Examiner, p, q)
			if bond == batch.Unbound && p.Kind != dynamo.Delete && q.Kind == dynamo.Put && d.consumesOnce(p) && (batch.Belongs(d.Examiner, p, q) || batch.Belongs(d.Examiner, q, p)) {
				bond = batch.Kin
			}
			if bond == batch.Unbound || bond != batch.Moved && bond != batch.Replaced && d.settled(p, j) {
				continue
			}
			if why := d.stays(bond, p); why != "" {
				return batch.Torn{Bond: bond, Item: d.Items[j], First: p, Second: q, Why: why}, true
			}
		}
	}
	return batch.Torn{}, false
}

// settled reports a first write to whose item the program comes back with the second one or after it: it was meant as
// pending, and says so for as long as it is.
func (d *deliverer) settled(first *access.Access, j int) bool {
	for k, it := range d.Items {
		if !it.Writes() || k != j && !d.after(k, j) || k == first.Number {
			continue
		}
		if slices.ContainsFunc(d.Accesses(k), func(w *access.Access) bool {
			return guard.Mutates(w) && w.Kind != dynamo.Delete && batch.SameTarget(d.Examiner, first, w)
		}) {
			return true
		}
	}
	return false
}

// stays says why doing a sequence again does not complete it; empty when it does.
func (d *deliverer) stays(bond batch.Bond, first *access.Access) string {
	switch {
	case bond == batch.Replaced, bond == batch.Moved && first.Kind == dynamo.Delete:
		return "the item is gone"
	case bond == batch.Moved:
		return "both copies are there"
	case d.consumesOnce(first):
		return "trying again is refused"
	}
	switch first.Kind {
	case dynamo.Update:
		if batch.Counts(first) {
			return "trying again counts twice"
		}
	case dynamo.Put:
		if d.freshKey(first) {
			return "trying again makes another one"
		}
	}
	return ""
}

// consumesOnce reports an action that is refused when it is done again: it demands that its key is new, or a state that
// it changes.
func (d *deliverer) consumesOnce(w *access.Access) bool {
	c := w.Cond
	if !c.Given || c.Opaque || c.Partial {
		return false
	}
	j := guard.Judge{Source: d.Source, Write: w}
	return c.Always(func(a access.Atom) bool {
		switch a.Op {
		case expr.NotExists:
			return w.Kind == dynamo.Put && !d.freshKey(w) || w.Kind == dynamo.Update && len(a.Attrs) == 1 && j.Changes(w, a.Attrs[0], a)
		case expr.Eq:
			return len(a.Values) == 1 && d.Arena.Op(a.Values[0]) == term.Const && len(a.Attrs) == 1 && j.Changes(w, a.Attrs[0], a)
		}
		return false
	})
}

// journalName matches tables and structs of what is only looked at by people, visitName those of what is made anew with
// the next visit.
var (
	journalName = regexp.MustCompile(`(?i)audit|(^|[^a-z])logs?($|[^a-z])|[a-z]Logs?($|[A-Z])|activit|histor|metric|analytic|notif|telemetr|token`)
	visitName   = regexp.MustCompile(`(?i)session`)
	keptName    = regexp.MustCompile(`(?i)audit|history|notif`) // of the function that puts it
)

// journal reports a row that is written for people to look at.
func (d *deliverer) journal(w *access.Access) bool { return d.called(w, journalName) }

// visit reports what a user gets a new one of when the first is missing.
func (d *deliverer) visit(w *access.Access) bool {
	return w.Kind == dynamo.Put && d.called(w, visitName)
}

// called matches the table of an action, the struct that it puts, and the function that puts it.
func (d *deliverer) called(w *access.Access, name *regexp.Regexp) bool {
	if n := len(w.Item.Via); n > 0 && (keptName.MatchString(access.LastName(w.Item.Via[n-1].Name)) || name == visitName && name.MatchString(access.LastName(w.Item.Via[n-1].Name))) {
		return true
	}
	entity, _ := batch.EntityOf(d.Examiner, w.Stored)
	return name.MatchString(access.TableWords(d.Arena, w.Table)) || name.MatchString(access.LastName(entity))
}
