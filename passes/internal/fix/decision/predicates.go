package decision

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
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// What code asks of lists, maps and times can be said in a condition as well: how many there are, whether something is among
// them, whether a time was set.

// predicate translates slices.Contains(x.List, v) and x.Time.IsZero(); ok is false for other calls.
func (c *Checks) predicate(p *Place, call *ast.CallExpr, want bool) (f Formula, v Verdict, ok bool) {
	callee := p.Callee(call)
	if callee == nil {
		return Formula{}, Irrelevant, false
	}
	switch callee.FullName() {
	case "slices.Contains":
		f, v = c.among(p, call.Args[0], call.Args[1], want)
		return f, v, v == Relevant
	case "(time.Time).IsZero":
		sel, is := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !is {
			return Formula{}, Irrelevant, false
		}
		return c.noTime(p, sel.X, want)
	}
	return Formula{}, Irrelevant, false
}

// among asks whether a value is in a list of plain values.
func (c *Checks) among(p *Place, list, e ast.Expr, want bool) (Formula, Verdict) {
	attr, t := c.attribute(p, list)
	if attr == "" {
		return Formula{}, Irrelevant
	}
	slice, ok := t.Underlying().(*types.Slice)
	if !ok || dynamo.OwnEncoding(t) || dynamo.OwnEncoding(slice.Elem()) {
		return Formula{}, Unknown
	}
	if b, ok := slice.Elem().Underlying().(*types.Basic); !ok || b.Kind() == types.Byte || b.Info()&(types.IsString|types.IsInteger) == 0 {
		return Formula{}, Unknown
	}
	a := Atom{Attr: attr, Op: token.EQL, Fn: "contains"}
	if !c.value(p, e, slice.Elem(), &a) {
		return Formula{}, Unknown
	}
	a.Missing, a.Present = !want, false
	if !want {
		a.Op = token.NEQ
	}
	return Formula{Atom: a}, Relevant
}

// noTime asks whether a time was never set. The SDK's encoder writes the zero time as text, where it is not left out.
func (c *Checks) noTime(p *Place, e ast.Expr, want bool) (Formula, Verdict, bool) {
	attr, t := c.attribute(p, e)
	if attr == "" || t.String() != "time.Time" {
		return Formula{}, Irrelevant, false
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return Formula{}, Irrelevant, false
	}
	if st, i := write.FieldOf(p.Site, sel); st == nil || !write.Tagged(st) || strings.Contains(st.Tag(i), "unixtime") {
		return Formula{}, Irrelevant, false
	}
	a := Atom{Attr: attr, Op: token.EQL, Kind: "S", Code: strconv.Quote(time.Time{}.Format(time.RFC3339Nano)), Hint: "noTime", Missing: want, Present: !want}
	if !want {
		a.Op = token.NEQ
	}
	return Formula{Atom: a}, Relevant, true
}

// length translates a comparison of len(x.List) with a number.
func (c *Checks) length(p *Place, x *ast.BinaryExpr, want bool) (Formula, Verdict, bool) {
	list, with, op := measured(p.Site, x.X), x.Y, x.Op
	if list == nil {
		list, with, op = measured(p.Site, x.Y), x.X, Mirrored(x.Op)
	}
	if list == nil {
		return Formula{}, Irrelevant, false
	}
	attr, t := c.attribute(p, list)
	if attr == "" {
		return Formula{}, Irrelevant, false
	}
	if dynamo.OwnEncoding(t) {
		return Formula{}, Unknown, true
	}
	if !want {
		op = Negated(op)
	}
	switch t.Underlying().(type) {
	case *types.Basic:
		f, v := c.emptyText(p.Site, attr, t, with, op)
		return f, v, true
	case *types.Slice, *types.Map:
	default:
		return Formula{}, Unknown, true
	}
	a := Atom{Attr: attr, Op: op, Fn: "size"}
	if other, ot := c.attribute(p, with); other != "" {
		if b, ok := ot.Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
			return Formula{}, Unknown, true
		}
		a.Other, a.Missing = other, op == token.LSS || op == token.LEQ
	} else if !c.value(p, with, types.Typ[types.Int], &a) {
		return Formula{}, Unknown, true
	}
	a.Present = false
	return Formula{Atom: a}, Relevant, true
}

// measured gives x of len(x).
func measured(s *syntax.Site, e ast.Expr) ast.Expr {
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
func (c *Checks) emptyText(s *syntax.Site, attr string, t types.Type, with ast.Expr, op token.Token) (Formula, Verdict) {
	v := s.Info.Types[with].Value
	op, known := map[token.Token]token.Token{token.EQL: token.EQL, token.LEQ: token.EQL, token.NEQ: token.NEQ, token.GTR: token.NEQ}[op]
	if v == nil || !known || constant.Compare(v, token.NEQ, constant.MakeInt64(0)) {
		return Formula{}, Unknown
	}
	f, ok := c.empty(attr, t, op)
	if !ok {
		return Formula{}, Unknown
	}
	return f, Relevant
}

// looked adds what a loop over a list has asked that leaves the function; ok is false where that is not understood, and the
// write was decided by it.
func (c *Checks) looked(p *Place, loop *ast.RangeStmt, take func(Formula, Verdict)) bool {
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
	return v == Relevant || !slices.ContainsFunc(c.F.Needs, func(n finding.Need) bool { return attr != "" && n.Attr == attr })
}

// ranged gives what holds behind a loop over a list that is left for good when a value is found in it.
func (c *Checks) ranged(p *Place, loop *ast.RangeStmt) (Formula, Verdict) {
	element := p.Variable(loop.Value)
	if loop.Value == nil || element == nil || len(loop.Body.List) != 1 {
		return Formula{}, Irrelevant
	}
	branch, ok := loop.Body.List[0].(*ast.IfStmt)
	if !ok || branch.Init != nil || branch.Else != nil || !returns(branch.Body) {
		return Formula{}, Irrelevant
	}
	is, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
	if !ok || is.Op != token.EQL {
		return Formula{}, Irrelevant
	}
	value := is.Y
	if p.Variable(is.X) != element {
		if value = is.X; p.Variable(is.Y) != element {
			return Formula{}, Irrelevant
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

// Asks reports a formula that asks for more than values.
func (f Formula) Asks() bool {
	return f.Atom.Fn != "" || f.Atom.Key != "" || slices.ContainsFunc(f.Parts, Formula.Asks)
}

// counterparts are comparisons that fail when a size's do, so that their negation also holds of what has no size.
var counterparts = map[token.Token]token.Token{
	token.EQL: token.GTR, token.LSS: token.GEQ, token.LEQ: token.GTR, token.NEQ: token.EQL, token.GEQ: token.LSS, token.GTR: token.LEQ,
}

// asked writes an atom that asks something of an attribute. A list that was never stored, or is NULL, has no size; NOT lets it
// through where none would pass.
func (a Atom) asked(name, with string) string {
	switch {
	case a.Fn == "contains" && a.Op == token.NEQ:
		return "NOT contains(" + name + ", " + with + ")"
	case a.Fn == "contains":
		return "contains(" + name + ", " + with + ")"
	case a.Missing:
		return "NOT size(" + name + ") " + symbols[counterparts[a.Op]] + " " + with
	}
	return "size(" + name + ") " + symbols[a.Op] + " " + with
}
