package batch

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Bypassed is a guard under which another place of the program writes items of the kind that a batch writes.
type Bypassed struct {
	// In is the function of that write, At its place, Guard what it demands, in words.
	In, Guard string
	At        finding.Pos
	// Access is that write.
	Access *access.Access
}

// A Bypass is a batch that passes a guard by.
type Bypass struct {
	Body   *compose.Body
	Item   *compose.Item
	Access *access.Access
	At     finding.Pos
	Guard  Bypassed
}

// Guards says under which guards a program writes its items, and which of its batches write the same items without: a
// batch carries no conditions.
type Guards struct {
	t      *guard.Survey
	places map[string]*place
	all    []*place
}

// A place is where it is known which item a request writes.
type place struct {
	guard.Observation
	key           string
	names, starts []string // the table's keys, and what their values start with
	entity        string
	attrs         []string
	guard         string // in words
	strength      strength
}

// A strength is a kind of guard, the one that says most about an item first.
type strength uint8

const (
	none     strength = iota
	byState           // a condition on the item's attributes
	together          // one of several actions of a transaction
	byKey             // a condition that the item is new
)

// TakeGuards looks at every write of the bodies. Unlike a Census it says something of a part of a program as well: a guard
// that is seen is one, whoever else there is.
func TakeGuards(u *compose.Universe, bodies []*compose.Body) *Guards {
	t := &guard.Survey{Reader: access.Reader{Arena: u.Arena}, Universe: u, Known: map[string]bool{}, Schemas: map[string][][]string{}, Tables: map[string]bool{}, Guards: true}
	for _, b := range bodies {
		for i, it := range b.Items {
			if it.Request() && !it.Silent {
				t.Observe(b, it, i)
			}
		}
	}
	g := &Guards{t: t, places: map[string]*place{}}
	for _, o := range t.Seen {
		if key, ok := o.Site(t.Known); ok && key == o.At(len(o.Chain)) && g.places[key] == nil {
			p := g.place(o)
			p.key = key
			g.places[key] = p
			g.all = append(g.all, p)
		}
	}
	slices.SortStableFunc(g.all, func(x, y *place) int { return cmp.Compare(x.key, y.key) })
	return g
}

// place describes what an observation writes, and under which guard.
func (g *Guards) place(o guard.Observation) *place {
	p := &place{Observation: o}
	p.names, p.starts = g.t.Keyed(o.Body, o.Access)
	if o.Access.Kind == dynamo.Put {
		p.entity, p.attrs = g.t.Entity(o.Access.Stored)
	}
	for _, a := range o.Access.Assigned {
		p.attrs = append(p.attrs, strings.SplitN(a.Attr, ".", 2)[0])
	}
	p.strength = g.guarded(p)
	switch p.strength {
	case byState:
		p.guard = "under the condition that " + access.GuardWords(o.Access)
	case together:
		p.guard = "in a transaction"
	case byKey:
		p.guard = "only where there is none yet"
	}
	return p
}

// guarded says what DynamoDB checks with a write, besides that the item is there.
func (g *Guards) guarded(p *place) strength {
	w := p.Access
	switch {
	case w.Batch || w.Cond.Opaque:
		return none
	case w.Cond.Given && w.Cond.Some(func(a access.Atom) bool { return a.Op != expr.Exists && a.Op != expr.NotExists }):
		return byState
	case w.Cond.Given && slices.ContainsFunc(p.names, func(k string) bool { return guard.DemandsAbsence(w.Cond, k) }):
		return byKey
	case len(w.Tx) > 1:
		return together
	}
	return none
}

// Bypassed finds the guard that an action of a batch passes by.
func (g *Guards) Bypassed(w *access.Access) (Bypassed, bool) {
	o := guard.Observation{Access: w, Chain: guard.ChainOf(w)}
	for n := 1; n <= len(o.Chain); n++ {
		if p := g.places[o.At(n)]; p != nil {
			return g.passed(p)
		}
	}
	return Bypassed{}, false
}

// All lists the batches that pass a guard by, one for each call that leads to one. Seeds are left out: what is made of
// constants only, and what says by its name that it fills, moves or restores a table before, or instead of, the program's
// own writers.
func (g *Guards) All() []Bypass {
	var out []Bypass
	for _, p := range g.all {
		it := p.Access.Item
		if !p.Access.Batch || p.Body.Foreign && !it.Here || loads(p) || !g.made(p) {
			continue
		}
		by, ok := g.passed(p)
		at := p.Body.RootPos[it.Root]
		if ok && !slices.ContainsFunc(out, func(x Bypass) bool { return x.At == at }) {
			out = append(out, Bypass{Body: p.Body, Item: it, Access: p.Access, At: at, Guard: by})
		}
	}
	return out
}

// loadName matches functions, files and packages that fill or move tables while nobody else writes them.
var loadName = regexp.MustCompile(`(?i)seed|migrat|backfill|restor|fixture|bootstrap|populat`)

