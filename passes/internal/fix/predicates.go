package fix

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// What code asks of lists, maps and times can be said in a condition as well: how many there are, whether something is among
// them, whether a time was set.

// predicate translates slices.Contains(x.List, v) and x.Time.IsZero(); ok is false for other calls.
func (c *checks) predicate(p *place, call *ast.CallExpr, want bool) (f formula, v verdict, ok bool) {
	callee := p.callee(call)
	if callee == nil {
		return formula{}, irrelevant, false
	}
	switch callee.FullName() {
	case "slices.Contains":
		f, v = c.among(p, call.Args[0], call.Args[1], want)
		return f, v, v == relevant
	case "(time.Time).IsZero":
		sel, is := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !is {
			return formula{}, irrelevant, false
		}
		return c.noTime(p, sel.X, want)
	}
	return formula{}, irrelevant, false
}

// among asks whether a value is in a list of plain values.
func (c *checks) among(p *place, list, e ast.Expr, want bool) (formula, verdict) {
	attr, t := c.attribute(p, list)
	if attr == "" {
		return formula{}, irrelevant
	}
	slice, ok := t.Underlying().(*types.Slice)
	if !ok || dynamo.OwnEncoding(t) || dynamo.OwnEncoding(slice.Elem()) {
		return formula{}, unknown
	}
	if b, ok := slice.Elem().Underlying().(*types.Basic); !ok || b.Kind() == types.Byte || b.Info()&(types.IsString|types.IsInteger) == 0 {
		return formula{}, unknown
	}
	a := atom{attr: attr, op: token.EQL, fn: "contains"}
	if !c.value(p, e, slice.Elem(), &a) {
		return formula{}, unknown
	}
	a.missing, a.present = !want, false
	if !want {
		a.op = token.NEQ
	}
	return formula{atom: a}, relevant
}

// noTime asks whether a time was never set. The SDK's encoder writes the zero time as text, where it is not left out.
func (c *checks) noTime(p *place, e ast.Expr, want bool) (formula, verdict, bool) {
	attr, t := c.attribute(p, e)
	if attr == "" || t.String() != "time.Time" {
		return formula{}, irrelevant, false
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return formula{}, irrelevant, false
	}
	if st, i := p.fieldOf(sel); st == nil || !tagged(st) || strings.Contains(st.Tag(i), "unixtime") {
		return formula{}, irrelevant, false
	}
	a := atom{attr: attr, op: token.EQL, kind: "S", code: strconv.Quote(time.Time{}.Format(time.RFC3339Nano)), hint: "noTime", missing: want, present: !want}
	if !want {
		a.op = token.NEQ
	}
	return formula{atom: a}, relevant, true
}

// length translates a comparison of len(x.List) with a number.
func (c *checks) length(p *place, x *ast.BinaryExpr, want bool) (formula, verdict, bool) {
	list, with, op := measured(p.site, x.X), x.Y, x.Op
	if list == nil {
		list, with, op = measured(p.site, x.Y), x.X, mirrored(x.Op)
	}
	if list == nil {
		return formula{}, irrelevant, false
	}
	attr, t := c.attribute(p, list)
	if attr == "" {
		return formula{}, irrelevant, false
	}
	if dynamo.OwnEncoding(t) {
		return formula{}, unknown, true
	}
	if !want {
		op = negated(op)
	}
	switch t.Underlying().(type) {
	case *types.Basic:
		f, v := c.emptyText(p.site, attr, t, with, op)
		return f, v, true
	case *types.Slice, *types.Map:
	default:
		return formula{}, unknown, true
	}
	a := atom{attr: attr, op: op, fn: "size"}
	if other, ot := c.attribute(p, with); other != "" {
		if b, ok := ot.Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
			return formula{}, unknown, true
		}
		a.other, a.missing = other, op == token.LSS || op == token.LEQ
	} else if !c.value(p, with, types.Typ[types.Int], &a) {
		return formula{}, unknown, true
	}
	a.present = false
	return formula{atom: a}, relevant, true
}

// measured gives x of len(x).
func measured(s *site, e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return nil
	}
	if _, builtin := s.Info.Uses[id].(*types.Builtin); !builtin || id.Name != "len" {
		return nil
	}
	return call.Args[0]
}

// emptyText translates len(s) == 0 and the like for a string: what it is more than that counts bytes, and DynamoDB characters.
func (c *checks) emptyText(s *site, attr string, t types.Type, with ast.Expr, op token.Token) (formula, verdict) {
	v := s.Info.Types[with].Value
	op, known := map[token.Token]token.Token{token.EQL: token.EQL, token.LEQ: token.EQL, token.NEQ: token.NEQ, token.GTR: token.NEQ}[op]
	if v == nil || !known || constant.Compare(v, token.NEQ, constant.MakeInt64(0)) {
		return formula{}, unknown
	}
	f, ok := c.empty(attr, t, op)
	if !ok {
		return formula{}, unknown
	}
	return f, relevant
}

// looked adds what a loop over a list has asked that leaves the function; ok is false where that is not understood, and the
// write was decided by it.
func (c *checks) looked(p *place, loop *ast.RangeStmt, take func(formula, verdict)) bool {
	returns := false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt:
			returns = true
		case *ast.FuncLit:
			return false
		}
		return true
	})
	if !returns {
		return true
	}
	f, v := c.ranged(p, loop)
	take(f, v)
	attr, _ := c.attribute(p, loop.X)
	return v == relevant || !slices.ContainsFunc(c.f.Needs, func(n finding.Need) bool { return attr != "" && n.Attr == attr })
}

// ranged gives what holds behind a loop over a list that is left for good when a value is found in it.
func (c *checks) ranged(p *place, loop *ast.RangeStmt) (formula, verdict) {
	element := p.variable(loop.Value)
	if loop.Value == nil || element == nil || len(loop.Body.List) != 1 {
		return formula{}, irrelevant
	}
	branch, ok := loop.Body.List[0].(*ast.IfStmt)
	if !ok || branch.Init != nil || branch.Else != nil || !returns(branch.Body) {
		return formula{}, irrelevant
	}
	is, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
	if !ok || is.Op != token.EQL {
		return formula{}, irrelevant
	}
	value := is.Y
	if p.variable(is.X) != element {
		if value = is.X; p.variable(is.Y) != element {
			return formula{}, irrelevant
		}
	}
	return c.among(p, loop.X, value, false)
}

// returns reports a block that ends the function.
func returns(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	_, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok
}

// asks reports a formula that asks for more than values.
func (f formula) asks() bool {
	return f.atom.fn != "" || f.atom.key != "" || slices.ContainsFunc(f.parts, formula.asks)
}

// counterparts are comparisons that fail when a size's do, so that their negation also holds of what has no size.
var counterparts = map[token.Token]token.Token{
	token.EQL: token.GTR, token.LSS: token.GEQ, token.LEQ: token.GTR, token.NEQ: token.EQL, token.GEQ: token.LSS, token.GTR: token.LEQ,
}

// asked writes an atom that asks something of an attribute. A list that was never stored, or is NULL, has no size; NOT lets it
// through where none would pass.
func (a atom) asked(name, with string) string {
	switch {
	case a.fn == "contains" && a.op == token.NEQ:
		return "NOT contains(" + name + ", " + with + ")"
	case a.fn == "contains":
		return "contains(" + name + ", " + with + ")"
	case a.missing:
		return "NOT size(" + name + ") " + symbols[counterparts[a.op]] + " " + with
	}
	return "size(" + name + ") " + symbols[a.op] + " " + with
}
