package fix

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// plain reports an action that has a table and a key or an item, and nothing else.
func (b *builtAction) plain() bool {
	if (&request{site: b.of}).holder(b.lit) != nil {
		return false
	}
	return !slices.ContainsFunc(b.lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		return !ok || !named(kv.Key, dynamo.TableName) && !named(kv.Key, dynamo.Key) && !named(kv.Key, dynamo.Item)
	})
}

// rebuilt puts an action with the condition into the list, of what the function has made.
func (g *guard) rebuilt(d *draft) bool {
	r, b := g.r, g.r.built
	s := r.around(b.element)
	at, _ := s.statement()
	if at == nil || s.outermost() != r.outermost() {
		return false
	}
	a, ok := d.use(r.site, r.dialect.Aws, "aws")
	if !ok {
		return false
	}
	q, ok := d.use(r.site, r.dialect.Types, r.dialect.Qualifier())
	if !ok {
		return false
	}
	in := r.fresh("made", "action")
	if v := r.variable(b.element); v != nil {
		in = v.Name()
	} else {
		d.insert(r.file, at.Pos(), in+" := "+r.text(b.element)+"\n")
	}
	if !b.action {
		in += "." + string(b.kind)
	}
	var fields []string
	for _, e := range b.lit.Elts {
		name := b.of.text(e.(*ast.KeyValueExpr).Key)
		fields = append(fields, name+": "+in+"."+name)
	}
	fields = append(fields, dynamo.ConditionExpression+": "+a+".String("+strconv.Quote(g.text)+")")
	for _, m := range g.maps() {
		typ, values, ok := m.spelled(d)
		if !ok {
			return false
		}
		var pairs []string
		for i, e := range m.entries {
			pairs = append(pairs, strconv.Quote(e.key)+": "+values[i])
		}
		fields = append(fields, m.field+": "+mapLiteral(typ, pairs))
	}
	text := "&" + q + "." + string(b.kind) + "{\n" + strings.Join(fields, ",\n") + ",\n}"
	if b.action {
		d.swap(r.site, b.element, text)
		return true
	}
	held, ok := b.holding(s, text)
	d.swap(r.site, b.element, held)
	return ok
}
