package fix

import (
	"go/ast"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// onInput puts the guard on a request of which the condition is not written out: one that is chosen by a branch, put
// together, or given by callers. What is there is kept, with AND, in statements before the call.
func (g *guard) onInput(d *draft) bool {
	r := g.r
	if r.built != nil && r.built.plain() {
		return g.rebuilt(d)
	}
	texts, ok := r.conditionTexts()
	if !ok || r.made && r.built == nil {
		return false
	}
	j, ok := g.joint(texts)
	if !ok {
		return false
	}
	a, ok := d.use(r.site, r.dialect.Aws, "aws")
	if !ok {
		return false
	}
	var code strings.Builder
	at, in, ok := g.kept(d, &code)
	if !ok {
		return false
	}
	code.WriteString(j.write(in+"."+dynamo.ConditionExpression, a+".String", g.text))
	for _, m := range g.maps() {
		more, ok := m.onInput(d, in)
		if !ok {
			return false
		}
		code.WriteString(more)
	}
	d.insert(r.file, at.Pos(), code.String())
	return true
}

// write puts the joint into statements; field is the condition, str what makes a pointer of a string, mine the demand where
// there is none.
func (j joint) write(field, str, mine string) string {
	alone := field + " = " + str + "(" + strconv.Quote(mine) + ")\n"
	if !j.some {
		return alone
	}
	first := "*" + field
	if j.before != "" {
		first = strconv.Quote(j.before) + " + " + first
	}
	joined := field + " = " + str + "(" + first + " + " + strconv.Quote(j.after) + ")\n"
	if !j.none {
		return joined
	}
	return "if " + field + " == nil {\n" + alone + "} else {\n" + joined + "}\n"
}

// kept gives the variable that holds the request, or puts it into one, and the statement before which the guard can be set.
func (g *guard) kept(d *draft, code *strings.Builder) (at ast.Stmt, in string, ok bool) {
	r := g.r
	if r.built != nil {
		return g.keptBuilt(d, code)
	}
	if _, action := dynamo.ActionType(r.Info.TypeOf(r.lit)); action {
		return g.keptAction(d, code)
	}
	if at, _ = r.statement(); at == nil {
		return nil, "", false
	}
	if r.in != nil {
		return at, r.in.Name(), r.names(r.in.Name(), r.in)
	}
	in = r.fresh("in", "input")
	code.WriteString(in + " := " + r.text(r.input) + "\n")
	d.swap(r.site, r.input, in)
	return at, in, true
}

// keptAction is kept for an action of a transaction, whose literal stands in the list of actions or is held by a variable.
func (g *guard) keptAction(d *draft, code *strings.Builder) (at ast.Stmt, in string, ok bool) {
	r := g.r
	s := r.around(r.lit)
	if v := (&request{site: s}).holder(r.lit); v != nil {
		at, _ = r.statement()
		return at, v.Name(), at != nil && r.names(v.Name(), v)
	}
	if at, _ = s.statement(); at == nil {
		return nil, "", false
	}
	whole := ast.Expr(r.lit)
	for _, n := range s.path {
		if u, is := n.(*ast.UnaryExpr); is && literal(u) == r.lit {
			whole = u
		}
	}
	if whole == ast.Expr(r.lit) {
		return nil, "", false // its type is left to the list
	}
	in = r.fresh("action")
	code.WriteString(in + " := " + r.text(whole) + "\n")
	d.swap(r.site, whole, in)
	return at, in, true
}

// onInput writes statements that add the entries to a map which may be nil.
func (m mapped) onInput(d *draft, in string) (string, bool) {
	typ, values, ok := m.spelled(d)
	if !ok || !m.own() {
		return "", false
	}
	of := in + "." + m.field
	var code strings.Builder
	if m.mayBeNil() {
		code.WriteString("if " + of + " == nil {\n" + of + " = " + typ + "{}\n}\n")
	}
	for i, e := range m.entries {
		code.WriteString(of + "[" + strconv.Quote(e.key) + "] = " + values[i] + "\n")
	}
	return code.String(), true
}

// mayBeNil reports a map that is not seen to be there in any case.
func (m mapped) mayBeNil() bool {
	kv := field(m.g.r.lit, m.field)
	return kv == nil || literal(kv.Value) == nil || m.g.r.setsLater(m.field) || m.g.r.built != nil && m.g.r.built.sets(m.field)
}

// own reports a map that is made for this request: what callers give for a parameter must be made for it there, so that
// nothing else gets the entries.
func (m mapped) own() bool {
	r := m.g.r
	kv := field(r.lit, m.field)
	if kv == nil {
		return true
	}
	v := r.of.variable(kv.Value)
	if v == nil {
		return literal(kv.Value) != nil || named(kv.Value, "nil") || r.of.isCall(kv.Value)
	}
	if r.of.madeHere(v) {
		return true
	}
	given := r.of.givenTo(v)
	for _, c := range given {
		made := literal(c.arg) != nil || named(c.arg, "nil") || c.isCall(c.arg)
		if v := c.variable(c.arg); !made && (v == nil || !c.madeHere(v)) {
			return false
		}
	}
	return len(given) > 0
}
