package fix

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// limits turns what the code has checked before it stores a sum into a formula; limited is false where that is nothing, ok
// where it looks at the number in a way that cannot be said in a condition.
func (a *addition) limits() (whole formula, limited, ok bool) {
	f := *a.f
	f.Reads = []finding.Access{a.read}
	f.Needs = append([]finding.Need{{What: "attribute", Attr: a.attr}}, f.Needs...)
	meet, ok := a.src.at(a.f.Pos)
	if !ok {
		return formula{}, false, false
	}
	c := &checks{r: a.request, f: &f, sums: a.compared}
	for _, n := range a.mentions() {
		branch := a.branch(n)
		if branch == nil || slices.Contains(a.checked, branch) {
			continue
		}
		if _, v := c.translate(c.start(meet), branch.Cond, within(a.call, []ast.Node{branch.Body})); v != relevant {
			return formula{}, false, false
		}
		a.checked = append(a.checked, branch)
	}
	parts, ok := c.parts(meet)
	if !ok {
		return formula{}, false, false
	}
	whole, limited = conjunction("AND", parts)
	return whole, limited, true
}

// mentions lists where the function mentions the number that was read, or the sum.
func (a *addition) mentions() (out []ast.Node) {
	ast.Inspect(a.outermost(), func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if a.held.field != nil && x.Sel.Name == a.held.field.Name() && a.variable(x.X) == a.held.variable {
				out = append(out, x)
				return false
			}
		case *ast.Ident:
			v, ok := a.Info.Uses[x].(*types.Var)
			if ok && (slices.Contains(a.sum.holders, v) || a.held.field == nil && v == a.held.variable) {
				out = append(out, x)
			}
		}
		return true
	})
	return out
}

// branch gives the if statement in whose condition a place is, where it decides about the write: the write is in its
// body, or it leaves before the write.
func (a *addition) branch(n ast.Node) *ast.IfStmt {
	path := a.around(n).path
	for i, x := range path {
		st, ok := x.(*ast.IfStmt)
		if !ok || !within(n, []ast.Node{st.Cond}) {
			continue
		}
		if slices.Contains(a.path, x) {
			return st
		}
		if i+1 < len(path) && slices.Contains(a.path, path[i+1]) && st.Else == nil && ends(st.Body) && st.End() < a.call.Pos() {
			return st
		}
		return nil
	}
	return nil
}

// nothingElse reports that the number that was read, and the sum, are used for nothing but the update, the checks before
// it, and logs: whatever else is made of them would say what no item has ever held.
func (a *addition) nothingElse() bool {
	own := []ast.Node{a.slot}
	if a.sum.expr != nil {
		own = append(own, a.sum.expr)
	}
	if a.sum.change != nil {
		own = append(own, a.sum.change)
	}
	for _, v := range a.sum.holders {
		for _, as := range a.assignments(v) {
			own = append(own, as.stmt)
		}
	}
	if a.held.field == nil && a.held.variable != nil {
		for _, as := range a.assignments(a.held.variable) {
			own = append(own, as.stmt)
		}
	}
	for _, n := range a.mentions() {
		if within(n, own) || a.over(n) || a.logged(n) || slices.Contains(a.checked, a.branch(n)) && a.branch(n) != nil {
			continue
		}
		return false
	}
	if a.held.field == nil {
		return a.rawUnused(own)
	}
	return a.wholeUnused()
}

// rawUnused reports that nothing else looks at the attribute in the item as it was read: in the output, or in a variable on the
// way to the number.
func (a *addition) rawUnused(own []ast.Node) bool {
	made := map[*types.Var]bool{}
	a.mentioned(a.sum.old, made, 0)
	for v := range made {
		for _, as := range a.assignments(v) {
			own = append(own, as.value)
		}
	}
	for v := range made {
		if v == a.held.variable || isError(v.Type()) || !a.fromRead(v) {
			continue
		}
		for _, id := range a.uses(v) {
			path := a.around(id).path
			if !within(id, own) && !a.over(id) && !a.logged(id) && !a.ofNil(path) && !a.another(path) && !a.onLine(id, a.line) {
				return false
			}
		}
	}
	return true
}

// fromRead reports a variable of what was read, or of a part of it.
func (a *addition) fromRead(v *types.Var) bool {
	made := map[*types.Var]bool{}
	for _, as := range a.assignments(v) {
		a.mentioned(as.value, made, 0)
	}
	made[v] = true
	for o := range made {
		if a.comesFrom(o, a.line, 0) {
			return true
		}
	}
	return false
}

// another reports a place in out.Item["other"], out.Item == nil or len(out.Item).
func (a *addition) another(path []ast.Node) bool {
	if len(path) < 3 || !itself(path[1]) {
		return false
	}
	switch x := path[2].(type) {
	case *ast.IndexExpr:
		attr, known := a.constant(x.Index)
		return known && attr != a.attr
	case *ast.BinaryExpr:
		return true
	case *ast.CallExpr:
		return named(x.Fun, "len")
	}
	return false
}

