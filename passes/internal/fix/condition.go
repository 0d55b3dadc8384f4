package fix

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// A guard is a condition to be put on a write. Its text names attributes by name(), which brings a placeholder where
// the attribute needs one, and values by value().
type guard struct {
	r      *request
	text   string
	names  []entry
	values []entry
}

type entry struct{ key, value string }

// name writes an attribute in an expression: bare, or as a placeholder that the request knows already or gets.
func (g *guard) name(attr string) string {
	for placeholder, known := range g.r.placeholders() {
		if known == attr {
			return placeholder
		}
	}
	if bare(attr) {
		return attr
	}
	for _, e := range g.names {
		if e.value == strconv.Quote(attr) {
			return e.key
		}
	}
	key := "#" + word(attr)
	for i := 2; g.taken(key); i++ {
		key = "#" + word(attr) + strconv.Itoa(i)
	}
	g.names = append(g.names, entry{key, strconv.Quote(attr)})
	return key
}

// dynamic writes the name that Go code gives in an expression: by the placeholder that the request has for it, or a new one.
func (g *guard) dynamic(hint, code string) string {
	if kv := field(g.r.lit, dynamo.ExpressionAttributeNames); kv != nil && !g.r.made {
		for _, e := range g.r.of.literalElements(kv.Value) {
			if pair, ok := e.(*ast.KeyValueExpr); ok && g.r.of.text(pair.Value) == code {
				if key, known := g.r.of.constant(pair.Key); known {
					return key
				}
			}
		}
	}
	for _, e := range g.names {
		if e.value == code {
			return e.key
		}
	}
	key := "#" + word(hint) + "Key"
	for i := 2; g.taken(key); i++ {
		key = "#" + word(hint) + "Key" + strconv.Itoa(i)
	}
	g.names = append(g.names, entry{key, code})
	return key
}

// value writes a value in an expression; code is the attribute value in Go.
func (g *guard) value(hint, code string) string {
	key := ":" + word(hint)
	for i := 2; g.taken(key); i++ {
		key = ":" + word(hint) + strconv.Itoa(i)
	}
	g.values = append(g.values, entry{key, code})
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

// word keeps what a placeholder may consist of.
func word(attr string) string {
	w := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, attr)
	if w == "" {
		return "v"
	}
	return w
}

// taken reports a placeholder that the request uses in some expression, or that the guard has.
func (g *guard) taken(key string) bool {
	for _, e := range append(g.names[:len(g.names):len(g.names)], g.values...) {
		if e.key == key {
			return true
		}
	}
	texts, _ := g.r.conditionTexts()
	used := slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, key) })
	for _, body := range []ast.Node{g.r.outermost(), g.r.of.outermost()} {
		ast.Inspect(body, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && strings.Contains(lit.Value, key) {
				used = true
			}
			return !used
		})
	}
	return used
}

// placeholders are the #names of the request's literal, with the attributes they stand for.
func (r *request) placeholders() map[string]string {
	out := map[string]string{}
	if kv := field(r.lit, dynamo.ExpressionAttributeNames); kv != nil {
		if lit, _ := r.of.literal(kv.Value); lit != nil {
			for _, e := range lit.Elts {
				pair, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, known := r.of.constant(pair.Key)
				value, ok := r.of.stringOf(pair.Value)
				if known && ok {
					out[key] = value
				}
			}
		}
	}
	return out
}

// constant gives the value of a constant string expression.
func (s *site) constant(e ast.Expr) (string, bool) {
	tv, ok := s.Info.Types[e]
	if !ok || tv.Value == nil || tv.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(tv.Value), true
}

// stringOf gives the constant string in an expression or in aws.String of one.
func (s *site) stringOf(e ast.Expr) (string, bool) {
	if text, ok := s.constant(e); ok {
		return text, true
	}
	if arg := s.stringArg(e); arg != nil {
		return s.constant(arg)
	}
	return "", false
}

// stringArg gives x of aws.String(x).
func (s *site) stringArg(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	f := s.callee(call)
	if f == nil || f.Pkg() == nil || !strings.HasSuffix(f.Pkg().Path(), "/aws") || f.Name() != "String" {
		return nil
	}
	return call.Args[0]
}

// callee gives the function that a call names.
func (s *site) callee(call *ast.CallExpr) *types.Func {
	f, _ := s.Info.Uses[calledName(call)].(*types.Func)
	return f
}

