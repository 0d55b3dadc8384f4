package delivery

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A RecordFault is a mistake in how a handler treats its records.
type RecordFault struct {
	In *summary.Summary
	At finding.Pos
	// Named is the field that a failed record was named by, empty where it was none of the record's.
	Named string
	// Feed is where the records come from.
	Feed string
	// Item is the effect that is lost or detached, Access its write where it is one.
	Item   *compose.Item
	Access *access.Access
	// Unread is set when not even the log hears of the error, Overwritten when that of the next record takes its place.
	Unread, Overwritten bool
}

// right are the identifiers by which a failed record is named, by feed, see
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html and its siblings.
var right = map[string]string{"dynamodb": "SequenceNumber", "kinesis": "sequenceNumber", "sqs": "messageId"}

// WrongIDs finds failed records that a handler names by something other than their identifier.
func WrongIDs(u *compose.Universe, b *compose.Body) []RecordFault {
	feed, ok := handles(u, b)
	if !ok || b.Foreign {
		return nil
	}
	var out []RecordFault
	for _, it := range b.Items {
		if it.Kind != summary.Names || it.Silent {
			continue
		}
		wrong, found := wrongID(u.Arena, b, it.Args[0], feed)
		if !found || slices.ContainsFunc(out, func(f RecordFault) bool { return f.At == it.Pos }) {
			continue
		}
		if len(it.Via) > 0 && !handedBack(u.Arena, b, it.Args[0]) {
			continue // something else is made of it on the way to the handler's result
		}
		f := RecordFault{In: b.Summary, At: it.Pos, Named: wrong, Feed: feed}
		if n := len(it.Via); n > 0 {
			in := u.Summary(it.Via[n-1].ID)
			if in == nil || !u.Own(in.ID) {
				continue
			}
			f.In = in
		}
		out = append(out, f)
	}
	return out
}

// wrongID finds the part of a record that an identifier is, where it is not the right one in any case.
func wrongID(a *term.Arena, b *compose.Body, t term.Ref, feed string) (string, bool) {
	wrong, made := "", false
	for _, v := range (access.Reader{Arena: a}).Each(t) {
		path, ok := recordPath(a, b, v)
		path = slices.DeleteFunc(slices.Clone(path), term.IsElem)
		switch {
		case !ok && invented(a, v):
			wrong, made = "", true
		case !ok || len(path) < 2:
		case path[len(path)-1] == right[feed]:
			return "", false
		default:
			wrong = strings.Join(spelled(path[1:]), ".")
		}
	}
	return wrong, made || wrong != ""
}

// invented reports an identifier that has nothing of a record in it: a constant, a number that is counted, something new.
// An empty one means the whole batch, which is as Lambda understands it.
func invented(a *term.Arena, v term.Ref) bool {
	if s, ok := a.Text(v); ok {
		return s != ""
	}
	return a.IsZero(v) != term.True && !given(a, v, map[term.Ref]bool{})
}

// given reports a value that is made of something which comes from outside of the function, whatever chose it.
func given(a *term.Arena, v term.Ref, seen map[term.Ref]bool) bool {
	if v == term.None || seen[v] {
		return false
	}
	seen[v] = true
	switch n := a.Node(v); n.Op {
	case term.Cond, term.And:
		return false
	case term.Const, term.Zero, term.Concat, term.Alt, term.Bin, term.Un, term.Obj, term.Iface:
		return slices.ContainsFunc(n.Args, func(x term.Ref) bool { return given(a, x, seen) })
	case term.Call:
		return n.M == 0 // what is new on every call comes from nowhere
	}
	return true
}

