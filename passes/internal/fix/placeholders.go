package fix

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A mapped is one of the two maps of a request to which a guard adds.
type mapped struct {
	g       *guard
	field   string
	entries []entry
}

func (g *guard) maps() []mapped {
	var out []mapped
	if len(g.names) > 0 {
		out = append(out, mapped{g, dynamo.ExpressionAttributeNames, g.names})
	}
	if len(g.values) > 0 {
		out = append(out, mapped{g, dynamo.ExpressionAttributeValues, g.values})
	}
	return out
}

// spelled gives the map's type and its entries in Go.
func (m mapped) spelled(d *draft) (typ string, values []string, ok bool) {
	r := m.g.r
	for _, e := range m.entries {
		values = append(values, e.value)
	}
	if m.field == dynamo.ExpressionAttributeNames {
		if !r.dialect.V1 {
			return "map[string]string", values, true
		}
		a, ok := d.use(r.site, r.dialect.Aws, "aws")
		for i := range values {
			values[i] = a + ".String(" + values[i] + ")"
		}
		return "map[string]*string", values, ok
	}
	q, ok := d.use(r.site, r.dialect.Types, r.dialect.Qualifier())
	typ = "map[string]" + q + ".AttributeValue"
	if r.dialect.V1 {
		typ = "map[string]*" + q + ".AttributeValue"
	}
	return typ, values, ok
}

// inPlace adds the entries to what the literal holds; what is returned are fields that it still needs.
func (m mapped) inPlace(d *draft) (missing []string, ok bool) {
	r := m.g.r
	typ, values, ok := m.spelled(d)
	if !ok {
		return nil, false
	}
	var pairs []string
	for i, e := range m.entries {
		pairs = append(pairs, strconv.Quote(e.key)+": "+values[i])
	}
	old := field(r.lit, m.field)
	switch {
	case old == nil:
		return []string{m.field + ": " + mapLiteral(typ, pairs)}, true
	case named(old.Value, "nil"):
		d.swap(r.site, old.Value, mapLiteral(typ, pairs))
		return nil, true
	case literal(old.Value) != nil:
		d.elements(r.site, literal(old.Value), pairs)
		return nil, true
	}
	v := r.variable(old.Value)
	if v == nil || !r.madeHere(v) {
		return nil, false
	}
	st, _ := r.around(r.lit).statement()
	if st == nil {
		return nil, false
	}
	for i, e := range m.entries {
		d.insert(r.file, st.Pos(), v.Name()+"["+strconv.Quote(e.key)+"] = "+values[i]+"\n")
	}
	return nil, true
}

// madeHere reports a map that a variable holds and that is not nil.
func (s *site) madeHere(v *types.Var) bool {
	def := s.definition(v)
	return def != nil && (literal(def) != nil || s.isMake(def))
}

// afterwards writes statements that add the entries to the input that a variable holds.
func (m mapped) afterwards(d *draft, in string) (string, bool) {
	typ, values, ok := m.spelled(d)
	if !ok {
		return "", false
	}
	old := field(m.g.r.lit, m.field)
	if old == nil || named(old.Value, "nil") {
		var pairs []string
		for i, e := range m.entries {
			pairs = append(pairs, strconv.Quote(e.key)+": "+values[i])
		}
		return in + "." + m.field + " = " + mapLiteral(typ, pairs) + "\n", true
	}
	if literal(old.Value) == nil {
		return "", false
	}
	var code strings.Builder
	for i, e := range m.entries {
		code.WriteString(in + "." + m.field + "[" + strconv.Quote(e.key) + "] = " + values[i] + "\n")
	}
	return code.String(), true
}

func mapLiteral(typ string, pairs []string) string {
	if len(pairs) == 1 && len(typ)+len(pairs[0]) < 90 && !strings.Contains(pairs[0], "{") {
		return typ + "{" + pairs[0] + "}"
	}
	return typ + "{\n" + strings.Join(pairs, ",\n") + ",\n}"
}

func (s *site) isMake(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok {
		return false
	}
	_, builtin := s.Info.Uses[id].(*types.Builtin)
	return builtin && id.Name == "make"
}
