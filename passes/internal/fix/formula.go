package fix

import (
	"go/token"
	"strconv"
	"strings"
)

// A formula is a condition on attributes: a comparison, or the conjunction or disjunction of others.
type formula struct {
	// op is AND or OR; empty for a comparison.
	op    string
	parts []formula
	atom  atom
}

// An atom compares an attribute with a value or with another attribute.
type atom struct {
	attr string
	op   token.Token
	// other is another attribute; value the attribute value in Go, code the Go value that it is made of. kind is that of a
	// constant: S, N, BOOL, or NULL for nothing at all. hint names the value.
	other, value, code, kind, hint string
	// missing lets an item through that does not have the attribute, since Go's zero value passes; present does not, since
	// it fails, though the attribute that is not there is unequal to everything.
	missing, present bool
	// fn is what is asked of the attribute: its size, or whether it contains the value; empty for its value itself. key is
	// the Go code of a key in the map that the attribute is, whose element is meant.
	fn, key string
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

// attributes lists the attributes that a formula checks.
func (f formula) attributes() []string {
	if f.op == "" {
		return []string{f.atom.attr}
	}
	var out []string
	for _, p := range f.parts {
		out = append(out, p.attributes()...)
	}
	return out
}

// constants reports a formula that compares with nothing but constants and other attributes.
func (f formula) constants() bool {
	for _, p := range f.parts {
		if !p.constants() {
			return false
		}
	}
	return f.op != "" || f.atom.key == "" && (f.atom.other != "" || f.atom.kind != "")
}

// text writes a formula as a condition expression.
func (f formula) text(g *guard) string {
	if f.op == "" {
		return f.atom.text(g)
	}
	var out []string
	for _, p := range f.parts {
		text := p.text(g)
		if f.op == "AND" && (p.op == "OR" || p.op == "" && p.atom.alternatives()) {
			text = "(" + text + ")"
		}
		if f.op == "OR" && (p.op == "AND" || p.op == "" && p.atom.both()) {
			text = "(" + text + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " "+f.op+" ")
}

func (a atom) null() bool { return a.kind == "NULL" }

// alternatives reports an atom that is written as a disjunction.
func (a atom) alternatives() bool { return a.fn == "" && (a.missing || a.null() && a.op == token.EQL) }

// both reports an atom that is written as a conjunction.
func (a atom) both() bool { return a.fn == "" && (a.present || a.null() && a.op == token.NEQ) }

func (a atom) text(g *guard) string {
	name := g.name(a.attr)
	if a.key != "" {
		name += "." + g.dynamic(a.attr, a.key)
	}
	with := ""
	switch {
	case a.null() && a.op == token.EQL:
		return "attribute_not_exists(" + name + ") OR " + name + " = " + g.value(a.attr+"None", a.value)
	case a.null():
		return "attribute_exists(" + name + ") AND " + name + " <> " + g.value(a.attr+"None", a.value)
	case a.other != "":
		with = g.name(a.other)
	default:
		hint := a.attr + "Wanted"
		if a.hint != "" && a.hint != "v" && len(a.hint) < 20 {
			hint = a.hint
		}
		with = g.value(hint, a.value)
	}
	if a.fn != "" {
		return a.asked(name, with)
	}
	text := name + " " + symbols[a.op] + " " + with
	if a.missing {
		return "attribute_not_exists(" + name + ") OR " + text
	}
	if a.present {
		return "attribute_exists(" + name + ") AND " + text
	}
	return text
}

// build writes a formula in terms of package expression, whose name is q.
func (f formula) build(q string) string {
	if f.op == "" {
		return f.atom.build(q)
	}
	var out []string
	for _, p := range f.parts {
		out = append(out, p.build(q))
	}
	name := map[string]string{"AND": ".And(", "OR": ".Or("}[f.op]
	return q + name + strings.Join(out, ", ") + ")"
}

func (a atom) build(q string) string {
	name := q + ".Name(" + strconv.Quote(a.attr) + ")"
	with := q + ".Value(" + a.code + ")"
	switch {
	case a.null():
		with = q + ".Value(nil)"
	case a.other != "":
		with = q + ".Name(" + strconv.Quote(a.other) + ")"
	}
	text := name + "." + methods[a.op] + "(" + with + ")"
	switch {
	case a.both():
		return q + ".And(" + q + ".AttributeExists(" + name + "), " + text + ")"
	case a.alternatives():
		return q + ".Or(" + q + ".AttributeNotExists(" + name + "), " + text + ")"
	}
	return text
}
