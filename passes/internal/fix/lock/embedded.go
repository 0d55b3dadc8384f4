package lock

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A record may hold the domain object itself, as an embedded struct whose attributes are the item's: then the version is the
// object's, and goes where the object goes.

// embeds gives the variable of the object that the literal of a record embeds.
func (c *carrier) embeds() *types.Var {
	for i := range c.record.Typ.NumFields() {
		f := c.record.Typ.Field(i)
		kv := write.Field(c.recordLit, f.Name())
		if kv == nil || !c.transparent(i) {
			continue
		}
		v := c.home.Variable(kv.Value)
		if e, ok := write.EntityOf(c.Src, f.Type()); ok && v != nil && e.Is(v.Type()) && (!isPointer(kv.Value) || isPointerTo(v)) {
			c.embedded = f.Name()
			return v
		}
	}
	return nil
}

// transparent reports an embedded struct, no pointer to one, whose fields are attributes of the item.
func (c *carrier) transparent(i int) bool {
	f := c.record.Typ.Field(i)
	_, plain := f.Type().Underlying().(*types.Struct)
	return plain && f.Embedded() && dynamo.FieldName(c.record.Typ, i).Transparent
}

func isPointer(e ast.Expr) bool {
	_, star := ast.Unparen(e).(*ast.StarExpr)
	return star
}

func isPointerTo(v *types.Var) bool {
	_, ok := v.Type().Underlying().(*types.Pointer)
	return ok
}

// takes reports an expression that takes the object out of a record which embeds it, as it is.
func (c *carrier) takes(s *syntax.Site, e ast.Expr) bool {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	sel, ok := e.(*ast.SelectorExpr)
	return ok && c.embedded != "" && sel.Sel.Name == c.embedded && c.record.Is(s.Info.TypeOf(sel.X))
}

// takenOut reports that something takes the object out of a record.
func (c *carrier) takenOut() bool {
	found := false
	for s := range c.Src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			found = found || ok && c.takes(s, e)
			return !found
		})
	}
	return found
}

// countEmbedded makes the version next in the record, which is a copy of the object.
func (c *carrier) countEmbedded() bool {
	if c.mapper != nil {
		return c.countKept(c.mapper)
	}
	return c.countKept(c.encoding.Args[0])
}
