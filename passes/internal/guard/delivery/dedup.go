package delivery

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// recognised reports an effect that is not reached, or not meant, for a record that was handled before: a claim or a
// marker decides, or the effect is what happens to a record that has failed.
func (d *deliverer) recognised(i int, it *compose.Item, r *Redelivery) bool {
	for _, cond := range it.When {
		n := d.Arena.Node(cond)
		if n.Op != term.Cond || n.N&term.CondLoop != 0 {
			continue
		}
		if it.Kind == summary.Effect && d.onFailure(n) {
			return true
		}
		if d.remembered(n.Args[0], map[term.Ref]bool{}) {
			r.Remembered = true
			continue
		}
		// what an earlier record came to says nothing of this one
		if n.N&term.CondMust != 0 && d.claimed(n.Args[0], i, map[term.Ref]bool{}) {
			return true
		}
	}
	return d.marked(it) && !d.racy(i, it, r)
}

// racy reports a marker that was looked for, and that the handler leaves without a condition: two deliveries at once both
// find none, and where it is left after the effect, the effect happens twice when the handler dies between the two.
func (d *deliverer) racy(i int, it *compose.Item, r *Redelivery) bool {
	c := &guard.Collector{Source: d.Source, Write: &access.Access{Item: it}}
	for _, cond := range it.When {
		c.Decision(cond)
	}
	for _, dep := range c.Out {
		if dep.What != guard.Absence {
			continue
		}
		read := d.Read(dep.Read)
		for k := range d.Items {
			if k == i {
				continue
			}
			for _, w := range d.Accesses(k) {
				if w.Kind == dynamo.Put && !w.Cond.Given && len(w.Tx) < 2 && d.Relate(read, w) == guard.Same {
					r.Early = !d.after(k, i)
					r.Marker, r.Reads, r.After = true, []*access.Access{read}, []*access.Access{w}
					return true
				}
			}
		}
	}
	return false
}

// after reports whether item k comes after item i in the source. Numbers alone do not say that: in a loop a request may
// get its number early.
func (d *deliverer) after(k, i int) bool {
	if x, y := d.Items[k].Root, d.Items[i].Root; x != y {
		return x > y
	}
	return k > i
}

// onFailure reports a branch that is taken because something has failed.
func (d *deliverer) onFailure(cond term.Node) bool {
	t, dir := cond.Args[0], cond.N&term.CondTrue != 0
	n := d.Arena.Node(t)
	switch {
	case n.Op == term.Bin && (n.Text == "!=" || n.Text == "=="):
		x, y := n.Args[0], n.Args[1]
		if d.Arena.Op(x) == term.Zero {
			x, y = y, x
		}
		return d.Arena.Op(y) == term.Zero && (n.Text == "!=") == dir && d.failure(x, 0)
	case n.Op == term.Call && (n.Text == "errors.Is" || n.Text == "errors.As"):
		return dir
	}
	return false
}

// failure reports an error: a later result of a call, or one that the program makes.
func (d *deliverer) failure(t term.Ref, depth int) bool {
	n := d.Arena.Node(t)
	switch n.Op {
	case term.Result:
		return n.M > 0
	case term.Call:
		return n.N > 0 || n.Text == "fmt.Errorf" || n.Text == "errors.New"
	case term.Global:
		return n.M == 1
	case term.Alt:
		for i := 1; i < len(n.Args) && depth < 4; i += 2 {
			if d.failure(n.Args[i], depth+1) {
				return true
			}
		}
	}
	return false
}

// dedupName matches functions that say in their name that they recognise duplicates.
var dedupName = regexp.MustCompile(`(?i)dedup|duplicate|idempot|already|alreadyseen|markseen|isseen|processed|claim|setnx|acquire|once`)

// claimed reports a test on the outcome of a claim: a write that succeeds only once, or a call that is given the
// identity of the record and says whether to go on.
func (d *deliverer) claimed(t term.Ref, before int, seen map[term.Ref]bool) bool {
	if t == term.None || seen[t] || !d.Arena.Open(t) {
		return false
	}
	seen[t] = true
	n := d.Arena.Node(t)
	switch n.Op {
	case term.Result:
		if int(n.N) < len(d.Items) && int(n.N) != before && d.claims(int(n.N), int(n.M)) {
			return true
		}
	case term.Call:
		if dedupName.MatchString(access.LastName(n.Text)) {
			return true
		}
		if d.wraps(n) {
			return false
		}
		if n.Text != "index" && !localCall(n.Text) && slices.ContainsFunc(n.Args, func(x term.Ref) bool { return d.identity(x, 0) }) {
			return true
		}
	}
	return slices.ContainsFunc(n.Args, func(x term.Ref) bool { return d.claimed(x, before, seen) })
}

