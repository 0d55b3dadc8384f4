package access

import (
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// What an update sets, adds and removes, read off its expression.

// An Assignment is one attribute that an Update sets.
type Assignment struct {
	Attr string
	// Value is what the program supplies; None for REMOVE.
	Value term.Ref
	// Server is set when DynamoDB computes the new value from the old one.
	Server bool
	// Adds is set when applying the assignment twice gives another value than once.
	Adds bool
}

// assignments lists what an Update changes, by its UpdateExpression or the legacy AttributeUpdates.
func (r Reader) assignments(in term.Ref) []Assignment {
	var out []Assignment
	for _, text := range r.Each(r.field(in, dynamo.UpdateExpression)) {
		if acts, ok := r.builtUpdate(text); ok {
			for _, act := range acts {
				out = append(out, r.ranged(act)...)
			}
			continue
		}
		src, holes := r.text(text)
		acts, err := expr.ParseUpdate(src, r.names(in, holes))
		if err != nil {
			if len(holes) > 0 {
				out = append(out, Assignment{Attr: "", Value: r.field(in, dynamo.ExpressionAttributeValues)})
			}
			continue
		}
		values := r.values(in)
		for _, act := range acts {
			out = append(out, r.assignment(act, values))
		}
	}
	for _, el := range r.Elements(r.field(in, dynamo.MapperClauses), 0) {
		out = append(out, r.mapperUpdate(el)...)
	}
	legacy := r.Arena.Node(r.field(in, dynamo.AttributeUpdates))
	if legacy.Op == term.Obj {
		for i, name := range legacy.Names() {
			action, _ := r.Arena.Text(r.field(legacy.Args[i+1], dynamo.Action))
			out = append(out, Assignment{Attr: name, Value: r.field(legacy.Args[i+1], dynamo.Value), Server: action == "ADD", Adds: action == "ADD"})
		}
	}
	return out
}

// ranged are the assignments of a loop over a map of attributes, whose entries are known: one for each.
func (r Reader) ranged(s Assignment) []Assignment {
	hole, ok := strings.CutPrefix(s.Attr, Hole)
	ref, err := strconv.Atoi(hole)
	if !ok || err != nil {
		return []Assignment{s}
	}
	var out []Assignment
	for _, name := range r.Each(term.Ref(ref)) {
		key := r.Arena.Node(name)
		if key.Op == term.Zero {
			continue // a list of names that is not filled yet
		}
		if key.Op != term.Un || key.Text != "key" || r.Arena.Op(key.Args[0]) != term.Obj {
			return []Assignment{s}
		}
		of := r.Arena.Node(key.Args[0])
		for i, attr := range of.Names() {
			if term.IsElem(attr) {
				return []Assignment{s}
			}
			out = append(out, Assignment{Attr: attr, Value: of.Args[i+1], Server: s.Server, Adds: s.Adds})
		}
	}
	if len(out) == 0 {
		return []Assignment{s}
	}
	return out
}

// assignment reads one action: SET a = :v takes its value from the program; SET a = a + :v, ADD, DELETE and
// list_append let DynamoDB compute.
func (r Reader) assignment(act expr.Action, values func(string) term.Ref) Assignment {
	s := Assignment{Attr: act.Path.String()}
	switch act.Verb {
	case "SET":
		s.Server = len(act.Value.Paths()) > 0
		s.Adds = adds(act.Value)
		s.Value = r.operand(act.Value, values)
	case "ADD", "DELETE":
		s.Server = true
		s.Value = r.operand(act.Value, values)
		s.Adds = act.Verb == "ADD" && len(r.Elements(s.Value, 0)) == 0 // of a set, adding is a union
	}
	return s
}

// operand mixes the program's values in an operand.
func (r Reader) operand(o expr.Operand, values func(string) term.Ref) term.Ref {
	if o.Kind == expr.Value && len(o.Args) == 0 {
		return values(o.Value)
	}
	var parts []term.Ref
	if o.Value != "" {
		parts = append(parts, values(o.Value))
	}
	for _, arg := range o.Args {
		parts = append(parts, r.operand(arg, values))
	}
	return r.Arena.Mix(parts...)
}

// values resolves :v placeholders of a request.
func (r Reader) values(in term.Ref) func(string) term.Ref {
	m := r.field(in, dynamo.ExpressionAttributeValues)
	return func(name string) term.Ref {
		if rest, ok := strings.CutPrefix(name, builtValue); ok {
			n, _ := strconv.Atoi(rest)
			return term.Ref(n)
		}
		return r.Arena.Field(m, name)
	}
}

// names resolves #n placeholders of a request; placeholders that stand for unknown text resolve to the text
// they stand for where it is known.
func (r Reader) names(in term.Ref, holes map[string]term.Ref) func(string) (string, bool) {
	m := r.field(in, dynamo.ExpressionAttributeNames)
	return func(placeholder string) (string, bool) {
		if hole, ok := holes[strings.TrimPrefix(placeholder, "#")]; ok {
			s, ok := r.Arena.Text(hole)
			return s, ok
		}
		s, ok := r.Arena.Text(r.Arena.Field(m, placeholder))
		return s, ok && s != ""
	}
}

// text writes a term as the text of an expression; parts that are not known become placeholders.
func (r Reader) text(t term.Ref) (string, map[string]term.Ref) {
	if s, ok := r.Arena.Text(t); ok {
		return s, nil
	}
	holes := map[string]term.Ref{}
	parts := []term.Ref{t}
	if n := r.Arena.Node(t); n.Op == term.Concat {
		parts = n.Args
	}
	var b strings.Builder
	for _, p := range parts {
		if s, ok := r.Arena.Text(p); ok {
			b.WriteString(s)
			continue
		}
		name := Hole + strconv.Itoa(int(p))
		holes[name] = p
		b.WriteString(name)
	}
	return b.String(), holes
}

// adds reports an operand that counts on: arithmetic on an attribute, or a list that grows. A copy of an attribute,
// or a default where there is none, gives the same when it is applied again.
func adds(o expr.Operand) bool {
	if o.Kind == expr.Plus || o.Kind == expr.Minus || o.Kind == expr.ListAppend {
		return len(o.Paths()) > 0
	}
	return false
}

// Hole starts the placeholder for a part of an expression that is not known.
const Hole = "xhole"
