package write

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A Guard is a condition to be put on a write. Its text names attributes by name(), which brings a placeholder where
// the attribute needs one, and values by value().
type Guard struct {
	R      *Request
	Text   string
	names  []entry
	Values []entry
}

type entry struct{ Key, Value string }

// Name writes an attribute in an expression: bare, or as a placeholder that the request knows already or gets.
func (g *Guard) Name(attr string) string {
	for placeholder, known := range g.R.Placeholders() {
		if known == attr {
			return placeholder
		}
	}
	if bare(attr) {
		return attr
	}
	for _, e := range g.names {
		if e.Value == strconv.Quote(attr) {
			return e.Key
		}
	}
	key := "#" + Word(attr)
	for i := 2; g.Taken(key) && !g.R.standsFor(key, attr); i++ {
		key = "#" + Word(attr) + strconv.Itoa(i)
	}
	g.names = append(g.names, entry{key, strconv.Quote(attr)})
	return key
}

// Dynamic writes the name that Go code gives in an expression: by the placeholder that the request has for it, or a new one.
func (g *Guard) Dynamic(hint, code string) string {
	if kv := Field(g.R.Lit, dynamo.ExpressionAttributeNames); kv != nil && !g.R.Made {
		for _, e := range LiteralElements(g.R.Of, kv.Value) {
			if pair, ok := e.(*ast.KeyValueExpr); ok && g.R.Of.Text(pair.Value) == code {
				if key, known := g.R.Of.Constant(pair.Key); known {
					return key
				}
			}
		}
	}
	for _, e := range g.names {
		if e.Value == code {
			return e.Key
		}
	}
	key := "#" + Word(hint) + "Key"
	for i := 2; g.Taken(key); i++ {
		key = "#" + Word(hint) + "Key" + strconv.Itoa(i)
	}
	g.names = append(g.names, entry{key, code})
	return key
}

// Value writes a value in an expression; code is the attribute value in Go.
func (g *Guard) Value(hint, code string) string {
	key := ":" + Word(hint)
	for i := 2; g.Taken(key); i++ {
		key = ":" + Word(hint) + strconv.Itoa(i)
	}
	g.Values = append(g.Values, entry{key, code})
	return key
}

// bare reports a name that an expression may use as it is.
func bare(attr string) bool {
	for i, c := range attr {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return attr != "" && !expr.IsReserved(attr)
}

// Word keeps what a placeholder may consist of.
func Word(attr string) string {
	var w strings.Builder
	up := false
	for _, c := range attr {
		switch {
		case c >= 'a' && c <= 'z' && up:
			w.WriteRune(c - 'a' + 'A') // created_at is createdAt
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			w.WriteRune(c)
		default:
			up = w.Len() > 0
			continue
		}
		up = false
	}
	if w.Len() == 0 {
		return "v"
	}
	return w.String()
}

// Taken reports a placeholder that the request uses in some expression, or that the guard has.
func (g *Guard) Taken(key string) bool {
	for _, e := range append(g.names[:len(g.names):len(g.names)], g.Values...) {
		if e.Key == key {
			return true
		}
	}
	texts, _ := g.R.conditionTexts()
	used := slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, key) })
	for _, body := range []ast.Node{g.R.Outermost(), g.R.Of.Outermost()} {
		ast.Inspect(body, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && strings.Contains(lit.Value, key) {
				used = true
			}
			return !used
		})
	}
	return used
}

// Placeholders are the #names of the request's literal, with the attributes they stand for.
func (r *Request) Placeholders() map[string]string {
	out := map[string]string{}
	if kv := Field(r.Lit, dynamo.ExpressionAttributeNames); kv != nil {
		if lit, _ := InputLiteral(r.Of, kv.Value); lit != nil {
			for _, e := range lit.Elts {
				pair, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, known := r.Of.Constant(pair.Key)
				value, ok := StringOf(r.Of, pair.Value)
				if known && ok {
					out[key] = value
				}
			}
		}
	}
	return out
}

// StringOf gives the constant string in an expression or in aws.String of one.
func StringOf(s *syntax.Site, e ast.Expr) (string, bool) {
	if text, ok := s.Constant(e); ok {
		return text, true
	}
	if arg := StringArg(s, e); arg != nil {
		return s.Constant(arg)
	}
	return "", false
}

// StringArg gives x of aws.String(x).
func StringArg(s *syntax.Site, e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	f := s.Callee(call)
	if f == nil || f.Pkg() == nil || !strings.HasSuffix(f.Pkg().Path(), "/aws") || f.Name() != "String" {
		return nil
	}
	return call.Args[0]
}