// wholeUnused reports that the struct that was read is used for its other fields only.
func (a *addition) wholeUnused() bool {
	for _, id := range a.uses(a.held.variable) {
		path := a.around(id).path
		ok := a.over(id) || a.logged(id) || a.filling(path) || a.ofNil(path)
		if sel, isSel := path[1].(*ast.SelectorExpr); isSel {
			obj, isVar := a.Info.Uses[sel.Sel].(*types.Var)
			ok = ok || isVar && obj.IsField()
		}
		if !ok {
			return false
		}
	}
	return true
}

// filling reports a place in the call that reads, or in one that decodes.
func (a *addition) filling(path []ast.Node) bool {
	for _, x := range path {
		if call, ok := x.(*ast.CallExpr); ok {
			_, decodes := dynamo.Decodes(a.callee(call))
			return decodes || a.onLine(call, a.line)
		}
	}
	return false
}

// ofNil reports a comparison with nil.
func (a *addition) ofNil(path []ast.Node) bool {
	x, ok := path[1].(*ast.BinaryExpr)
	return ok && (named(x.X, "nil") || named(x.Y, "nil"))
}

// clear takes away what is not used any more: the sum, and what was read where only the sum was made of it.
func (a *addition) clear() bool {
	c := &cleanup{site: a.site, d: a.d, gone: []ast.Node{a.slot}}
	if a.sum.change != nil {
		after := func(n ast.Node) bool { return n.Pos() > a.sum.change.End() && !within(n, c.gone) }
		if !slices.ContainsFunc(a.mentions(), after) && !c.line(a.sum.change) {
			return false
		}
	}
	vars := slices.Clone(a.sum.holders)
	if a.held.variable != nil {
		vars = append(vars, a.held.variable)
	}
	return c.unused(append(vars, c.named(a.slot)...)...)
}

// compared translates a comparison of the sum into one of the number that was read: left < 0 with left = balance - amount
// is balance < amount.
func (a *addition) compared(p *place, x *ast.BinaryExpr, want bool) (formula, verdict, bool) {
	op, other := x.Op, x.Y
	if p.caller != nil || !a.isSum(x.X) {
		if p.caller != nil || !a.isSum(x.Y) {
			return formula{}, irrelevant, false
		}
		op, other = mirrored(op), x.X
	}
	if !want {
		op = negated(op)
	}
	at := atom{attr: a.attr, op: op}
	if op == 0 || !a.limit(other, &at) {
		return formula{}, unknown, true
	}
	return formula{atom: at}, relevant, true
}

// limit fills in what the number must be compared with, where the sum is compared with an expression.
func (a *addition) limit(other ast.Expr, at *atom) bool {
	t := a.Info.TypeOf(other)
	if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsUnsigned != 0 || !a.steady(other) {
		return false
	}
	k, delta := a.Info.Types[other].Value, a.sum.constant
	switch {
	case k != nil && delta != "":
		d := constant.MakeFromLiteral(delta, token.INT, 0)
		back := token.SUB
		if a.sum.minus {
			back = token.ADD
		}
		if d.Kind() != constant.Int || constant.ToInt(k).Kind() != constant.Int {
			return false
		}
		return at.constant(constant.BinaryOp(constant.ToInt(k), back, d), types.Typ[types.Int])
	case k != nil && constant.Sign(k) == 0 && a.sum.minus:
		at.code = a.sum.code
	default:
		if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
			return false
		}
		sign := " - "
		if a.sum.minus {
			sign = " + "
		}
		at.code = a.text(other) + sign + a.sum.code
	}
	at.missing = at.op == token.LSS || at.op == token.LEQ || at.op == token.NEQ
	var ok bool
	at.value, ok = a.d.encode(a.request, at.code, a.Info.TypeOf(a.slotOrDelta()))
	return ok
}

// slotOrDelta gives an expression of the sum's type.
func (a *addition) slotOrDelta() ast.Expr {
	if a.sum.expr != nil {
		return a.sum.expr
	}
	return a.sum.delta
}

// isSum reports an expression that is the sum: the same one, or what holds it.
func (a *addition) isSum(e ast.Expr) bool {
	e = a.converted(e)
	if a.sum.expr != nil && types.ExprString(e) == types.ExprString(a.sum.expr) {
		return true
	}
	if v := a.variable(e); v != nil {
		return slices.Contains(a.sum.holders, v)
	}
	sel, ok := e.(*ast.SelectorExpr)
	return ok && a.sum.change != nil && sel.Pos() > a.sum.change.End() && a.held.field != nil &&
		sel.Sel.Name == a.held.field.Name() && a.variable(sel.X) == a.held.variable
}

// constant gives the text of a number that is known when the program is built.
func constantText(v constant.Value) string {
	if v == nil {
		return ""
	}
	if i := constant.ToInt(v); i.Kind() == constant.Int {
		return i.ExactString()
	}
	f, _ := constant.Float64Val(v)
	return strconv.FormatFloat(f, 'f', -1, 64)
}
