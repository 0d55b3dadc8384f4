package decision

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// nested translates a comparison of an element of a map: x.Map[key] == v, or that of a raw item, whose values are taken
// out by their types.
func (c *Checks) nested(p *Place, x *ast.BinaryExpr, want bool) (Formula, Verdict, bool) {
	if x.Op != token.EQL && x.Op != token.NEQ {
		return Formula{}, Irrelevant, false
	}
	a, t, ok := c.element(p, x.X)
	value := x.Y
	if !ok {
		if a, t, ok = c.element(p, x.Y); !ok {
			return Formula{}, Irrelevant, false
		}
		value = x.X
	}
	a.Op = x.Op
	if !want {
		a.Op = Negated(x.Op)
	}
	if !c.value(p, value, t, &a) {
		return Formula{}, Unknown, true
	}
	if a.Kind == "" {
		a.Missing = a.Op == token.NEQ
	}
	return Formula{Atom: a}, Relevant, true
}

// element finds the element of a map that an expression is the value of, and its type.
func (c *Checks) element(p *Place, e ast.Expr) (a Atom, t types.Type, ok bool) {
	e = ast.Unparen(e)
	if index, is := e.(*ast.IndexExpr); is {
		attr, t := c.attribute(p, index.X)
		if attr == "" {
			return a, nil, false
		}
		m, ok := t.Underlying().(*types.Map)
		if !ok || !isString(m.Key()) || dynamo.OwnEncoding(t) || dynamo.OwnEncoding(m.Elem()) {
			return a, nil, false
		}
		a.Attr = attr
		return a, m.Elem(), c.key(p, index.Index, &a)
	}
	return c.rawElement(p, e)
}

// rawElement is element for attribute values: one.Value of one, ok := all.Value[key].(*types.AttributeValueMemberS), where
// all is an attribute of the item.
func (c *Checks) rawElement(p *Place, e ast.Expr) (a Atom, t types.Type, ok bool) {
	sel, is := e.(*ast.SelectorExpr)
	if !is || sel.Sel.Name != "Value" || !memberOf(p.Info.TypeOf(sel.X), "S") {
		return a, nil, false
	}
	index := p.asserted(sel.X)
	if index == nil {
		return a, nil, false
	}
	of, is := ast.Unparen(index.X).(*ast.SelectorExpr)
	if !is || of.Sel.Name != "Value" || !memberOf(p.Info.TypeOf(of.X), "M") {
		return a, nil, false
	}
	root := p.asserted(of.X)
	if root == nil || !syntax.IsItem(syntax.TypeOr(p.Info.TypeOf(root.X))) {
		return a, nil, false
	}
	name, known := p.Constant(root.Index)
	out := write.OutputOf(p.Site, root.X)
	if !known || out == nil || !c.holds(p, out) {
		return a, nil, false
	}
	a.Attr = name
	return a, types.Typ[types.String], c.key(p, index.Index, &a)
}

// asserted gives the element whose value a variable holds by a type assertion.
func (p *Place) asserted(e ast.Expr) *ast.IndexExpr {
	v := p.Variable(e)
	if v == nil {
		return nil
	}
	def := p.Definition(v)
	if def == nil {
		return nil
	}
	assert, ok := ast.Unparen(def).(*ast.TypeAssertExpr)
	if !ok {
		return nil
	}
	index, _ := ast.Unparen(assert.X).(*ast.IndexExpr)
	return index
}

// memberOf reports the SDK's type of attribute values of a kind.
func memberOf(t types.Type, kind string) bool {
	if t == nil {
		return false
	}
	n, ok := types.Unalias(syntax.Deref(t)).(*types.Named)
	return ok && n.Obj().Name() == "AttributeValueMember"+kind && n.Obj().Pkg() != nil && strings.HasSuffix(n.Obj().Pkg().Path(), "dynamodb/types")
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0 && types.Identical(types.Unalias(t), b)
}

// key fills in the key in a map: code that means the same where the write is made.
func (c *Checks) key(p *Place, e ast.Expr, a *Atom) bool {
	var k Atom
	if !c.value(p, e, types.Typ[types.String], &k) {
		return false
	}
	a.Key = k.Code
	return true
}
