package write

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// plain reports an action that has a table and a key or an item, and nothing else.
func (b *builtAction) plain() bool {
	if (&Request{Site: b.of}).Holder(b.lit) != nil {
		return false
	}
	return !slices.ContainsFunc(b.lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		return !ok || !syntax.Named(kv.Key, dynamo.TableName) && !syntax.Named(kv.Key, dynamo.Key) && !syntax.Named(kv.Key, dynamo.Item)
	})
}

// rebuilt puts an action with the condition into the list, of what the function has made.
func (g *Guard) rebuilt(d *syntax.Draft) bool {
	r, b := g.R, g.R.Built
	s := r.Around(b.Element)
	at, _ := s.Statement()
	if at == nil || s.Outermost() != r.Outermost() {
		return false
	}
	a, ok := d.Use(r.Site, r.Dialect.Aws, "aws")
	if !ok {
		return false
	}
	q, ok := d.Use(r.Site, r.Dialect.Types, r.Dialect.Qualifier())
	if !ok {
		return false
	}
	in := r.Fresh("made", "action")
	if v := r.Variable(b.Element); v != nil {
		in = v.Name()
	} else {
		d.Insert(r.File, at.Pos(), in+" := "+r.Text(b.Element)+"\n")
	}
	if !b.action {
		in += "." + string(b.kind)
	}
	var fields []string
	for _, e := range b.lit.Elts {
		name := b.of.Text(e.(*ast.KeyValueExpr).Key)
		fields = append(fields, name+": "+in+"."+name)
	}
	fields = append(fields, dynamo.ConditionExpression+": "+a+".String("+strconv.Quote(g.Text)+")")
	for _, m := range g.Maps() {
		typ, values, ok := m.Spelled(d)
		if !ok {
			return false
		}
		var pairs []string
		for i, e := range m.Entries {
			pairs = append(pairs, strconv.Quote(e.Key)+": "+values[i])
		}
		fields = append(fields, m.Field+": "+mapLiteral(typ, pairs))
	}
	text := "&" + q + "." + string(b.kind) + "{\n" + strings.Join(fields, ",\n") + ",\n}"
	if b.action {
		d.Swap(r.Site, b.Element, text)
		return true
	}
	held, ok := b.holding(s, text)
	d.Swap(r.Site, b.Element, held)
	return ok
}
