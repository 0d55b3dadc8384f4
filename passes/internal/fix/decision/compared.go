package decision

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// value fills in what an attribute is compared with: a constant, or an expression that means the same where the write is
// made.
func (c *Checks) value(p *Place, e ast.Expr, t types.Type, a *Atom) bool {
	e = ast.Unparen(e)
	for p.Caller != nil {
		v := p.Variable(e)
		arg, ok := p.args[v]
		if v == nil || !ok {
			break
		}
		p, e = p.Caller, arg
	}
	if tv := p.Info.Types[e]; tv.Value != nil {
		ok := a.Constant(tv.Value, t) && (!c.R.Dialect.V1 || a.Code != `""`) // which version 1 may have stored as NULL
		if id, named := e.(*ast.Ident); ok && named && a.Kind == "S" && p.Types == c.R.Types && c.R.Names(id.Name, p.Info.Uses[id]) {
			a.Code = id.Name
			if !types.Identical(types.Unalias(tv.Type), types.Typ[types.String]) {
				a.Code = "string(" + id.Name + ")"
			}
		}
		return ok
	}
	if p.Caller != nil || len(c.F.Writes[0].Via) > 0 || !Stable(p.Site, e) || !sameKind(p.Info.TypeOf(e), t) {
		return false
	}
	a.Code = p.Text(e)
	a.Missing = a.Op == token.LSS || a.Op == token.LEQ || a.Op == token.NEQ
	return true
}

// Constant compares with a constant.
func (a *Atom) Constant(v constant.Value, t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	if !ok || dynamo.OwnEncoding(t) {
		return false
	}
	switch {
	case b.Info()&types.IsString != 0 && v.Kind() == constant.String:
		a.Kind, a.Code = "S", strconv.Quote(constant.StringVal(v))
		a.Missing = constant.Compare(constant.MakeString(""), a.Op, v)
		a.Present = a.Op == token.NEQ && !a.Missing
		a.Hint = write.Word(constant.StringVal(v))
	case b.Info()&types.IsBoolean != 0 && v.Kind() == constant.Bool:
		want := constant.BoolVal(v) == (a.Op == token.EQL)
		a.Kind, a.Op, a.Code, a.Missing = "BOOL", token.EQL, strconv.FormatBool(want), !want
	case b.Info()&types.IsInteger != 0 && constant.ToInt(v).Kind() == constant.Int:
		a.Kind, a.Code = "N", constant.ToInt(v).ExactString()
		a.Missing = constant.Compare(constant.MakeInt64(0), a.Op, v)
		a.Present = a.Op == token.NEQ && !a.Missing
	default:
		return false
	}
	return true
}

// empty compares a text with the empty one. Version 1 of the SDK stores that as NULL.
func (c *Checks) empty(attr string, t types.Type, op token.Token) (Formula, bool) {
	a := Atom{Attr: attr, Op: op}
	if !a.Constant(constant.MakeString(""), t) {
		return Formula{}, false
	}
	if !c.R.Dialect.V1 {
		return Formula{Atom: a}, true
	}
	a.Missing, a.Present, a.Hint = false, false, ""
	parts := []Formula{{Atom: Atom{Attr: attr, Op: op, Kind: "NULL", Code: "true"}}, {Atom: a}}
	return Formula{Op: map[token.Token]string{token.EQL: "OR", token.NEQ: "AND"}[op], Parts: parts}, true
}

// isEmpty reports the empty text.
func (p *Place) isEmpty(e ast.Expr) bool {
	v := p.Info.Types[e].Value
	return v != nil && v.Kind() == constant.String && constant.StringVal(v) == ""
}

// Stable reports an expression of variables that are assigned once, and their fields.
func Stable(s *syntax.Site, e ast.Expr) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			if s.Variable(x.X) == nil {
				return false
			}
			e = x.X
		case *ast.Ident:
			v := s.Variable(x)
			return v != nil && len(s.Assignments(v)) <= 1
		default:
			return false
		}
	}
}

// Encode writes the values of a formula as attribute values.
func (c *Checks) Encode(d *syntax.Draft, f *Formula) bool {
	for i := range f.Parts {
		if !c.Encode(d, &f.Parts[i]) {
			return false
		}
	}
	if f.Op != "" || f.Atom.Other != "" || f.Atom.Value != "" {
		return true
	}
	a := &f.Atom
	var ok bool
	switch a.Kind {
	case "":
		e := c.expression(a.Code)
		if e == nil {
			return false
		}
		a.Value, ok = write.Encode(d, c.R, a.Code, c.R.Info.TypeOf(e))
	case "N":
		a.Value, ok = write.Attribute(d, c.R, "N", strconv.Quote(a.Code))
	default:
		a.Value, ok = write.Attribute(d, c.R, a.Kind, a.Code)
	}
	return ok
}

// expression finds code in the function of the write.
func (c *Checks) expression(code string) (found ast.Expr) {
	ast.Inspect(c.R.Outermost(), func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && found == nil && c.R.Text(e) == code {
			found = e
		}
		return found == nil
	})
	return found
}
