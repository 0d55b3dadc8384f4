package sum

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// limits turns what the code has checked before it stores a sum into a formula; limited is false where that is nothing, ok
// where it looks at the number in a way that cannot be said in a condition.
func (a *addition) limits() (whole decision.Formula, limited, ok bool) {
	f := *a.f
	f.Reads = []finding.Access{a.read}
	f.Needs = append([]finding.Need{{What: "attribute", Attr: a.attr}}, f.Needs...)
	meet, ok := a.Src.At(a.f.Pos)
	if !ok {
		return decision.Formula{}, false, false
	}
	c := &decision.Checks{R: a.Request, F: &f, Sums: a.compared}
	for _, n := range a.mentions() {
		branch := a.branch(n)
		if branch == nil || slices.Contains(a.checked, branch) {
			continue
		}
		if _, v := c.Translate(c.Start(meet), branch.Cond, syntax.Within(a.Call, []ast.Node{branch.Body})); v != decision.Relevant {
			return decision.Formula{}, false, false
		}
		a.checked = append(a.checked, branch)
	}
	parts, ok := c.Parts(meet)
	if !ok {
		return decision.Formula{}, false, false
	}
	whole, limited = decision.Conjunction("AND", parts)
	return whole, limited, true
}

// mentions lists where the function mentions the number that was read, or the sum.
func (a *addition) mentions() (out []ast.Node) {
	ast.Inspect(a.Outermost(), func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if a.held.Field != nil && x.Sel.Name == a.held.Field.Name() && a.Variable(x.X) == a.held.Variable {
				out = append(out, x)
				return false
			}
		case *ast.Ident:
			v, ok := a.Info.Uses[x].(*types.Var)
			if ok && (slices.Contains(a.sum.holders, v) || a.held.Field == nil && v == a.held.Variable) {
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
	path := a.Around(n).Path
	for i, x := range path {
		st, ok := x.(*ast.IfStmt)
		if !ok || !syntax.Within(n, []ast.Node{st.Cond}) {
			continue
		}
		if slices.Contains(a.Path, x) {
			return st
		}
		if i+1 < len(path) && slices.Contains(a.Path, path[i+1]) && st.Else == nil && syntax.Ends(st.Body) && st.End() < a.Call.Pos() {
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
		for _, as := range a.Assignments(v) {
			own = append(own, as.Stmt)
		}
	}
	if a.held.Field == nil && a.held.Variable != nil {
		for _, as := range a.Assignments(a.held.Variable) {
			own = append(own, as.Stmt)
		}
	}
	for _, n := range a.mentions() {
		if syntax.Within(n, own) || a.Over(n) || a.Logged(n) || slices.Contains(a.checked, a.branch(n)) && a.branch(n) != nil {
			continue
		}
		return false
	}
	if a.held.Field == nil {
		return a.rawUnused(own)
	}
	return a.wholeUnused()
}

// rawUnused reports that nothing else looks at the attribute in the item as it was read: in the output, or in a variable on the
// way to the number.
func (a *addition) rawUnused(own []ast.Node) bool {
	made := map[*types.Var]bool{}
	a.Mentioned(a.sum.old, made, 0)
	for v := range made {
		for _, as := range a.Assignments(v) {
			own = append(own, as.Value)
		}
	}
	for v := range made {
		if v == a.held.Variable || syntax.IsError(v.Type()) || !a.fromRead(v) {
			continue
		}
		for _, id := range a.Uses(v) {
			path := a.Around(id).Path
			if !syntax.Within(id, own) && !a.Over(id) && !a.Logged(id) && !a.ofNil(path) && !a.another(path) && !write.OnLine(a.Request.Site, id, a.line) {
				return false
			}
		}
	}
	return true
}

// fromRead reports a variable of what was read, or of a part of it.
func (a *addition) fromRead(v *types.Var) bool {
	made := map[*types.Var]bool{}
	for _, as := range a.Assignments(v) {
		a.Mentioned(as.Value, made, 0)
	}
	made[v] = true
	for o := range made {
		if write.ComesFrom(a.Request.Site, o, a.line, 0) {
			return true
		}
	}
	return false
}

// another reports a place in out.Item["other"], out.Item == nil or len(out.Item).
func (a *addition) another(path []ast.Node) bool {
	if len(path) < 3 || !write.Itself(path[1]) {
		return false
	}
	switch x := path[2].(type) {
	case *ast.IndexExpr:
		attr, known := a.Constant(x.Index)
		return known && attr != a.attr
	case *ast.BinaryExpr:
		return true
	case *ast.CallExpr:
		return syntax.Named(x.Fun, "len")
	}
	return false
}

// wholeUnused reports that the struct that was read is used for its other fields only.
func (a *addition) wholeUnused() bool {
	for _, id := range a.Uses(a.held.Variable) {
		path := a.Around(id).Path
		ok := a.Over(id) || a.Logged(id) || a.filling(path) || a.ofNil(path)
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
			_, decodes := dynamo.Decodes(a.Callee(call))
			return decodes || write.OnLine(a.Request.Site, call, a.line)
		}
	}
	return false
}

// ofNil reports a comparison with nil.
func (a *addition) ofNil(path []ast.Node) bool {
	x, ok := path[1].(*ast.BinaryExpr)
	return ok && (syntax.Named(x.X, "nil") || syntax.Named(x.Y, "nil"))
}

// clear takes away what is not used any more: the sum, and what was read where only the sum was made of it.
func (a *addition) clear() bool {
	c := &syntax.Cleanup{Site: a.Site, D: a.d, Gone: []ast.Node{a.slot}}
	if a.sum.change != nil {
		after := func(n ast.Node) bool { return n.Pos() > a.sum.change.End() && !syntax.Within(n, c.Gone) }
		if !slices.ContainsFunc(a.mentions(), after) && !c.Line(a.sum.change) {
			return false
		}
	}
	vars := slices.Clone(a.sum.holders)
	if a.held.Variable != nil {
		vars = append(vars, a.held.Variable)
	}
	return c.Unused(append(vars, c.Named(a.slot)...)...)
}

// compared translates a comparison of the sum into one of the number that was read: left < 0 with left = balance - amount
// is balance < amount.
func (a *addition) compared(p *decision.Place, x *ast.BinaryExpr, want bool) (decision.Formula, decision.Verdict, bool) {
	op, other := x.Op, x.Y
	if p.Caller != nil || !a.isSum(x.X) {
		if p.Caller != nil || !a.isSum(x.Y) {
			return decision.Formula{}, decision.Irrelevant, false
		}
		op, other = decision.Mirrored(op), x.X
	}
	if !want {
		op = decision.Negated(op)
	}
	at := decision.Atom{Attr: a.attr, Op: op}
	if op == 0 || !a.limit(other, &at) {
		return decision.Formula{}, decision.Unknown, true
	}
	return decision.Formula{Atom: at}, decision.Relevant, true
}

// limit fills in what the number must be compared with, where the sum is compared with an expression.
func (a *addition) limit(other ast.Expr, at *decision.Atom) bool {
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
		return at.Constant(constant.BinaryOp(constant.ToInt(k), back, d), types.Typ[types.Int])
	case k != nil && constant.Sign(k) == 0 && a.sum.minus:
		at.Code = a.sum.code
	default:
		if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
			return false
		}
		sign := " - "
		if a.sum.minus {
			sign = " + "
		}
		at.Code = a.Text(other) + sign + a.sum.code
	}
	at.Missing = at.Op == token.LSS || at.Op == token.LEQ || at.Op == token.NEQ
	var ok bool
	at.Value, ok = write.Encode(a.d, a.Request, at.Code, a.Info.TypeOf(a.slotOrDelta()))
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
	e = a.Converted(e)
	if a.sum.expr != nil && types.ExprString(e) == types.ExprString(a.sum.expr) {
		return true
	}
	if v := a.Variable(e); v != nil {
		return slices.Contains(a.sum.holders, v)
	}
	sel, ok := e.(*ast.SelectorExpr)
	return ok && a.sum.change != nil && sel.Pos() > a.sum.change.End() && a.held.Field != nil &&
		sel.Sel.Name == a.held.Field.Name() && a.Variable(sel.X) == a.held.Variable
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
