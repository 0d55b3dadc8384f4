package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// nested translates a comparison of an element of a map: x.Map[key] == v, or that of a raw item, whose values are taken
// out by their types.
func (c *checks) nested(p *place, x *ast.BinaryExpr, want bool) (formula, verdict, bool) {
	if x.Op != token.EQL && x.Op != token.NEQ {
		return formula{}, irrelevant, false
	}
	a, t, ok := c.element(p, x.X)
	value := x.Y
	if !ok {
		if a, t, ok = c.element(p, x.Y); !ok {
			return formula{}, irrelevant, false
		}
		value = x.X
	}
	a.op = x.Op
	if !want {
		a.op = negated(x.Op)
	}
	if !c.value(p, value, t, &a) {
		return formula{}, unknown, true
	}
	if a.kind == "" {
		a.missing = a.op == token.NEQ
	}
	return formula{atom: a}, relevant, true
}

// element finds the element of a map that an expression is the value of, and its type.
func (c *checks) element(p *place, e ast.Expr) (a atom, t types.Type, ok bool) {
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
		a.attr = attr
		return a, m.Elem(), c.key(p, index.Index, &a)
	}
	return c.rawElement(p, e)
}

// rawElement is element for attribute values: one.Value of one, ok := all.Value[key].(*types.AttributeValueMemberS), where
// all is an attribute of the item.
func (c *checks) rawElement(p *place, e ast.Expr) (a atom, t types.Type, ok bool) {
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
	if root == nil || !isItem(typeOr(p.Info.TypeOf(root.X))) {
		return a, nil, false
	}
	name, known := p.constant(root.Index)
	out := p.outputOf(root.X)
	if !known || out == nil || !c.holds(p, out) {
		return a, nil, false
	}
	a.attr = name
	return a, types.Typ[types.String], c.key(p, index.Index, &a)
}

// asserted gives the element whose value a variable holds by a type assertion.
func (p *place) asserted(e ast.Expr) *ast.IndexExpr {
	v := p.variable(e)
	if v == nil {
		return nil
	}
	def := p.definition(v)
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
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Name() == "AttributeValueMember"+kind && n.Obj().Pkg() != nil && strings.HasSuffix(n.Obj().Pkg().Path(), "dynamodb/types")
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0 && types.Identical(types.Unalias(t), b)
}

// key fills in the key in a map: code that means the same where the write is made.
func (c *checks) key(p *place, e ast.Expr, a *atom) bool {
	var k atom
	if !c.value(p, e, types.Typ[types.String], &k) {
		return false
	}
	a.key = k.code
	return true
}
