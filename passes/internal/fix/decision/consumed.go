package decision

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Consumed makes deletes of items that were read as a list demand that each is there as it was read: what is made of the
// items in the same transaction holds nothing else, and nothing twice.
func Consumed(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if write.Action(f.Writes[0].Op) != dynamo.Delete || len(f.Writes[0].Via) > 1 || len(f.Reads) != 1 {
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

// attributes lists what was read of the element that is deleted.
func (c *consumption) attributes() ([]heldAttribute, bool) {
	loop, ok := syntax.Enclosing[*ast.RangeStmt](c.at)
	if !ok || loop.Value == nil {
		return nil, false
	}
	v := c.at.Variable(loop.Value)
	if v == nil || len(c.at.Assignments(v)) != 1 || !mentionsVariable(c.at, v) {
		return nil, false
	}
	if len(c.f.Writes[0].Via) == 0 {
		return c.all(v)
	}
	return c.needed(v, loop)
}

// all are all attributes of an element that the function has read itself.
func (c *consumption) all(v *types.Var) (out []heldAttribute, ok bool) {
	if !write.ComesFrom(c.at, v, c.line(), 0) {
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

// needed are the attributes that the finding depends on, of an element of the list that the one caller has read: others might
// give elements that are filled in part.
func (c *consumption) needed(v *types.Var, loop *ast.RangeStmt) (out []heldAttribute, ok bool) {
	meet, ok := c.Src.At(c.f.Pos)
	if !ok || !c.Src.Whole {
		return nil, false
	}
	l, ok := chain.NewLink(meet, c.at, c.f.Writes[0].Via[0].Line)
	if !ok || !l.Sole(c.Src) {
		return nil, false
	}
	given := l.Argument(c.at.Variable(loop.X))
	if given == nil {
		return nil, false
	}
	list := l.At.Variable(given)
	entity, ok := write.EntityOf(c.Src, v.Type())
	if !ok || list == nil || !write.ComesFrom(l.At, list, c.line(), 0) || setsFieldOf(l.At, entity) || setsFieldOf(c.at, entity) {
		return nil, false
	}
	for _, n := range c.f.Needs {
		if n.Attr == "" || strings.ContainsAny(n.Attr, ".[") {
			continue // that it is there is demanded anyway
		}
		h, ok := c.AttributeOf(v, n.Attr)
		if !ok || h.EmptyIsNull {
			return nil, false
		}
		if !slices.ContainsFunc(out, func(o heldAttribute) bool { return o.attr == n.Attr }) {
			out = append(out, heldAttribute{h, n.Attr})
		}
	}
	return out, true
}

// line is that of the read where the function of the finding makes or calls it.
func (c *consumption) line() int {
	if via := c.f.Reads[0].Via; len(via) > 0 {
		return via[0].Line
	}
	return c.f.Reads[0].Line
}

// setsFieldOf reports a function that gives fields of an entity other values than those that were read.
func setsFieldOf(s *syntax.Site, entity *write.Entity) bool {
	sets := func(e ast.Expr) bool {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		return ok && entity.Is(s.Info.TypeOf(sel.X))
	}
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, sets)
		case *ast.IncDecStmt:
			found = found || sets(n.X)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && sets(n.X)
		}
		return !found
	})
	return found
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
