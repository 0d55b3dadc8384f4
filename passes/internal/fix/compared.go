package fix

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// value fills in what an attribute is compared with: a constant, or an expression that means the same where the write is
// made.
func (c *checks) value(p *place, e ast.Expr, t types.Type, a *atom) bool {
	e = ast.Unparen(e)
	for p.caller != nil {
		v := p.variable(e)
		arg, ok := p.args[v]
		if v == nil || !ok {
			break
		}
		p, e = p.caller, arg
	}
	if tv := p.Info.Types[e]; tv.Value != nil {
		ok := a.constant(tv.Value, t) && (!c.r.dialect.V1 || a.code != `""`) // which version 1 may have stored as NULL
		if id, named := e.(*ast.Ident); ok && named && a.kind == "S" && p.Types == c.r.Types && c.r.names(id.Name, p.Info.Uses[id]) {
			a.code = id.Name
			if !types.Identical(types.Unalias(tv.Type), types.Typ[types.String]) {
				a.code = "string(" + id.Name + ")"
			}
		}
		return ok
	}
	if p.caller != nil || len(c.f.Writes[0].Via) > 0 || !p.stable(e) || !sameKind(p.Info.TypeOf(e), t) {
		return false
	}
	a.code = p.text(e)
	a.missing = a.op == token.LSS || a.op == token.LEQ || a.op == token.NEQ
	return true
}

// constant compares with a constant.
func (a *atom) constant(v constant.Value, t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	if !ok || dynamo.OwnEncoding(t) {
		return false
	}
	switch {
	case b.Info()&types.IsString != 0 && v.Kind() == constant.String:
		a.kind, a.code = "S", strconv.Quote(constant.StringVal(v))
		a.missing = constant.Compare(constant.MakeString(""), a.op, v)
		a.present = a.op == token.NEQ && !a.missing
		a.hint = word(constant.StringVal(v))
	case b.Info()&types.IsBoolean != 0 && v.Kind() == constant.Bool:
		want := constant.BoolVal(v) == (a.op == token.EQL)
		a.kind, a.op, a.code, a.missing = "BOOL", token.EQL, strconv.FormatBool(want), !want
	case b.Info()&types.IsInteger != 0 && constant.ToInt(v).Kind() == constant.Int:
		a.kind, a.code = "N", constant.ToInt(v).ExactString()
		a.missing = constant.Compare(constant.MakeInt64(0), a.op, v)
		a.present = a.op == token.NEQ && !a.missing
	default:
		return false
	}
	return true
}

// empty compares a text with the empty one. Version 1 of the SDK stores that as NULL.
func (c *checks) empty(attr string, t types.Type, op token.Token) (formula, bool) {
	a := atom{attr: attr, op: op}
	if !a.constant(constant.MakeString(""), t) {
		return formula{}, false
	}
	if !c.r.dialect.V1 {
		return formula{atom: a}, true
	}
	a.missing, a.present, a.hint = false, false, ""
	parts := []formula{{atom: atom{attr: attr, op: op, kind: "NULL", code: "true"}}, {atom: a}}
	return formula{op: map[token.Token]string{token.EQL: "OR", token.NEQ: "AND"}[op], parts: parts}, true
}

// isEmpty reports the empty text.
func (p *place) isEmpty(e ast.Expr) bool {
	v := p.Info.Types[e].Value
	return v != nil && v.Kind() == constant.String && constant.StringVal(v) == ""
}

// stable reports an expression of variables that are assigned once, and their fields.
func (s *site) stable(e ast.Expr) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			if s.variable(x.X) == nil {
				return false
			}
			e = x.X
		case *ast.Ident:
			v := s.variable(x)
			return v != nil && len(s.assignments(v)) <= 1
		default:
			return false
		}
	}
}

// encode writes the values of a formula as attribute values.
func (c *checks) encode(d *draft, f *formula) bool {
	for i := range f.parts {
		if !c.encode(d, &f.parts[i]) {
			return false
		}
	}
	if f.op != "" || f.atom.other != "" || f.atom.value != "" {
		return true
	}
	a := &f.atom
	var ok bool
	switch a.kind {
	case "":
		e := c.expression(a.code)
		if e == nil {
			return false
		}
		a.value, ok = d.encode(c.r, a.code, c.r.Info.TypeOf(e))
	case "N":
		a.value, ok = d.attribute(c.r, "N", strconv.Quote(a.code))
	default:
		a.value, ok = d.attribute(c.r, a.kind, a.code)
	}
	return ok
}

// expression finds code in the function of the write.
func (c *checks) expression(code string) (found ast.Expr) {
	ast.Inspect(c.r.outermost(), func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && found == nil && c.r.text(e) == code {
			found = e
		}
		return found == nil
	})
	return found
}
