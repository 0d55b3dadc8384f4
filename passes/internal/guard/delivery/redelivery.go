// Package delivery finds what goes wrong where records are delivered at least once: effects that happen twice, records that
// are lost, and sequences of writes that stay torn when one of them fails.
package delivery

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Redelivery is an effect of a handler of records that happens again when a record is delivered again. Streams and
// queues deliver at least once, see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html.
type Redelivery struct {
	// In is the function of the handler's text, or below it, that takes a record and leads to the effect; At is the
	// place there, Depth the number of calls between the handler and In.
	In    *summary.Summary
	At    finding.Pos
	Depth int
	Item  *compose.Item
	// Access is the write; nil for an effect outside DynamoDB.
	Access *access.Access
	// Why says in words why it is not idempotent.
	Why string
	// Feed is where the records come from.
	Feed string
	// Reads are what the effect depends on, After the writes that the handler makes later on.
	Reads, After []*access.Access
	// Marker is set when a marker was read first, the read is Reads[0], and left without a condition, the write is
	// After[0]; Early where that is before the effect.
	Marker, Early bool
	// Remembered is set when the program keeps in its memory which records it has handled.
	Remembered bool
}

// Redeliveries judges the effects of one handler.
func Redeliveries(u *compose.Universe, b *compose.Body) []Redelivery {
	d, ok := newDeliverer(u, b)
	if !ok {
		return nil
	}
	var out []Redelivery
	for i, it := range b.Items {
		if it.Silent || b.Foreign && !it.Here || b.Events[it.Root].Apart {
			continue
		}
		r, ok := d.effect(i, it)
		if !ok || d.recognised(i, it, &r) {
			continue
		}
		if d.locate(it, &r) && !slices.ContainsFunc(out, func(x Redelivery) bool { return x.At == r.At || x.In == r.In && x.Item.Pos == it.Pos }) {
			if !r.Marker {
				d.surround(i, &r)
			}
			out = append(out, r)
		}
	}
	return out
}

// handles reports where a handler's records come from.
func handles(u *compose.Universe, b *compose.Body) (string, bool) {
	if !u.Handlers()[b.ID] && !b.Foreign {
		return "", false
	}
	for _, s := range b.Streams {
		if s.Batch {
			return s.From, true
		}
	}
	return "", false
}

// A deliverer judges one handler.
type deliverer struct {
	*guard.Examiner
	feed string
}

// newDeliverer is ready to judge a body; ok is false for one that is no handler.
func newDeliverer(u *compose.Universe, b *compose.Body) (d *deliverer, ok bool) {
	feed, ok := handles(u, b)
	return &deliverer{Examiner: guard.NewExaminer(u, b), feed: feed}, ok
}

// effect reports what an item does that cannot be done twice.
func (d *deliverer) effect(i int, it *compose.Item) (Redelivery, bool) {
	r := Redelivery{Item: it, Feed: d.feed}
	switch {
	case it.Kind == summary.Effect:
		r.Why = "sends the same again"
		return r, d.feed == "dynamodb" && !d.keyedEffect(it) && !d.harmless(it)
	case !it.Writes():
		return r, false
	}
	all := d.Accesses(i)
	if len(all) == 0 || slices.ContainsFunc(all, d.once) || d.token(it) {
		return r, false
	}
	for _, w := range all {
		if why := d.repeats(w); why != "" {
			r.Access, r.Why = w, why
			if w.Kind == dynamo.Update {
				break // the sum that is wrong says more than the second row
			}
		}
	}
	return r, r.Access != nil
}

// repeats says why an action done twice gives another result than once; empty when it gives the same.
func (d *deliverer) repeats(w *access.Access) string {
	switch w.Kind {
	case dynamo.Update:
		for _, s := range w.Assigned {
			if s.Adds {
				return "counts " + guard.OrItem(s.Attr) + " on"
			}
		}
	case dynamo.Put:
		if d.freshKey(w) {
			return "stores one more item, under a new key"
		}
	}
	return ""
}

func (d *deliverer) freshKey(w *access.Access) bool {
	return guard.Judge{Source: d.Source, Write: w}.FreshKey(w)
}

// once reports an action whose condition no longer holds after it was done.
func (d *deliverer) once(w *access.Access) bool {
	c := w.Cond
	if c.Opaque || c.Partial && c.Given {
		return true // there is a condition, and nothing is known against it
	}
	j := guard.Judge{Source: d.Source, Write: w}
	return c.Always(func(a access.Atom) bool { return d.endsWith(j, w, a) })
}

// endsWith reports a check that fails after the action was done.
func (d *deliverer) endsWith(j guard.Judge, w *access.Access, a access.Atom) bool {
	switch a.Op {
	case expr.Exists:
		return false
	case expr.NotExists:
		return !d.freshKey(w)
	case expr.Eq, expr.Lt, expr.Le, expr.Gt, expr.Ge, expr.Between, expr.In:
		return w.Kind != dynamo.Update || slices.ContainsFunc(a.Attrs, func(attr string) bool { return overtakes(j, w, attr, a) })
	}
	return true
}

// overtakes reports an update after which the attribute that a compares no longer fits. A balance that sufficed for an
// amount may suffice again after the amount was taken.
func overtakes(j guard.Judge, w *access.Access, attr string, a access.Atom) bool {
	for _, s := range w.Assigned {
		if s.Attr != "" && !dynamo.SameAttribute(s.Attr, attr) {
			continue
		}
		switch {
		case s.Adds:
			return a.Op == expr.Eq
		case a.Op == expr.Lt, a.Op == expr.Gt:
			return true // SET seq = :seq where seq < :seq
		}
		return j.Changes(w, attr, a)
	}
	return false
}