// put puts the guard on the request: ANDed to a condition that is there. ok is false where it is not seen what the
// request holds.
func (g *guard) put(d *draft) bool {
	r := g.r
	if r.setsLater(dynamo.Expected) || field(r.lit, dynamo.Expected) != nil {
		return false
	}
	if len(r.lit.Elts) > 0 {
		if _, keyed := r.lit.Elts[0].(*ast.KeyValueExpr); !keyed {
			return false
		}
	}
	switch {
	case r.built != nil || r.setters || g.hidden():
		return g.onInput(d)
	case r.made:
		return g.afterwards(d)
	}
	return g.inPlace(d)
}

// hidden reports a request whose literal does not show what is sent.
func (g *guard) hidden() bool {
	r := g.r
	for _, name := range []string{dynamo.ConditionExpression, dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		if r.setsLater(name) {
			return true
		}
	}
	if old := field(r.lit, dynamo.ConditionExpression); old != nil && !named(old.Value, "nil") {
		if _, ok := g.joined(old.Value); !ok {
			return true
		}
	}
	for _, m := range g.maps() {
		if old := field(r.lit, m.field); old != nil && !named(old.Value, "nil") && literal(old.Value) == nil {
			if v := r.of.variable(old.Value); v == nil || !r.of.madeHere(v) {
				return true
			}
		}
	}
	return false
}

// inPlace writes the guard into the literal.
func (g *guard) inPlace(d *draft) bool {
	r := g.r
	a, ok := d.use(r.site, r.dialect.Aws, "aws")
	if !ok {
		return false
	}
	var added []string
	old := field(r.lit, dynamo.ConditionExpression)
	switch {
	case old == nil:
		added = append(added, dynamo.ConditionExpression+": "+a+".String("+strconv.Quote(g.text)+")")
	case named(old.Value, "nil"):
		d.swap(r.site, old.Value, a+".String("+strconv.Quote(g.text)+")")
	default:
		text, ok := g.joined(old.Value)
		if !ok {
			return false
		}
		d.swap(r.site, r.stringArg(old.Value), strconv.Quote(text))
	}
	for _, m := range g.maps() {
		more, ok := m.inPlace(d)
		if !ok {
			return false
		}
		added = append(added, more...)
	}
	d.elements(r.site, r.lit, added)
	return true
}

// afterwards sets the guard on an input that a function has made, before the call.
func (g *guard) afterwards(d *draft) bool {
	r := g.r
	a, ok := d.use(r.site, r.dialect.Aws, "aws")
	st, _ := r.statement()
	if !ok || st == nil {
		return false
	}
	text := g.text
	if old := field(r.lit, dynamo.ConditionExpression); old != nil && !named(old.Value, "nil") {
		if text, ok = g.joined(old.Value); !ok {
			return false
		}
	}
	var code strings.Builder
	in := ""
	if r.in != nil {
		in = r.in.Name()
	} else {
		in = r.fresh("in", "input")
		code.WriteString(in + " := " + r.text(r.input) + "\n")
		d.swap(r.site, r.input, in)
	}
	code.WriteString(in + "." + dynamo.ConditionExpression + " = " + a + ".String(" + strconv.Quote(text) + ")\n")
	for _, m := range g.maps() {
		more, ok := m.afterwards(d, in)
		if !ok {
			return false
		}
		code.WriteString(more)
	}
	d.insert(r.file, st.Pos(), code.String())
	return true
}

// joined is the text of a condition that is there with the guard ANDed to it.
func (g *guard) joined(old ast.Expr) (string, bool) {
	text, ok := g.r.of.stringOf(old)
	if !ok || g.r.of.stringArg(old) == nil {
		return "", false
	}
	unknown := func(string) (string, bool) { return "", false }
	theirs, err := expr.ParseCondition(text, unknown)
	if err != nil {
		return "", false
	}
	mine, err := expr.ParseCondition(g.text, unknown)
	if err != nil {
		return "", false
	}
	return group(theirs, text) + " AND " + group(mine, g.text), true
}

// group puts a disjunction in parentheses; DynamoDB refuses those that are not needed.
func group(c *expr.Condition, text string) string {
	if c.Op == expr.Or {
		return "(" + text + ")"
	}
	return text
}
