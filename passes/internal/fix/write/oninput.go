package write

import (
	"go/ast"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// onInput puts the guard on a request of which the condition is not written out: one that is chosen by a branch, put
// together, or given by callers. What is there is kept, with AND, in statements before the call.
func (g *Guard) onInput(d *syntax.Draft) bool {
	r := g.R
	if r.Built != nil && r.Built.plain() {
		return g.rebuilt(d)
	}
	texts, ok := r.conditionTexts()
	if !ok || r.Made && r.Built == nil {
		return false
	}
	j, ok := g.joint(texts)
	if !ok {
		return false
	}
	a, ok := d.Use(r.Site, r.Dialect.Aws, "aws")
	if !ok {
		return false
	}
	var code strings.Builder
	at, in, ok := g.kept(d, &code)
	if !ok {
		return false
	}
	code.WriteString(j.write(in+"."+dynamo.ConditionExpression, a+".String", g.Text))
	for _, m := range g.Maps() {
		more, ok := m.onInput(d, in)
		if !ok {
			return false
		}
		code.WriteString(more)
	}
	d.Insert(r.File, at.Pos(), code.String())
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
func (g *Guard) kept(d *syntax.Draft, code *strings.Builder) (at ast.Stmt, in string, ok bool) {
	r := g.R
	if r.Built != nil {
		return g.keptBuilt(d, code)
	}
	if _, action := dynamo.ActionType(r.Info.TypeOf(r.Lit)); action {
		return g.keptAction(d, code)
	}
	if at, _ = r.Statement(); at == nil {
		return nil, "", false
	}
	if r.In != nil {
		return at, r.In.Name(), r.Names(r.In.Name(), r.In)
	}
	in = r.Fresh("in", "input")
	code.WriteString(in + " := " + r.Text(r.Input) + "\n")
	d.Swap(r.Site, r.Input, in)
	return at, in, true
}

// keptAction is kept for an action of a transaction, whose literal stands in the list of actions or is held by a variable.
func (g *Guard) keptAction(d *syntax.Draft, code *strings.Builder) (at ast.Stmt, in string, ok bool) {
	r := g.R
	s := r.Around(r.Lit)
	if v := (&Request{Site: s}).Holder(r.Lit); v != nil {
		at, _ = r.Statement()
		return at, v.Name(), at != nil && r.Names(v.Name(), v)
	}
	if at, _ = s.Statement(); at == nil {
		return nil, "", false
	}
	whole := ast.Expr(r.Lit)
	for _, n := range s.Path {
		if u, is := n.(*ast.UnaryExpr); is && Literal(u) == r.Lit {
			whole = u
		}
	}
	if whole == ast.Expr(r.Lit) {
		return nil, "", false // its type is left to the list
	}
	in = r.Fresh("action")
	code.WriteString(in + " := " + r.Text(whole) + "\n")
	d.Swap(r.Site, whole, in)
	return at, in, true
}

// onInput writes statements that add the entries to a map which may be nil.
func (m Mapped) onInput(d *syntax.Draft, in string) (string, bool) {
	typ, values, ok := m.Spelled(d)
	if !ok || !m.own() {
		return "", false
	}
	of := in + "." + m.Field
	var code strings.Builder
	if m.mayBeNil() {
		code.WriteString("if " + of + " == nil {\n" + of + " = " + typ + "{}\n}\n")
	}
	for i, e := range m.Entries {
		code.WriteString(of + "[" + strconv.Quote(e.Key) + "] = " + values[i] + "\n")
	}
	return code.String(), true
}

// MayBeNil reports a map that is not seen to be there in any case.
func (m Mapped) mayBeNil() bool {
	kv := Field(m.g.R.Lit, m.Field)
	return kv == nil || Literal(kv.Value) == nil || m.g.R.SetsLater(m.Field) || m.g.R.Built != nil && m.g.R.Built.sets(m.Field)
}

// own reports a map that is made for this request: what callers give for a parameter must be made for it there, so that
// nothing else gets the entries.
func (m Mapped) own() bool {
	r := m.g.R
	kv := Field(r.Lit, m.Field)
	if kv == nil {
		return true
	}
	v := r.Of.Variable(kv.Value)
	if v == nil {
		return Literal(kv.Value) != nil || syntax.Named(kv.Value, "nil") || IsCall(r.Of, kv.Value)
	}
	if MadeHere(r.Of, v) {
		return true
	}
	given := givenTo(r.Of, v)
	for _, c := range given {
		made := Literal(c.arg) != nil || syntax.Named(c.arg, "nil") || IsCall(c.Site, c.arg)
		if v := c.Variable(c.arg); !made && (v == nil || !MadeHere(c.Site, v)) {
			return false
		}
	}
	return len(given) > 0
}