// loads reports a place whose function, file or folder loadName matches.
func loads(p *place) bool {
	name := func(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
	return slices.ContainsFunc([]string{access.LastName(p.Body.Name), name(p.Body.Pos.File), name(p.Body.Package)}, loadName.MatchString)
}

// made reports an item that has something of the program's input in it, and not under a key of its own.
func (g *Guards) made(p *place) bool {
	if p.Access.Kind == dynamo.Delete {
		return true
	}
	return !guard.NewExaminer(g.t.Universe, p.Body).FreshKey(p.Access) && (g.t.Waits(p.Access.Stored) || access.Mentions(g.t.Arena, p.Access.Stored, func(n term.Node) bool {
		return n.Op == term.Result || n.Op == term.Call || n.Op == term.Mix
	}))
}

// passed finds the guard of another place that an unguarded one passes by: the strictest says most.
func (g *Guards) passed(p *place) (Bypassed, bool) {
	var best *place
	for _, q := range g.all {
		if q == p || q.strength == none || !g.sameKind(q, p) || !g.protects(q, p) {
			continue
		}
		if best == nil || q.strength < best.strength {
			best = q
		}
	}
	if best == nil || g.behind(p, best) {
		return Bypassed{}, false
	}
	return Bypassed{In: best.Body.Name, Guard: best.guard, At: best.Body.RootPos[best.Access.Item.Root], Access: best.Access}, true
}

// protects reports a guard that says something of what the batch does: a put replaces what is there, so it breaks the
// guards of puts and updates; a delete those of deletes only, since what others then write finds no item to fit its
// condition.
func (g *Guards) protects(q, p *place) bool {
	if (p.Access.Kind == dynamo.Delete) != (q.Access.Kind == dynamo.Delete) {
		return false
	}
	return q.strength != together || g.companion(q, p)
}

// companion reports a transaction that writes, besides its item, one of another kind that the function of the batch does
// not write.
func (g *Guards) companion(q, p *place) bool {
	for _, w := range q.Access.Tx {
		if w == q.Access {
			continue
		}
		other := g.place(guard.Observation{Body: q.Body, Access: w})
		if other.names == nil || w.Kind == access.Check && w.Cond.Opaque {
			continue
		}
		if !g.kindred(other, q) && !g.writes(p.Body, other) {
			return true
		}
	}
	return false
}

// kindred reports two places that may be about items of one kind.
func (g *Guards) kindred(x, y *place) bool {
	return g.t.TableOf(x.Body, x.Access) == g.t.TableOf(y.Body, y.Access) && g.agree(x, y) && (x.entity == "" || y.entity == "" || x.entity == y.entity)
}

// writes reports a body that writes items of the kind of another place.
func (g *Guards) writes(b *compose.Body, other *place) bool {
	for i, it := range b.Items {
		if !it.Writes() {
			continue
		}
		for _, w := range g.t.Accesses(it, i) {
			if g.kindred(g.place(guard.Observation{Body: b, Access: w}), other) {
				return true
			}
		}
	}
	return false
}

// agree reports keys of the same attributes of which no two values start with different constants.
func (g *Guards) agree(x, y *place) bool {
	if x.names == nil || !slices.Equal(x.names, y.names) {
		return false
	}
	for i := range x.starts {
		if !strings.HasPrefix(x.starts[i], y.starts[i]) && !strings.HasPrefix(y.starts[i], x.starts[i]) {
			return false
		}
	}
	return true
}

// sameKind reports items of one kind: in one table, whose keys start with the same constants, or which are one struct.
// Where keys are named for no kind (PK, SK) and start with nothing, more is asked for than that they may be the same.
func (g *Guards) sameKind(q, p *place) bool {
	table := g.t.TableOf(p.Body, p.Access)
	if table == "" || table != g.t.TableOf(q.Body, q.Access) || !g.agree(p, q) {
		return false
	}
	if p.entity != "" && q.entity != "" {
		return p.entity == q.entity
	}
	named := !slices.ContainsFunc(p.names, func(n string) bool { return guard.General(n) || strings.EqualFold(n, "sk") })
	if slices.Equal(p.starts, q.starts) && (named || slices.ContainsFunc(p.starts, func(s string) bool { return s != "" })) {
		return true
	}
	return len(q.attrs) > 0 && len(p.attrs) > 0 && !slices.ContainsFunc(q.attrs, func(attr string) bool {
		return !slices.ContainsFunc(p.attrs, func(own string) bool { return dynamo.SameAttribute(own, attr) })
	})
}

// behind reports a batch that is only reached when a write under a guard has succeeded: whoever gets there holds it.
func (g *Guards) behind(p, q *place) bool {
	e := guard.NewExaminer(g.t.Universe, p.Body)
	for k, it := range p.Body.Items {
		if !it.Writes() || it == p.Access.Item || !e.AfterSuccess(p.Access.Item, k) {
			continue
		}
		for _, w := range e.Accesses(k) {
			if w.Cond.Given && g.kindred(g.place(guard.Observation{Body: p.Body, Access: w}), q) {
				return true
			}
		}
	}
	return false
}
