package write

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A Mapped is one of the two maps of a request to which a guard adds.
type Mapped struct {
	g       *Guard
	Field   string
	Entries []entry
}

// Maps are the maps of placeholders that a guard adds to.
func (g *Guard) Maps() []Mapped {
	var out []Mapped
	if len(g.names) > 0 {
		out = append(out, Mapped{g, dynamo.ExpressionAttributeNames, g.names})
	}
	if len(g.Values) > 0 {
		out = append(out, Mapped{g, dynamo.ExpressionAttributeValues, g.Values})
	}
	return out
}

// Spelled gives the map's type and its entries in Go.
func (m Mapped) Spelled(d *syntax.Draft) (typ string, values []string, ok bool) {
	r := m.g.R
	for _, e := range m.Entries {
		values = append(values, e.Value)
	}
	if m.Field == dynamo.ExpressionAttributeNames {
		if !r.Dialect.V1 {
			return "map[string]string", values, true
		}
		a, ok := d.Use(r.Site, r.Dialect.Aws, "aws")
		for i := range values {
			values[i] = a + ".String(" + values[i] + ")"
		}
		return "map[string]*string", values, ok
	}
	q, ok := d.Use(r.Site, r.Dialect.Types, r.Dialect.Qualifier())
	typ = "map[string]" + q + ".AttributeValue"
	if r.Dialect.V1 {
		typ = "map[string]*" + q + ".AttributeValue"
	}
	return typ, values, ok
}

// InPlace adds the entries to what the literal holds; what is returned are fields that it still needs.
func (m Mapped) InPlace(d *syntax.Draft) (missing []string, ok bool) {
	r := m.g.R
	typ, values, ok := m.Spelled(d)
	if !ok {
		return nil, false
	}
	var pairs []string
	for i, e := range m.Entries {
		pairs = append(pairs, strconv.Quote(e.Key)+": "+values[i])
	}
	old := Field(r.Lit, m.Field)
	switch {
	case old == nil:
		return []string{m.Field + ": " + mapLiteral(typ, pairs)}, true
	case syntax.Named(old.Value, "nil"):
		d.Swap(r.Site, old.Value, mapLiteral(typ, pairs))
		return nil, true
	case Literal(old.Value) != nil:
		d.Elements(r.Site, Literal(old.Value), pairs)
		return nil, true
	}
	v := r.Variable(old.Value)
	if v == nil || !MadeHere(r.Site, v) {
		return nil, false
	}
	st, _ := r.Around(r.Lit).Statement()
	if st == nil {
		return nil, false
	}
	for i, e := range m.Entries {
		d.Insert(r.File, st.Pos(), v.Name()+"["+strconv.Quote(e.Key)+"] = "+values[i]+"\n")
	}
	return nil, true
}

// MadeHere reports a map that a variable holds and that is not nil.
func MadeHere(s *syntax.Site, v *types.Var) bool {
	def := s.Definition(v)
	return def != nil && (Literal(def) != nil || IsMake(s, def))
}

// afterwards writes statements that add the entries to the input that a variable holds.
func (m Mapped) afterwards(d *syntax.Draft, in string) (string, bool) {
	typ, values, ok := m.Spelled(d)
	if !ok {
		return "", false
	}
	old := Field(m.g.R.Lit, m.Field)
	if old == nil || syntax.Named(old.Value, "nil") {
		var pairs []string
		for i, e := range m.Entries {
			pairs = append(pairs, strconv.Quote(e.Key)+": "+values[i])
		}
		return in + "." + m.Field + " = " + mapLiteral(typ, pairs) + "\n", true
	}
	if Literal(old.Value) == nil {
		return "", false
	}
	var code strings.Builder
	for i, e := range m.Entries {
		code.WriteString(in + "." + m.Field + "[" + strconv.Quote(e.Key) + "] = " + values[i] + "\n")
	}
	return code.String(), true
}

func mapLiteral(typ string, pairs []string) string {
	if len(pairs) == 1 && len(typ)+len(pairs[0]) < 90 && !strings.Contains(pairs[0], "{") {
		return typ + "{" + pairs[0] + "}"
	}
	return typ + "{\n" + strings.Join(pairs, ",\n") + ",\n}"
}

// IsMake reports make of a map.
func IsMake(s *syntax.Site, e ast.Expr) bool {
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
