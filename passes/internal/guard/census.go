package guard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Census says what all bodies of a universe write, so that one write can be held against the others of its kind.
type Census struct {
	// Tables are the tables, in words, that are written: what is in none of them is configuration.
	Tables map[string]bool
	sites  map[string]*site
	kinds  map[string][]*site
}

// A site is a place in the program that writes items of one kind. A helper that is told what to write, or under
// which condition, is no place of its own: its callers are.
type site struct {
	kind     string // the table and what all keys of such items have in common
	name     string // the function
	pins     []string
	attrs    []string // what it stores; for a Put of a struct, the struct's
	entity   string   // the struct's type
	keys     []string
	creates  bool // only where there is no such item yet
	put      bool
	position string
}

// An Observation is one action of a write as one body sees it.
type Observation struct {
	Body   *compose.Body
	Access *access.Access
	Chain  []string // where the action is sent, and the calls that lead there, innermost first
}

// TakeCensus looks at every write of the bodies. A universe that is not the whole module shows its tables only: that other
// writes do something else could not be said.
func TakeCensus(u *compose.Universe, bodies []*compose.Body) *Census {
	t := &Survey{Reader: access.Reader{Arena: u.Arena}, Universe: u, Known: map[string]bool{}, Schemas: map[string][][]string{}, Tables: map[string]bool{}}
	for _, b := range bodies {
		for i, it := range b.Items {
			if it.Request() {
				t.Observe(b, it, i)
			}
		}
	}
	c := &Census{Tables: t.Tables, sites: map[string]*site{}, kinds: map[string][]*site{}}
	for _, o := range t.Seen {
		if key, ok := o.Site(t.Known); ok && key == o.At(len(o.Chain)) && c.sites[key] == nil {
			s := t.site(o)
			s.position = key
			c.sites[key] = s
			c.kinds[s.kind] = append(c.kinds[s.kind], s)
		}
	}
	for _, of := range c.kinds {
		slices.SortFunc(of, func(x, y *site) int { return cmp.Compare(x.position, y.position) })
	}
	return c
}

// A Survey is a Census that is being taken.
type Survey struct {
	access.Reader
	Universe *compose.Universe
	Tables   map[string]bool
	Seen     []Observation
	Known    map[string]bool       // places at which it is known what is written
	Schemas  map[string][][]string // the names of keys by table
	// deletes are observed as well, and in a universe that is not whole too
	Guards bool
}

// Observe notes what a request of a body does.
func (t *Survey) Observe(b *compose.Body, it *compose.Item, number int) {
	for _, w := range t.Accesses(it, number) {
		if it.Writes() {
			t.Tables[access.TableWords(t.Arena, w.Table)] = true
		}
		if !t.Universe.Whole && !t.Guards {
			continue
		}
		t.noteSchema(t.TableOf(b, w), w)
		if Mutates(w) && (w.Kind != dynamo.Delete || t.Guards) {
			o := Observation{Body: b, Access: w, Chain: ChainOf(w)}
			t.Seen = append(t.Seen, o)
			t.Known[o.At(len(o.Chain))] = t.Known[o.At(len(o.Chain))] || told(t.Reader, w)
		}
	}
}

// ChainOf lists the places that lead to an action, the action first.
func ChainOf(w *access.Access) []string {
	out := []string{fmt.Sprintf("%s #%d", w.Item.Pos, w.Action)}
	for _, v := range slices.Backward(w.Item.Via) {
		out = append(out, fmt.Sprintf("%s:%d", v.File, v.Line))
	}
	return out
}

// At names a place by where the action is sent and the n-1 calls that lead there.
func (o Observation) At(n int) string { return strings.Join(o.Chain[:n], " < ") }

// Site is the innermost place at which it is known what is written.
func (o Observation) Site(known map[string]bool) (string, bool) {
	for n := 1; n <= len(o.Chain); n++ {
		if key := o.At(n); known[key] {
			return key, true
		}
	}
	return "", false
}

