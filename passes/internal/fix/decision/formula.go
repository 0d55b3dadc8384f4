package decision

import (
	"go/token"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A Formula is a condition on attributes: a comparison, or the conjunction or disjunction of others.
type Formula struct {
	// Op is AND or OR; empty for a comparison.
	Op    string
	Parts []Formula
	Atom  Atom
}

// An Atom compares an attribute with a value or with another attribute.
type Atom struct {
	Attr string
	Op   token.Token
	// Other is another attribute; Value the attribute value in Go, Code the Go value that it is made of. Kind is that of a
	// constant: S, N, BOOL, or NULL for nothing at all. Hint names the value.
	Other, Value, Code, Kind, Hint string
	// Missing lets an item through that does not have the attribute, since Go's zero value passes; Present does not, since
	// it fails, though the attribute that is not there is unequal to everything.
	Missing, Present bool
	// Fn is what is asked of the attribute: its size, or whether it contains the value; empty for its value itself. Key is
	// the Go code of a key in the map that the attribute is, whose element is meant.
	Fn, Key string
}

// symbols are DynamoDB's comparisons.
var symbols = map[token.Token]string{
	token.EQL: "=", token.NEQ: "<>", token.LSS: "<", token.LEQ: "<=", token.GTR: ">", token.GEQ: ">=",
}

// methods are those of the expression builders.
var methods = map[token.Token]string{
	token.EQL: "Equal", token.NEQ: "NotEqual", token.LSS: "LessThan", token.LEQ: "LessThanEqual",
	token.GTR: "GreaterThan", token.GEQ: "GreaterThanEqual",
}

// Attributes lists the attributes that a formula checks.
func (f Formula) Attributes() []string {
	if f.Op == "" {
		return []string{f.Atom.Attr}
	}
	var out []string
	for _, p := range f.Parts {
		out = append(out, p.Attributes()...)
	}
	return out
}

// constants reports a formula that compares with nothing but constants and other attributes.
func (f Formula) constants() bool {
	for _, p := range f.Parts {
		if !p.constants() {
			return false
		}
	}
	return f.Op != "" || f.Atom.Key == "" && (f.Atom.Other != "" || f.Atom.Kind != "")
}

// Text writes a formula as a condition expression.
func (f Formula) Text(g *write.Guard) string {
	if f.Op == "" {
		return f.Atom.text(g)
	}
	var out []string
	for _, p := range f.Parts {
		text := p.Text(g)
		if f.Op == "AND" && (p.Op == "OR" || p.Op == "" && p.Atom.Alternatives()) {
			text = "(" + text + ")"
		}
		if f.Op == "OR" && (p.Op == "AND" || p.Op == "" && p.Atom.both()) {
			text = "(" + text + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " "+f.Op+" ")
}

// Null reports a comparison with the value that says that there is none.
func (a Atom) Null() bool { return a.Kind == "NULL" }

// Alternatives reports an atom that is written as a disjunction.
func (a Atom) Alternatives() bool { return a.Fn == "" && (a.Missing || a.Null() && a.Op == token.EQL) }

// both reports an atom that is written as a conjunction.
func (a Atom) both() bool { return a.Fn == "" && (a.Present || a.Null() && a.Op == token.NEQ) }

func (a Atom) text(g *write.Guard) string {
	name := g.Name(a.Attr)
	if a.Key != "" {
		name += "." + g.Dynamic(a.Attr, a.Key)
	}
	with := ""
	switch {
	case a.Null() && a.Op == token.EQL:
		return "attribute_not_exists(" + name + ") OR " + name + " = " + g.Value(a.Attr+"None", a.Value)
	case a.Null():
		return "attribute_exists(" + name + ") AND " + name + " <> " + g.Value(a.Attr+"None", a.Value)
	case a.Other != "":
		with = g.Name(a.Other)
	default:
		hint := a.Attr + "Wanted"
		if a.Hint != "" && a.Hint != "v" && len(a.Hint) < 20 {
			hint = a.Hint
		}
		with = g.Value(hint, a.Value)
	}
	if a.Fn != "" {
		return a.asked(name, with)
	}
	text := name + " " + symbols[a.Op] + " " + with
	if a.Missing {
		return "attribute_not_exists(" + name + ") OR " + text
	}
	if a.Present {
		return "attribute_exists(" + name + ") AND " + text
	}
	return text
}

// Build writes a formula in terms of package expression, whose name is q.
func (f Formula) Build(q string) string {
	if f.Op == "" {
		return f.Atom.build(q)
	}
	var out []string
	for _, p := range f.Parts {
		out = append(out, p.Build(q))
	}
	name := map[string]string{"AND": ".And(", "OR": ".Or("}[f.Op]
	return q + name + strings.Join(out, ", ") + ")"
}

func (a Atom) build(q string) string {
	name := q + ".Name(" + strconv.Quote(a.Attr) + ")"
	with := q + ".Value(" + a.Code + ")"
	switch {
	case a.Null():
		with = q + ".Value(nil)"
	case a.Other != "":
		with = q + ".Name(" + strconv.Quote(a.Other) + ")"
	}
	text := name + "." + methods[a.Op] + "(" + with + ")"
	switch {
	case a.both():
		return q + ".And(" + q + ".AttributeExists(" + name + "), " + text + ")"
	case a.Alternatives():
		return q + ".Or(" + q + ".AttributeNotExists(" + name + "), " + text + ")"
	}
	return text
}

// Chained writes a formula as a condition of a chain: $ is a name, ? a value.
func (f Formula) Chained() (text string, args []string) {
	if f.Op == "" {
		return f.Atom.chained()
	}
	var parts []string
	for _, p := range f.Parts {
		part, more := p.Chained()
		if p.Op != f.Op && (p.Op != "" || f.Op == "AND" && p.Atom.Missing || f.Op == "OR" && p.Atom.Present) {
			part = "(" + part + ")"
		}
		parts, args = append(parts, part), append(args, more...)
	}
	return strings.Join(parts, " "+f.Op+" "), args
}

func (a Atom) chained() (text string, args []string) {
	name := strconv.Quote(a.Attr)
	switch {
	case a.Null() && a.Op.String() == "==":
		return "attribute_not_exists($)", []string{name}
	case a.Null():
		return "attribute_exists($)", []string{name}
	case a.Other != "":
		text, args = "$ "+symbols[a.Op]+" $", []string{name, strconv.Quote(a.Other)}
	default:
		text, args = "$ "+symbols[a.Op]+" ?", []string{name, a.Code}
	}
	if a.Missing {
		return "attribute_not_exists($) OR " + text, append([]string{name}, args...)
	}
	if a.Present {
		return "attribute_exists($) AND " + text, append([]string{name}, args...)
	}
	return text, args
}
