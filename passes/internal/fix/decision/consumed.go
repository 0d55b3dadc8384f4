package decision

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Consumed makes deletes of items that were read as a list demand that each is there as it was read: what is made of the
// items in the same transaction holds nothing else, and nothing twice.
func Consumed(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if write.Action(f.Writes[0].Op) != dynamo.Delete || len(f.Writes[0].Via) > 0 || len(f.Reads) != 1 {
		return finding.Fix{}, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	var at *syntax.Site
	if r.Built != nil {
		at = r.Around(r.Built.Element)
	} else if at = r.Around(r.Lit); at == nil {
		return finding.Fix{}, false
	}
	c := &consumption{Request: r, at: at, f: f}
	attrs, ok := c.attributes()
	if !ok {
		return finding.Fix{}, false
	}
	key := keyNames(c.Of, c.Lit)
	if len(key) == 0 {
		return finding.Fix{}, false
	}
	d, g := src.Draft(), &write.Guard{R: r}
	text := "attribute_exists(" + g.Name(key[0]) + ")"
	count := 0
	for _, h := range attrs {
		if slices.Contains(key, h.attr) {
			continue // the key is what finds the item
		}
		value, ok := write.Encode(d, r, h.Code, h.Typ)
		if !ok {
			return finding.Fix{}, false
		}
		text += " AND (" + g.Unchanged(h.attr, h.attr+"Read", value) + ")"
		count++
	}
	g.Text = text
	if count == 0 || count > 6 || !g.Put(d) {
		return finding.Fix{}, false
	}
	return d.Fix("delete each item only if it is there as it was read"+write.Refused(f), true)
}

// A consumption is a delete of an element of what was read.
type consumption struct {
	*write.Request
	// at is where the action is made, with the element in a variable.
	at *syntax.Site
	f  *finding.Finding
}

// A heldAttribute is an attribute with the value that was read.
type heldAttribute struct {
	write.Held
	attr string
}

// attributes lists what was read of the element that is deleted: all its attributes.
func (c *consumption) attributes() (out []heldAttribute, ok bool) {
	line := c.f.Reads[0].Line
	if via := c.f.Reads[0].Via; len(via) > 0 {
		line = via[0].Line
	}
	loop, ok := syntax.Enclosing[*ast.RangeStmt](c.at)
	if !ok || loop.Value == nil {
		return nil, false
	}
	v := c.at.Variable(loop.Value)
	if v == nil || len(c.at.Assignments(v)) != 1 || !write.ComesFrom(c.at, v, line, 0) || !mentionsVariable(c.at, v) {
		return nil, false
	}
	st, ok := syntax.Deref(v.Type()).Underlying().(*types.Struct)
	if !ok || !write.Tagged(st) || dynamo.OwnEncoding(syntax.Deref(v.Type())) {
		return nil, false
	}
	for i := range st.NumFields() {
		field := st.Field(i)
		attr := c.Dialect.StoredName(st, i)
		if attr == "" {
			continue
		}
		if !field.Exported() && field.Pkg() != c.Types || strings.ContainsAny(attr, ".[") {
			return nil, false
		}
		out = append(out, heldAttribute{write.Held{Code: v.Name() + "." + field.Name(), Typ: field.Type(), Variable: v, Field: field}, attr})
	}
	return out, true
}

// mentionsVariable reports that the statement around a place names a variable.
func mentionsVariable(s *syntax.Site, v *types.Var) bool {
	st, _ := s.Statement()
	return st != nil && s.Mentions(st, v)
}

// keyNames are the attributes of the key in a literal, as far as it is written there.
func keyNames(s *syntax.Site, lit *ast.CompositeLit) (out []string) {
	kv := write.Field(lit, dynamo.Key)
	if kv == nil {
		return nil
	}
	for _, e := range write.LiteralElements(s, kv.Value) {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if name, ok := s.Constant(pair.Key); ok {
				out = append(out, name)
			}
		}
	}
	return out
}