// told reports a write of which the condition and the attributes are for no caller to decide.
func told(r access.Reader, w *access.Access) bool {
	if w.Cond.Waits {
		return false
	}
	switch w.Kind {
	case dynamo.Put:
		return !r.Waits(w.Stored) || r.Arena.Op(w.Stored) == term.Iface || (Source{Arena: r.Arena}).Object(w.Stored) != term.None
	case dynamo.Delete:
		return len(w.KeyWords(r.Arena)) > 0
	}
	return len(w.Assigned) > 0 && !slices.ContainsFunc(w.Assigned, func(s access.Assignment) bool {
		return s.Attr == "" || strings.HasPrefix(s.Attr, access.Hole)
	})
}

// TableOf identifies a table across functions: by its name, or by the field that holds it and the type that has the field.
func (t *Survey) TableOf(b *compose.Body, w *access.Access) string {
	words := access.TableWords(t.Arena, w.Table)
	if words == "" {
		return ""
	}
	if _, ok := t.Arena.Text(w.Table); ok {
		return words
	}
	id := b.ID
	for _, via := range w.Item.Via {
		if strings.Contains(via.ID, ").") || !strings.Contains(id, ").") {
			id = via.ID // a function that is no method was told the table by one
		}
	}
	if recv, _, ok := strings.Cut(id, ")."); ok {
		return recv + ")." + words
	}
	if i := strings.LastIndex(id, "."); i > strings.LastIndex(id, "/") {
		id = id[:i]
	}
	return id + "." + words
}

// noteSchema collects which attributes are the keys of a table.
func (t *Survey) noteSchema(table string, w *access.Access) {
	n := t.Arena.Node(Source{Arena: t.Arena}.Object(w.Key))
	if table == "" || n.Op != term.Obj {
		return
	}
	names := n.Names()
	if slices.Contains(names, term.AnyElem) || slices.ContainsFunc(t.Schemas[table], func(x []string) bool { return slices.Equal(x, names) }) {
		return
	}
	t.Schemas[table] = append(t.Schemas[table], names)
	slices.SortFunc(t.Schemas[table], slices.Compare)
}

// site describes the place of an observation.
func (t *Survey) site(o Observation) *site {
	w, table := o.Access, t.TableOf(o.Body, o.Access)
	out := &site{name: o.Body.Name, pins: pins(t.Reader, w), put: w.Kind == dynamo.Put, kind: o.At(len(o.Chain))} // of a kind of its own
	if out.put {
		out.entity, out.attrs = t.Entity(w.Stored)
	}
	for _, a := range w.Assigned {
		out.attrs = append(out.attrs, strings.SplitN(a.Attr, ".", 2)[0])
	}
	if names, prefixes := t.Keyed(o.Body, w); names != nil {
		for i, name := range names {
			prefixes[i] = name + "=" + prefixes[i]
		}
		out.kind, out.keys = table+" "+strings.Join(prefixes, " "), names
	}
	out.creates = slices.ContainsFunc(out.keys, func(k string) bool { return DemandsAbsence(w.Cond, k) })
	return out
}

// Keyed gives the key attributes of an action's table and the constants that their values start with; nil where the
// table's keys are not known, or not in what is written.
func (t *Survey) Keyed(b *compose.Body, w *access.Access) (names, prefixes []string) {
	s := Source{Arena: t.Arena}
	item := w.Key
	if w.Kind == dynamo.Put {
		item = w.Stored
	}
	for _, names := range t.Schemas[t.TableOf(b, w)] {
		prefixes = nil
		for _, name := range names {
			v := s.keyPart(w, name)
			if v == term.None || w.Kind == dynamo.Put && t.Arena.IsZero(v) == term.True {
				break
			}
			prefix, _ := s.prefix(s.Parts(s.Single(s.Bare(v))))
			prefixes = append(prefixes, prefix)
		}
		if len(prefixes) == len(names) && item != term.None {
			return names, prefixes
		}
	}
	return nil, nil
}

