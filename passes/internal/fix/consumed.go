package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// consumed makes deletes of items that were read as a list demand that each is there as it was read: what is made of the
// items in the same transaction holds nothing else, and nothing twice.
func consumed(src *Source, f *finding.Finding) (finding.Fix, bool) {
	if action(f.Writes[0].Op) != dynamo.Delete || len(f.Writes[0].Via) > 0 || len(f.Reads) != 1 {
		return finding.Fix{}, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	var at *site
	if r.built != nil {
		at = r.around(r.built.element)
	} else if at = r.around(r.lit); at == nil {
		return finding.Fix{}, false
	}
	c := &consumption{request: r, at: at, f: f}
	attrs, ok := c.attributes()
	if !ok {
		return finding.Fix{}, false
	}
	key := c.of.keyNames(c.lit)
	if len(key) == 0 {
		return finding.Fix{}, false
	}
	d, g := src.draft(), &guard{r: r}
	text := "attribute_exists(" + g.name(key[0]) + ")"
	count := 0
	for _, h := range attrs {
		if slices.Contains(key, h.attr) {
			continue // the key is what finds the item
		}
		value, ok := d.encode(r, h.code, h.typ)
		if !ok {
			return finding.Fix{}, false
		}
		text += " AND (" + g.unchanged(h.attr, h.attr+"Read", value) + ")"
		count++
	}
	g.text = text
	if count == 0 || count > 6 || !g.put(d) {
		return finding.Fix{}, false
	}
	return d.fix("delete each item only if it is there as it was read"+refused(f), true)
}

// A consumption is a delete of an element of what was read.
type consumption struct {
	*request
	// at is where the action is made, with the element in a variable.
	at *site
	f  *finding.Finding
}

// A heldAttribute is an attribute with the value that was read.
type heldAttribute struct {
	held
	attr string
}

// attributes lists what was read of the element that is deleted: all its attributes.
func (c *consumption) attributes() (out []heldAttribute, ok bool) {
	line := c.f.Reads[0].Line
	if via := c.f.Reads[0].Via; len(via) > 0 {
		line = via[0].Line
	}
	loop, ok := enclosing[*ast.RangeStmt](c.at)
	if !ok || loop.Value == nil {
		return nil, false
	}
	v := c.at.variable(loop.Value)
	if v == nil || len(c.at.assignments(v)) != 1 || !c.at.comesFrom(v, line, 0) || !mentionsVariable(c.at, v) {
		return nil, false
	}
	st, ok := deref(v.Type()).Underlying().(*types.Struct)
	if !ok || !tagged(st) || dynamo.OwnEncoding(deref(v.Type())) {
		return nil, false
	}
	for i := range st.NumFields() {
		field := st.Field(i)
		attr := c.dialect.StoredName(st, i)
		if attr == "" {
			continue
		}
		if !field.Exported() && field.Pkg() != c.Types || strings.ContainsAny(attr, ".[") {
			return nil, false
		}
		out = append(out, heldAttribute{held{code: v.Name() + "." + field.Name(), typ: field.Type(), variable: v, field: field}, attr})
	}
	return out, true
}

// mentionsVariable reports that the statement around a place names a variable.
func mentionsVariable(s *site, v *types.Var) bool {
	st, _ := s.statement()
	return st != nil && s.mentions(st, v)
}

// keyNames are the attributes of the key in a literal, as far as it is written there.
func (s *site) keyNames(lit *ast.CompositeLit) (out []string) {
	kv := field(lit, dynamo.Key)
	if kv == nil {
		return nil
	}
	for _, e := range s.literalElements(kv.Value) {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if name, ok := s.constant(pair.Key); ok {
				out = append(out, name)
			}
		}
	}
	return out
}
