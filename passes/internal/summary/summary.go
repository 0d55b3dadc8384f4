// Package summary says of one function what matters to the integrity of DynamoDB data, in terms of the
// function's parameters and of the results of the calls it makes: the requests it sends, the calls that
// may send some, what each of them depends on, and what the function returns and changes.
//
// A Summary is the one data model of ddbvet: the passes exchange Summaries as facts, the gate collects
// them over a module, and package compose puts them together.
package summary

import (
	"fmt"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// A Kind says what an event is.
type Kind uint8

// The kinds of events.
const (
	Request   Kind = iota + 1 // an SDK call: Op is its operation, Args[Input] its input
	Static                    // a call of a known function: Callee
	Interface                 // a call of Method through the interface type Iface
	Dynamic                   // a call of a function value: Func
	Effect                    // a call whose effect leaves the program, see dynamo.Outward: Op
	Names                     // a record is named as failed: Args[0] is its identifier
	Lumps                     // every cancellation of a transaction is answered alike, its reasons unread
)

// An Event is something that a function does, in the order of the source.
type Event struct {
	Kind Kind
	// Op is the DynamoDB operation of a request; of a static call it is the one to assume when the
	// callee's Summary is not to be had.
	Op     string
	Input  int
	Callee string
	Iface  string
	Method string
	// Func is the function value of a dynamic call; Iface is then its type, where that has a name.
	Func term.Ref
	// Key is the place, see Flow, that the receiver of an interface call or the function value comes from.
	Key string
	// Name is how a Go programmer writes the callee.
	Name string
	// Args are the arguments with the receiver first. Of a request they are the input and, for a page of a
	// paginator, the place where the paginator was made.
	Args []term.Ref
	// When are the branches that the event depends on, see term.Cond.
	When []term.Ref
	Pos  finding.Pos
	// Via are the calls that lead to the event, outermost first; none for an event of the function's own text.
	Via []finding.Frame
	// Loop is set for an event that can happen more than once in one call of the function, Async for one
	// that is started by a go statement.
	Loop, Async bool
	// Left is what the function does with what a batch has left undone, LeftTo the results that hand it on.
	Left   Fate
	LeftTo uint16
	// LeftIn is the field of a struct in which it is handed on. Unread is such a field of the call's first result that
	// nothing looks at.
	LeftIn, Unread string
	// Failed is the fate of the call's error, in functions that handle records.
	Failed Fate
	// Pieces is set for a transaction in a loop over pieces of one list of actions.
	Pieces bool
	// Apart is set in functions that fetch records themselves for what they do before, or on another way.
	Apart bool
	// Drops has a bit for each result that nothing looks at.
	Drops uint16
	// Answered is set where the function ends otherwise when the call has failed than when it has not, though it hands on
	// no error: it answers with another status, say.
	Answered bool
	// Hands say what the function does with results of a call that may be what a batch has left undone.
	Hands []Hand
}

// A Hand is what a function does with the k-th result of a call: To are its own results that hand it on, In the field of
// a struct in which they do.
type Hand struct {
	Result int
	Fate   Fate
	To     uint16
	In     string
}

// HandOn says what becomes of what is left of a batch that a call hands back in its results to, or in the field in of
// its first one.
func (e *Event) HandOn(to uint16, in string) (Fate, uint16, string) {
	if e.Drops&to == to {
		return Dropped, 0, ""
	}
	if in != "" {
		if to == 1 && e.Unread == in {
			return Dropped, 0, ""
		}
		return Used, 0, ""
	}
	for _, h := range e.Hands {
		if to&^e.Drops == 1<<h.Result {
			return h.Fate, h.To, h.In
		}
	}
	return Used, 0, ""
}

// An Out is what a function has made of what a parameter points to, or of a captured variable.
type Out struct {
	Index int
	Free  bool
	Value term.Ref
}

// A Summary describes one function.
type Summary struct {
	ID      string
	Name    string
	Package string
	Pos     finding.Pos
	// Params counts parameters with the receiver.
	Params  int
	Terms   term.Table
	Events  []Event
	Results []term.Ref
	Outs    []Out
	// Flows say which values that decide on code get where.
	Flows []Flow
	// Closures are the Summaries of the closures that the results hold, in a fact.
	Closures []*Summary
	// Streams are the ways by which records of a stream come; Waits is set where such a function waits for
	// the goroutines that it starts.
	Streams []Stream
	Waits   bool
	// Silent is set in generated files and, unless asked for, tests: analysed but not reported.
	Silent bool
	// Ignores are the directives in the function's text: they go with it where its findings are placed elsewhere.
	Ignores []Directive
}

// refs visits every term of a Summary, so that one walk serves storing and loading.
func (s *Summary) refs(visit func(*term.Ref)) {
	for i := range s.Events {
		e := &s.Events[i]
		visit(&e.Func)
		for j := range e.Args {
			visit(&e.Args[j])
		}
		for j := range e.When {
			visit(&e.When[j])
		}
	}
	for i := range s.Results {
		visit(&s.Results[i])
	}
	for i := range s.Outs {
		visit(&s.Outs[i].Value)
	}
}

// Seal moves the terms of s out of arena a into s.Terms, so that s stands alone.
func (s *Summary) Seal(a *term.Arena) {
	var roots []term.Ref
	s.refs(func(r *term.Ref) { roots = append(roots, *r) })
	table, places := a.Extract(roots)
	i := 0
	s.refs(func(r *term.Ref) { *r, i = places[i], i+1 })
	s.Terms = table
}

// Open returns a copy of a sealed s whose terms are in arena a.
func (s *Summary) Open(a *term.Arena) *Summary {
	refs := a.Load(s.Terms)
	c := *s
	c.Terms = nil
	c.Events = append([]Event(nil), s.Events...)
	for i := range c.Events {
		e := &c.Events[i]
		e.Args = append([]term.Ref(nil), e.Args...)
		e.When = append([]term.Ref(nil), e.When...)
	}
	c.Results = append([]term.Ref(nil), s.Results...)
	c.Outs = append([]Out(nil), s.Outs...)
	c.refs(func(r *term.Ref) { *r = refs[*r] })
	return &c
}

// A Method is one method of a type or an interface.
type Method struct {
	Name string
	// ID is the function that implements it; for a method promoted from an embedded interface it is
	// "iface:" and that interface's type. Empty in an Interface.
	ID string
	// Embedded is the place of that embedded interface.
	Embedded string
	// Signature is the method's type, for comparing.
	Signature string
}

// A Type is a named type (or an interface) and its methods, as far as interface calls may need them.
type Type struct {
	Name    string
	Methods []Method
}

// An Entity is a struct type that is stored, with the attributes that its fields may be stored under.
type Entity struct {
	Name  string
	Attrs []string
}

// A Conversion is a place where a value of type From becomes an interface To.
type Conversion struct {
	From, To string
	// Methods are From's implementations of To's methods; empty when From is an interface itself.
	Methods []Method
	Pos     finding.Pos
}

// A Directive is a comment //ddbvet:ignore CHECK reason.
type Directive struct {
	Pos    finding.Pos
	Check  string
	Reason string
}

// A Package is all that is known of one package.
type Package struct {
	Path        string
	Summaries   []*Summary
	Types       []Type
	Interfaces  []Type
	Entities    []Entity
	Conversions []Conversion
	// Flows are those of the initialisation of package variables.
	Flows      []Flow
	Directives []Directive
	// Imported are the Summaries of functions of other modules that this package calls.
	Imported []*Summary
	// Crashes names functions whose analysis failed, with the reason.
	Crashes []string
}

// FormatPlace writes a position so that a term can hold it.
func FormatPlace(p finding.Pos) string { return fmt.Sprintf("%d:%d:%s", p.Line, p.Col, p.File) }

// ParsePlace reads what FormatPlace wrote.
func ParsePlace(text string) (p finding.Pos, ok bool) {
	n, err := fmt.Sscanf(text, "%d:%d:", &p.Line, &p.Col)
	if err != nil || n != 2 {
		return p, false
	}
	parts := strings.SplitN(text, ":", 3)
	p.File = parts[2]
	return p, true
}

// Origins are the places, see Flow, that a term of a sealed Summary may come from.
func (s *Summary) Origins(r term.Ref) []string {
	switch n := s.Terms[r]; n.Op {
	case term.Zero:
		return nil
	case term.Iface:
		return []string{Place('t', n.Text)}
	case term.Param:
		return []string{Numbered('p', s.ID, int(n.N))}
	case term.Func:
		if n.M == 1 {
			return []string{Place('u', n.Text)}
		}
		return []string{Place('f', n.Text)}
	case term.Closure:
		if strings.HasPrefix(n.Text, "iface:") {
			return []string{Unknown}
		}
		if n.N == 1 {
			return []string{Place('b', n.Text)}
		}
		return []string{Place('f', n.Text)}
	case term.Alt:
		var out []string
		for i := 1; i < len(n.Args); i += 2 {
			out = append(out, s.Origins(n.Args[i])...)
		}
		return out
	}
	return []string{Unknown}
}
