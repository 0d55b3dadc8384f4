package compose

import (
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Fact carries a function's composed Summary to the packages that call it.
type Fact struct {
	Data []byte
}

// AFact marks Fact as a fact of go/analysis.
func (*Fact) AFact() {}

// maxFact bounds the bytes of one fact; what does not fit is cut down to its requests.
const maxFact = 64 << 10

// NewFact seals a body. It gives nil for a function that nobody needs to know more of than its arguments.
func NewFact(u *Universe, b *Body) (*Fact, error) {
	s := traveller(u, b)
	s.Flows = u.outward()[b.ID]
	if len(s.Events) == 0 && len(s.Flows) == 0 && !telling(u.Arena, s) {
		return nil, nil
	}
	s.Closures = u.closures(s)
	s.Seal(u.Arena)
	data, err := encode(s)
	if err == nil && len(data) > maxFact {
		u.cut("%s: fact of %d bytes left out", b.Name, len(data))
		return nil, nil
	}
	return &Fact{Data: data}, err
}

// traveller is the Summary of a composed function, to be sealed.
func traveller(u *Universe, b *Body) *summary.Summary {
	s := *b.Summary
	s.Results, s.Outs, s.Flows = b.Results, b.Outs, nil
	s.Events = make([]summary.Event, len(b.Items))
	for i, it := range b.Items {
		s.Events[i] = it.Event
	}
	return copyRefs(&s)
}

// maxClosures bounds the closures that go with one function.
const maxClosures = 8

// closures are the Summaries of the closures that a function's results hold: they are no objects to which a fact could
// be attached.
func (u *Universe) closures(s *summary.Summary) []*summary.Summary {
	var out []*summary.Summary
	seen := map[term.Ref]bool{}
	var visit func(term.Ref)
	visit = func(r term.Ref) {
		n := u.Arena.Node(r)
		if seen[r] || len(out) == maxClosures {
			return
		}
		seen[r] = true
		if n.Op == term.Closure && strings.Contains(n.Text, "$") {
			out = append(out, u.closure(n.Text)...)
		}
		for _, x := range n.Args {
			visit(x)
		}
	}
	for _, r := range s.Results {
		visit(r)
	}
	for _, o := range s.Outs {
		visit(o.Value)
	}
	return out
}

func (u *Universe) closure(id string) []*summary.Summary {
	if u.foreign[id] {
		return []*summary.Summary{u.sealed[id]}
	}
	b := u.Body(id)
	if b == nil {
		return nil
	}
	s := traveller(u, b)
	s.Seal(u.Arena)
	return []*summary.Summary{s}
}

// copyRefs copies what Seal overwrites.
func copyRefs(s *summary.Summary) *summary.Summary {
	c := *s
	c.Events = append([]summary.Event(nil), s.Events...)
	for i := range c.Events {
		e := &c.Events[i]
		e.Args = append([]term.Ref(nil), e.Args...)
		e.When = append([]term.Ref(nil), e.When...)
	}
	c.Results = append([]term.Ref(nil), s.Results...)
	c.Outs = append([]summary.Out(nil), s.Outs...)
	return &c
}

// telling reports results or changes that say more than that they are made of the arguments.
func telling(a *term.Arena, s *summary.Summary) bool {
	if len(s.Outs) > 0 {
		return true
	}
	for _, r := range s.Results {
		n := a.Node(r)
		if n.Op != term.Mix && n.Op != term.Call || n.M != 0 {
			return true // among them calls that give something new every time
		}
	}
	return false
}

// Summary opens a fact.
func (f *Fact) Summary() (*summary.Summary, error) {
	s := new(summary.Summary)
	err := decode(f.Data, s)
	return s, err
}

// String shows the fact in tests: the requests that the function leads to.
func (f *Fact) String() string {
	s, err := f.Summary()
	if err != nil {
		return err.Error()
	}
	var parts []string
	for _, e := range s.Events {
		if e.Kind == summary.Request {
			parts = append(parts, e.Op)
		} else {
			parts = append(parts, "call "+e.Name)
		}
	}
	return "requests(" + strings.Join(parts, ", ") + ")"
}