// pins lists the attributes that a condition compares with a value of the program whatever alternative holds.
func pins(r access.Reader, w *access.Access) []string {
	var out []string
	for a := range w.Cond.Atoms() {
		if a.Op != expr.Eq || len(a.Attrs) != 1 || len(a.Values) != 1 || r.Arena.Op(a.Values[0]) == term.Const ||
			a.Nameless() || strings.HasPrefix(a.Attrs[0], "#") || slices.Contains(out, a.Attrs[0]) {
			continue
		}
		if w.Cond.Always(func(b access.Atom) bool { return slices.Contains(b.Attrs, a.Attrs[0]) }) {
			out = append(out, a.Attrs[0])
		}
	}
	return out
}

// Entity finds the type of the struct that is put, and its attributes.
func (t *Survey) Entity(stored term.Ref) (name string, attrs []string) {
	s := Source{Arena: t.Arena}
	n := t.Arena.Node(s.Single(stored))
	for n.Op == term.Iface {
		if attrs, ok := t.Universe.Attributes(n.Text); ok {
			return n.Text, attrs
		}
		n = t.Arena.Node(s.Single(n.Args[0]))
	}
	if n.Op == term.Obj && n.Args[0] == term.None && !slices.Contains(n.Names(), term.AnyElem) {
		return "", n.Names()
	}
	return "", nil
}

// of finds the site of a write of a body.
func (c *Census) of(w *access.Access) *site {
	o := Observation{Access: w, Chain: ChainOf(w)}
	for n := 1; n <= len(o.Chain); n++ {
		if s := c.sites[o.At(n)]; s != nil {
			return s
		}
	}
	return nil
}

// Pinned is how many of the writes of one kind of item compare an attribute that one write leaves alone. Items names the
// kind by the struct that is put; empty when there is none.
type Pinned struct {
	Attr     string
	Pins, Of int
	Items    string
}

// Pinned holds a write against the others of its kind: at least half of those that change items pin an attribute, and
// this one does not.
func (c *Census) Pinned(w *access.Access) (Pinned, bool) {
	own := c.of(w)
	if own == nil {
		return Pinned{}, false
	}
	counts := map[string]int{}
	of := 0
	for _, s := range c.kinds[own.kind] {
		if s.creates {
			continue
		}
		of++
		for _, attr := range s.pins {
			if !slices.Contains(own.keys, attr) {
				counts[attr]++
			}
		}
	}
	best := Pinned{Of: of, Items: own.entity}
	for attr, n := range counts {
		if !slices.Contains(own.pins, attr) && (n > best.Pins || n == best.Pins && attr < best.Attr) {
			best.Attr, best.Pins = attr, n
		}
	}
	return best, best.Pins*2 >= of && best.Pins > 0
}

// An Erased is an attribute that a Put of a whole item drops, and a function that writes it.
type Erased struct{ Attr, Writer string }

// Erased lists what other writers of a kind of item store and a Put of a struct does not hold: putting it back erases
// that, whoever else is there. Where several structs are put under one kind of key, they may be several kinds of items.
func (c *Census) Erased(w *access.Access) []Erased {
	own := c.of(w)
	if own == nil || !own.put || own.entity == "" {
		return nil
	}
	var out []Erased
	for _, s := range c.kinds[own.kind] {
		if s.put && s.entity != own.entity {
			return nil
		}
		for _, attr := range s.attrs {
			same := func(other string) bool { return dynamo.SameAttribute(other, attr) }
			known := slices.ContainsFunc(own.attrs, same) || slices.ContainsFunc(own.keys, same)
			if !known && !slices.ContainsFunc(out, func(e Erased) bool { return same(e.Attr) }) {
				out = append(out, Erased{attr, s.name})
			}
		}
	}
	return out
}