// handedBack reports whether a body returns t as the identifier of a failed record.
func handedBack(a *term.Arena, b *compose.Body, t term.Ref) bool {
	want := slices.DeleteFunc(slices.Clone((access.Reader{Arena: a}).Each(t)), func(v term.Ref) bool { return a.IsZero(v) == term.True })
	seen := map[term.Ref]bool{}
	var visit func(term.Ref) bool
	visit = func(r term.Ref) bool {
		if r == term.None || seen[r] || len(seen) > 2000 {
			return false
		}
		seen[r] = true
		if v, ok := a.Part(r, "itemIdentifier"); ok && slices.ContainsFunc((access.Reader{Arena: a}).Each(v), func(x term.Ref) bool { return slices.Contains(want, x) }) {
			return true
		}
		n := a.Node(r)
		switch n.Op {
		case term.Cond, term.And, term.Un, term.Bin, term.Call:
			return false // decides, but is not handed on
		}
		return slices.ContainsFunc(n.Args, visit)
	}
	return slices.ContainsFunc(b.Results, visit)
}

// spelled writes the fields of a record as a Go programmer does.
func spelled(path []string) []string {
	names := map[string]string{"dynamodb": "Change", "eventID": "EventID", "eventName": "EventName", "eventSourceARN": "EventSourceArn"}
	out := make([]string, len(path))
	for i, p := range path {
		out[i] = p
		if n, ok := names[p]; ok {
			out[i] = n
		}
	}
	return out
}

// Swallowed finds calls that carry out what a record asks for and of which the error is lost: the handler returns
// success, and the record never comes again.
func Swallowed(u *compose.Universe, b *compose.Body) []RecordFault {
	if loose(u, b) {
		return nil // what matters more is that nothing waits for it
	}
	found := faults(u, b, func(e *summary.Event) bool {
		return !e.Async && (e.Failed == summary.Dropped || e.Failed == summary.Logged || e.Failed == summary.Overwritten)
	})
	// A message after the record was stored is sent as well as may be, and so is one from a function that cannot tell.
	return slices.DeleteFunc(found, func(f RecordFault) bool {
		return f.Item.Kind == summary.Effect && (len(b.Results) == 0 || slices.ContainsFunc(b.Items, func(it *compose.Item) bool { return it.Writes() && it.Root < f.Item.Root }))
	})
}

// loose reports a closure that runs in a goroutine for which nothing waits.
func loose(u *compose.Universe, b *compose.Body) bool {
	i := strings.LastIndexByte(b.ID, '$')
	if i < 0 {
		return false
	}
	around := u.Summary(b.ID[:i])
	return around != nil && !around.Waits && slices.ContainsFunc(around.Events, func(e summary.Event) bool {
		return e.Async && e.Func != term.None && around.Terms[e.Func].Text == b.ID
	})
}

// Detached finds work that is started in a goroutine and not waited for: Lambda freezes the process when the handler
// returns.
func Detached(u *compose.Universe, b *compose.Body) []RecordFault {
	if s := u.InStream(b.ID); b.Waits || s != nil && s.Streams[0].Polled {
		return nil
	}
	return faults(u, b, func(e *summary.Event) bool { return e.Async })
}

// faults finds the effects that the events in question of a function with records lead to, one for each event.
func faults(u *compose.Universe, b *compose.Body, asked func(*summary.Event) bool) []RecordFault {
	s := u.InStream(b.ID)
	if s == nil {
		return nil
	}
	d := &deliverer{Examiner: guard.NewExaminer(u, b)}
	var out []RecordFault
	for k := range b.Events {
		e := &b.Events[k]
		if !asked(e) || e.Apart || d.ifFailed(e.When) {
			continue
		}
		for i, it := range b.Items {
			if it.Root != k || b.Foreign && !it.Here || it.Kind != summary.Effect && !it.Writes() {
				continue
			}
			f := RecordFault{In: b.Summary, At: b.RootPos[k], Item: it, Feed: s.Streams[0].From, Unread: e.Failed == summary.Dropped, Overwritten: e.Failed == summary.Overwritten}
			if all := d.Accesses(i); len(all) > 0 {
				f.Access = all[0]
			}
			out = append(out, f)
			break
		}
	}
	return out
}

// ifFailed reports code that runs because something else has failed.
func (d *deliverer) ifFailed(when []term.Ref) bool {
	return slices.ContainsFunc(when, func(c term.Ref) bool {
		n := d.Arena.Node(c)
		return n.Op == term.Cond && d.onFailure(n)
	})
}