// Put puts the guard on the request: ANDed to a condition that is there. ok is false where it is not seen what the
// request holds.
func (g *Guard) Put(d *syntax.Draft) bool {
	r := g.R
	if r.SetsLater(dynamo.Expected) || Field(r.Lit, dynamo.Expected) != nil {
		return false
	}
	if len(r.Lit.Elts) > 0 {
		if _, keyed := r.Lit.Elts[0].(*ast.KeyValueExpr); !keyed {
			return false
		}
	}
	switch {
	case r.Built != nil || r.setters || g.hidden():
		return g.onInput(d)
	case r.Made:
		return g.afterwards(d)
	}
	return g.inPlace(d)
}

// hidden reports a request whose literal does not show what is sent.
func (g *Guard) hidden() bool {
	r := g.R
	for _, name := range []string{dynamo.ConditionExpression, dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		if r.SetsLater(name) {
			return true
		}
	}
	if old := Field(r.Lit, dynamo.ConditionExpression); old != nil && !syntax.Named(old.Value, "nil") {
		if _, ok := g.joined(old.Value); !ok {
			return true
		}
	}
	for _, m := range g.Maps() {
		if old := Field(r.Lit, m.Field); old != nil && !syntax.Named(old.Value, "nil") && Literal(old.Value) == nil {
			if v := r.Of.Variable(old.Value); v == nil || !MadeHere(r.Of, v) {
				return true
			}
		}
	}
	return false
}

// InPlace writes the guard into the literal.
func (g *Guard) inPlace(d *syntax.Draft) bool {
	r := g.R
	a, ok := d.Use(r.Site, r.Dialect.Aws, "aws")
	if !ok {
		return false
	}
	var added []string
	old := Field(r.Lit, dynamo.ConditionExpression)
	switch {
	case old == nil:
		added = append(added, dynamo.ConditionExpression+": "+a+".String("+strconv.Quote(g.Text)+")")
	case syntax.Named(old.Value, "nil"):
		d.Swap(r.Site, old.Value, a+".String("+strconv.Quote(g.Text)+")")
	default:
		text, ok := g.joined(old.Value)
		if !ok {
			return false
		}
		d.Swap(r.Site, StringArg(r.Site, old.Value), Extended(r.Site, StringArg(r.Site, old.Value), text))
	}
	for _, m := range g.Maps() {
		more, ok := m.InPlace(d)
		if !ok {
			return false
		}
		added = append(added, more...)
	}
	d.Elements(r.Site, r.Lit, added)
	return true
}

// afterwards sets the guard on an input that a function has made, before the call.
func (g *Guard) afterwards(d *syntax.Draft) bool {
	r := g.R
	a, ok := d.Use(r.Site, r.Dialect.Aws, "aws")
	st, _ := r.Statement()
	if !ok || st == nil {
		return false
	}
	text := g.Text
	if old := Field(r.Lit, dynamo.ConditionExpression); old != nil && !syntax.Named(old.Value, "nil") {
		if text, ok = g.joined(old.Value); !ok {
			return false
		}
	}
	var code strings.Builder
	in := ""
	if r.In != nil {
		in = r.In.Name()
	} else {
		in = r.Fresh("in", "input")
		code.WriteString(in + " := " + r.Text(r.Input) + "\n")
		d.Swap(r.Site, r.Input, in)
	}
	code.WriteString(in + "." + dynamo.ConditionExpression + " = " + a + ".String(" + strconv.Quote(text) + ")\n")
	for _, m := range g.Maps() {
		more, ok := m.afterwards(d, in)
		if !ok {
			return false
		}
		code.WriteString(more)
	}
	d.Insert(r.File, st.Pos(), code.String())
	return true
}

// joined is the text of a condition that is there with the guard ANDed to it.
func (g *Guard) joined(old ast.Expr) (string, bool) {
	text, ok := StringOf(g.R.Of, old)
	if !ok || StringArg(g.R.Of, old) == nil {
		return "", false
	}
	unknown := func(string) (string, bool) { return "", false }
	theirs, err := expr.ParseCondition(text, unknown)
	if err != nil {
		return "", false
	}
	mine, err := expr.ParseCondition(g.Text, unknown)
	if err != nil {
		return "", false
	}
	return group(theirs, text) + " AND " + group(mine, g.Text), true
}

// group puts a disjunction in parentheses; DynamoDB refuses those that are not needed.
func group(c *expr.Condition, text string) string {
	if c.Op == expr.Or {
		return "(" + text + ")"
	}
	return text
}