// errorName matches functions that make errors or loggers.
var errorName = regexp.MustCompile(`(?i)^(errorf?|wrapf?|with|with(fields?|values?|group|context|stack|message)|debug|info|warn|print|log)f?$`)

// wraps reports a call that is given an error, of which it makes another one, or that does so by its name: a record's id
// is in it for people to read.
func (d *deliverer) wraps(call term.Node) bool {
	if errorName.MatchString(access.LastName(call.Text)) {
		return true
	}
	failed := func(x term.Ref) bool { return x != term.None && d.failure(d.Bare(x), 0) }
	return slices.ContainsFunc(call.Args, func(x term.Ref) bool { return failed(x) || slices.ContainsFunc(d.elements(x), failed) })
}

// localCall reports a function that only computes.
func localCall(name string) bool {
	return pureName.MatchString(name)
}

var pureName = regexp.MustCompile(`^\(?\*?(strings|strconv|fmt|errors|bytes|slices|maps|time|unicode|sort|regexp|encoding/|github\.com/aws/aws-lambda-go/|github\.com/aws/aws-sdk-go.*attributevalue|net/http\.NewRequest|net/url|net/mail|crypto/|hash/|html/|text/|io\.|builtin|len|min|max)`)

// claims reports an item whose outcome says whether the record is new.
func (d *deliverer) claims(number, result int) bool {
	it := d.Items[number]
	switch {
	case !it.Request():
		return dedupName.MatchString(it.Method) || dedupName.MatchString(it.Name) ||
			slices.ContainsFunc(it.Args, func(x term.Ref) bool { return d.identity(x, 0) })
	case result == 0 || !it.Writes():
		return false
	}
	for _, w := range d.Accesses(number) {
		if w.Kind == dynamo.Delete || d.once(w) {
			return true
		}
	}
	return len(d.Accesses(number)) == 0
}

// identity reports what tells a record from all others: its event id, sequence number or message id.
func (d *deliverer) identity(t term.Ref, depth int) bool {
	if t == term.None || depth > 8 || !d.Arena.Open(t) {
		return false
	}
	n := d.Arena.Node(t)
	if n.Op == term.Field {
		switch n.Text {
		case "eventID", "EventID", "SequenceNumber", "sequenceNumber", "messageId", "MessageId":
			if _, ok := recordPath(d.Arena, d.Body, t); ok {
				return true
			}
		}
	}
	return slices.ContainsFunc(n.Args, func(x term.Ref) bool { return d.identity(x, depth+1) })
}

// marked reports an effect that is decided by the state of an item that was read: a marker, or the item's own status.
// That the item is there at all says nothing about whether the record was handled.
func (d *deliverer) marked(it *compose.Item) bool {
	c := &guard.Collector{Source: d.Source, Write: &access.Access{Item: it}}
	for _, cond := range it.When {
		c.Decision(cond)
	}
	return slices.ContainsFunc(c.Out, func(dep guard.Dep) bool {
		switch dep.What {
		case guard.Count:
			return true
		case guard.Absence, guard.Empty:
			return !slices.ContainsFunc(c.Out, func(x guard.Dep) bool { return x.What == guard.Presence && x.Read == dep.Read })
		case guard.Attribute:
			return !dep.Set && !slices.ContainsFunc(c.Out, func(x guard.Dep) bool { return x.Set && x.Read == dep.Read && x.Attr == dep.Attr })
		}
		return false
	})
}

// recordPath is the path of a value inside the records that a function gets.
func recordPath(a *term.Arena, b *compose.Body, t term.Ref) ([]string, bool) {
	var path []string
	for {
		n := a.Node(t)
		switch n.Op {
		case term.Field:
			path = append([]string{n.Text}, path...)
			t = n.Args[0]
			continue
		case term.Iface, term.After, term.AfterFree:
			t = n.Args[0]
			continue
		case term.Call:
			return path, n.Text == summary.Records || strings.Contains(n.Text, ".GetRecords")
		case term.Param:
			ok := slices.ContainsFunc(b.Streams, func(s summary.Stream) bool { return s.Index == int(n.N) })
			return path, ok
		}
		return nil, false
	}
}
