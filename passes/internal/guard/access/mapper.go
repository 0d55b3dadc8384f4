package access

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// mapperParts are the lists in which an object mapper keeps what the SDK has in one expression.
var mapperParts = map[string]string{
	dynamo.ConditionExpression:    dynamo.MapperConditions,
	dynamo.FilterExpression:       dynamo.MapperFilters,
	dynamo.KeyConditionExpression: dynamo.MapperKeys,
}

// mapped reads the conditions that an object mapper was given for a field of the SDK's input; false when there are none.
func (r Reader) mapped(in term.Ref, field string) (c Condition, ok bool) {
	list := r.field(in, mapperParts[field])
	if !slices.ContainsFunc(r.Each(list), func(v term.Ref) bool { return r.Arena.Op(v) == term.Obj }) {
		return c, false
	}
	for _, all := range r.conjunctions(list, 0) {
		if len(all) == 0 {
			c.Partial = true
			continue
		}
		one := Condition{Given: true, Alternatives: []Conjunction{nil}}
		for _, el := range all {
			one = one.and(r.mapperCondition(el))
		}
		c.merge(one)
		c.Waits = c.Waits || one.Waits
	}
	return c, true
}

// maxWays bounds the ways in which a chain of calls with branches can have come about.
const maxWays = 16

// conjunctions lists the ways in which a list can have come about, each with its elements.
func (r Reader) conjunctions(list term.Ref, depth int) [][]term.Ref {
	n := r.Arena.Node(list)
	switch {
	case n.Op == term.Alt && depth < 6:
		var out [][]term.Ref
		for i := 1; i < len(n.Args) && len(out) < maxWays; i += 2 {
			out = append(out, r.conjunctions(n.Args[i], depth+1)...)
		}
		return out
	case n.Op == term.Obj && depth < 6:
		out := [][]term.Ref{nil}
		if n.Args[0] != term.None {
			out = r.conjunctions(n.Args[0], depth+1)
		}
		for i := range out {
			out[i] = append(out[i][:len(out[i]):len(out[i])], n.Args[1:]...)
		}
		return out
	}
	return [][]term.Ref{nil}
}

// and is the condition in which both hold.
func (c Condition) and(d Condition) Condition {
	c.Opaque, c.Waits = c.Opaque || d.Opaque, c.Waits || d.Waits
	var out []Conjunction
	for _, x := range c.Alternatives {
		for _, y := range d.Alternatives {
			out = append(out, append(x[:len(x):len(x)], y...))
		}
	}
	c.Alternatives = out
	return c
}

// mapperCondition parses one condition of a mapper; a list at an unknown place may hold one of several.
func (r Reader) mapperCondition(el term.Ref) Condition {
	var c Condition
	for _, one := range r.Each(el) {
		for _, text := range r.Each(r.field(one, dynamo.MapperText)) {
			m := r.substituted(text, r.field(one, dynamo.MapperValues))
			cond, err := expr.ParseCondition(m.text, m.name)
			if err != nil {
				return Condition{Given: true, Opaque: true, Waits: r.Waits(text)}
			}
			c.merge(newCondition(cond, m.value))
		}
	}
	return c
}

// A substitution is an expression of a mapper in DynamoDB's language, with what its placeholders stand for.
type substitution struct {
	r     Reader
	text  string
	names map[string]string
	args  term.Ref
}

func (r Reader) substituted(text, args term.Ref) substitution {
	src, _ := r.text(text)
	s := substitution{r: r, args: args}
	s.text, s.names, _ = dynamo.Substitute(src)
	return s
}

// arg is the argument that a placeholder #argN or :argN stands for.
func (s substitution) arg(placeholder string) (term.Ref, bool) {
	i, err := strconv.Atoi(strings.TrimPrefix(placeholder[1:], "arg"))
	if err != nil {
		return term.None, false
	}
	return s.r.Arena.Field(s.args, term.Elem(i)), true
}

// name resolves a #placeholder; the name that an argument gives may not be known.
func (s substitution) name(placeholder string) (string, bool) {
	if name, ok := s.names[placeholder]; ok {
		return name, true
	}
	if v, ok := s.arg(placeholder); ok {
		return s.r.path(v).Name, true
	}
	return "", false
}

func (s substitution) value(placeholder string) term.Ref {
	v, _ := s.arg(placeholder)
	return v
}

// mapperUpdate reads one clause of a mapper's update.
func (r Reader) mapperUpdate(el term.Ref) []Assignment {
	var out []Assignment
	for _, one := range r.Each(el) {
		verb, _ := r.Arena.Text(r.field(one, dynamo.MapperVerb))
		name, values := r.field(one, dynamo.MapperName), r.field(one, dynamo.MapperValues)
		switch {
		case r.Arena.IsZero(r.field(one, dynamo.MapperText)) != term.True:
			out = append(out, r.mapperClause(verb+" ", r.field(one, dynamo.MapperText), values)...)
		case r.Arena.IsZero(name) != term.True:
			v := r.field(one, dynamo.MapperValue)
			if r.Arena.IsZero(values) != term.True {
				v = values // of a set
			}
			out = append(out, r.mapperAssignment(verb, name, v)...)
		default: // REMOVE of several
			for _, path := range r.Elements(values, 0) {
				out = append(out, r.mapperAssignment(verb, path, r.Arena.ZeroValue())...)
			}
		}
	}
	return out
}

// clauseForms are the clauses that the methods of a mapper stand for: of path $ and value ?.
var clauseForms = map[string]string{
	"SET": "SET $ = ?", "SET if_not_exists": "SET $ = if_not_exists($, ?)", "SET list_append": "SET $ = list_append($, ?)",
	"ADD": "ADD $ ?", "DELETE": "DELETE $ ?", "REMOVE": "REMOVE $",
}

// mapperAssignment is the clause of one attribute. A path with more than a name is in the mapper's language as well.
func (r Reader) mapperAssignment(verb string, name, v term.Ref) []Assignment {
	form := clauseForms[verb]
	if path, ok := r.Arena.Text(name); ok && strings.ContainsAny(path, ".[]'") {
		form = strings.ReplaceAll(form, "$", path)
	}
	var names []string
	var args []term.Ref
	for i, c := range strings.Map(marks, form) {
		names, args = append(names, term.Elem(i)), append(args, map[rune]term.Ref{'$': name, '?': v}[c])
	}
	return r.mapperClause(form, term.None, r.Arena.Object(term.None, names, args))
}

// marks keeps the marks of an expression.
func marks(c rune) rune {
	if c == '$' || c == '?' {
		return c
	}
	return -1
}

// mapperClause parses a clause: a form, and behind it a text that may not be known.
func (r Reader) mapperClause(form string, text, args term.Ref) []Assignment {
	whole := r.Arena.String(form)
	if text != term.None {
		whole = r.Arena.Join(whole, text)
	}
	m := r.substituted(whole, args)
	acts, err := expr.ParseUpdate(m.text, m.name)
	if err != nil {
		return []Assignment{{Value: args}}
	}
	var out []Assignment
	for _, act := range acts {
		out = append(out, r.assignment(act, m.value))
	}
	return out
}