// token reports a transaction that DynamoDB recognises when it comes again.
func (d *deliverer) token(it *compose.Item) bool {
	if len(it.Args) == 0 {
		return false
	}
	set, _ := d.given(it.Args[0], dynamo.ClientRequestToken)
	return set
}

// given reports a field of an input that is set, and not to something new. sure is false where that is not known.
func (d *deliverer) given(in term.Ref, name string) (set, sure bool) {
	for _, t := range d.Alternatives(d.Arena.Field(in, name)) {
		n := d.Arena.Node(t)
		switch {
		case n.Op == term.Zero:
		case n.Op == term.Mix, n.Op == term.Field && n.Text == name:
			return false, false
		case d.Fresh(t):
			return false, true
		default:
			set = true
		}
	}
	return set, true
}

// keyedEffect reports a message that its receiver recognises when it comes again.
func (d *deliverer) keyedEffect(it *compose.Item) bool {
	if len(it.Args) == 0 {
		return false
	}
	in := it.Args[0]
	names := []string{"MessageDeduplicationId", "ClientToken"}
	if strings.HasSuffix(it.Op, "StartExecution") {
		names = append(names, "Name")
	}
	for _, name := range names {
		if set, _ := d.given(in, name); set {
			return true
		}
	}
	for _, list := range []string{"Entries", "PublishBatchRequestEntries"} {
		if d.keyed(d.elements(d.Arena.Field(in, list))) {
			return true
		}
	}
	return false
}

// keyed reports messages of a batch of which one has a deduplication id: all of them go to one queue or topic, which
// asks for it or does not.
func (d *deliverer) keyed(entries []term.Ref) bool {
	return slices.ContainsFunc(entries, func(e term.Ref) bool {
		set, _ := d.given(e, "MessageDeduplicationId")
		return set
	})
}

// harmless reports an HTTP request that may be repeated, or whose method is not known.
func (d *deliverer) harmless(it *compose.Item) bool {
	if it.Op != "http.Client.Do" || len(it.Args) == 0 {
		return false
	}
	for _, req := range d.requests(it.Args[0], 0) {
		k := map[string]int{"net/http.NewRequest": 0, "net/http.NewRequestWithContext": 1}[req.Text]
		method, known := d.Arena.Text(req.Args[k])
		if (!known || method == "POST" || method == "PATCH") && !d.settles(req.Args[k+1], 0) {
			return false
		}
	}
	return true
}

func (d *deliverer) elements(list term.Ref) []term.Ref {
	return access.Reader{Arena: d.Arena}.Elements(list, 0)
}

// readerURL matches addresses to which a POST changes nothing, or sets the same again: searches, indexes, tokens.
var readerURL = regexp.MustCompile(`(?i)/_(update|doc|bulk|search|msearch)|graphql|oauth|/token|/search|/query`)

// settles reports an address that readerURL matches.
func (d *deliverer) settles(url term.Ref, depth int) bool {
	n := d.Arena.Node(url)
	if n.Op == term.Const {
		return readerURL.MatchString(n.Text)
	}
	return depth < 6 && slices.ContainsFunc(n.Args, func(x term.Ref) bool { return x != term.None && d.settles(x, depth+1) })
}

// requests finds the calls that made an HTTP request.
func (d *deliverer) requests(t term.Ref, depth int) []term.Node {
	n := d.Arena.Node(t)
	if depth > 6 {
		return nil
	}
	if n.Op == term.Call && (n.Text == "net/http.NewRequest" && len(n.Args) > 2 || n.Text == "net/http.NewRequestWithContext" && len(n.Args) > 3) {
		return []term.Node{n}
	}
	var out []term.Node
	switch n.Op {
	case term.Obj, term.Iface, term.After, term.AfterFree, term.Alt, term.Call, term.Mix:
		for _, x := range n.Args {
			if x != term.None {
				out = append(out, d.requests(x, depth+1)...)
			}
		}
	}
	return out
}

// locate finds the lowest function on the way to the effect that takes a record.
func (d *deliverer) locate(it *compose.Item, r *Redelivery) bool {
	r.In, r.At = d.Body.Summary, d.Universe.Place(d.Body, it, 0)
	for k, frame := range it.Via {
		s := d.Universe.InStream(frame.ID)
		if s == nil || !d.Universe.Own(s.ID) && !d.Body.Foreign {
			continue
		}
		if s.Silent {
			return false
		}
		r.In, r.Depth, r.At = s, k+1, d.Universe.Place(d.Body, it, k+1)
	}
	return true
}

// surround gathers the reads that the effect depends on and the writes that follow it.
func (d *deliverer) surround(i int, r *Redelivery) {
	seen := map[int]bool{}
	w := &access.Access{Item: r.Item, Number: i}
	if r.Access != nil {
		w = r.Access
	}
	deps := d.Deps(w)
	if r.Access == nil {
		for _, arg := range r.Item.Args {
			for _, l := range d.Leaves(arg, nil) {
				deps = append(deps, guard.Dep{Read: l.Read})
			}
		}
	}
	for _, dep := range deps {
		if read := d.Read(dep.Read); !seen[dep.Read] && guard.IsRead(read) {
			seen[dep.Read] = true
			r.Reads = append(r.Reads, read)
		}
	}
	for k, it := range d.Body.Items {
		if it.Writes() && d.after(k, i) {
			if all := d.Accesses(k); len(all) > 0 {
				r.After = append(r.After, all[0])
			}
		}
	}
}
