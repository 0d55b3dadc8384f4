package fix

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A verdict says what an expression is to the checks.
type verdict int

const (
	irrelevant verdict = iota // it looks at nothing that was read
	relevant
	unknown
)

// translate turns a Go condition into a formula that holds when the condition is as wanted.
func (c *checks) translate(p *place, e ast.Expr, want bool) (formula, verdict) {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			return c.translate(p, x.X, !want)
		}
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			return c.joined(p, x, want)
		}
		return c.compare(p, x, want)
	case *ast.CallExpr:
		if f, v, ok := c.predicate(p, x, want); ok {
			return f, v
		}
		return c.called(p, x, 0, want)
	case *ast.Ident:
		if v := p.variable(x); v != nil {
			if arg, ok := p.args[v]; ok {
				return c.translate(p.caller, arg, want)
			}
			if all := p.assignments(v); len(all) == 1 {
				if call, ok := ast.Unparen(all[0].value).(*ast.CallExpr); ok {
					return c.called(p, call, all[0].result, want)
				}
				if all[0].result == 0 && !isRange(all[0].stmt) {
					return c.translate(p, all[0].value, want)
				}
			}
		}
	}
	attr, t := c.attribute(p, e)
	if attr == "" {
		return formula{}, irrelevant
	}
	if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsBoolean == 0 {
		return formula{}, unknown
	}
	return formula{atom: atom{attr: attr, op: token.EQL, kind: "BOOL", code: strconv.FormatBool(want), missing: !want}}, relevant
}

func isRange(st ast.Stmt) bool { _, ok := st.(*ast.RangeStmt); return ok }

// joined translates && and ||.
func (c *checks) joined(p *place, x *ast.BinaryExpr, want bool) (formula, verdict) {
	a, va := c.translate(p, x.X, want)
	b, vb := c.translate(p, x.Y, want)
	both := (x.Op == token.LAND) == want
	switch {
	case va == unknown || vb == unknown:
		return formula{}, unknown
	case va == irrelevant && vb == irrelevant:
		return formula{}, irrelevant
	case va == relevant && vb == relevant:
		op := "OR"
		if both {
			op = "AND"
		}
		f, _ := conjunction(op, []formula{a, b})
		return f, relevant
	case !both:
		return formula{}, unknown
	case va == relevant:
		return a, relevant
	}
	return b, relevant
}

// called looks into a function whose result is asked for.
func (c *checks) called(p *place, call *ast.CallExpr, result int, want bool) (formula, verdict) {
	s, fn := p.src.declared(p.callee(call))
	reads := p.onLine(call, p.line)
	if fn == nil || fn.Body == nil || c.depth > 4 {
		if reads || c.looks(p, call) {
			return formula{}, unknown
		}
		return formula{}, irrelevant
	}
	inner := &place{site: s.around(fn.Body), caller: p, args: s.arguments(fn, call, p.site)}
	if reads {
		inner.line = c.f.Reads[0].Line
		if len(p.next) > 0 {
			inner.line, inner.next = p.next[0].Line, p.next[1:]
		}
	}
	c.depth++
	defer func() { c.depth-- }()
	answer, ok := s.answer(fn, result)
	if !ok {
		if reads || c.looks(p, call) {
			return formula{}, unknown
		}
		return formula{}, irrelevant
	}
	return c.translate(inner, answer, want)
}

// arguments are what the parameters and the receiver of a function stand for in a call.
func (s *site) arguments(fn *ast.FuncDecl, call *ast.CallExpr, from *site) map[*types.Var]ast.Expr {
	out := map[*types.Var]ast.Expr{}
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil || f.Signature().Variadic() {
		return out
	}
	for i := range f.Signature().Params().Len() {
		if i < len(call.Args) {
			out[f.Signature().Params().At(i)] = call.Args[i]
		}
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && f.Signature().Recv() != nil {
		out[f.Signature().Recv()] = sel.X
	}
	return out
}

// answer gives the one expression that a function returns beside constants, which must be no.
func (s *site) answer(fn *ast.FuncDecl, result int) (ast.Expr, bool) {
	var found ast.Expr
	ok := true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if result >= len(n.Results) {
				ok = false
				return false
			}
			e := n.Results[result]
			if tv := s.Info.Types[e]; tv.Value != nil {
				ok = ok && tv.Value.Kind() == constant.Bool && !constant.BoolVal(tv.Value)
				return true
			}
			if found != nil {
				ok = false
			}
			found = e
		}
		return true
	})
	return found, ok && found != nil
}

// looks reports a call that is given what was read.
func (c *checks) looks(p *place, call *ast.CallExpr) bool {
	found := false
	ast.Inspect(call, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := p.Info.Uses[id].(*types.Var); ok && !v.IsField() && c.holds(p, v) {
				found = true
			}
		}
		return !found
	})
	return found
}

// holds reports a variable that holds what was read.
func (c *checks) holds(p *place, v *types.Var) bool {
	if arg, ok := p.args[v]; ok && p.caller != nil {
		o := p.caller.variable(arg)
		return o != nil && c.holds(p.caller, o)
	}
	return p.line > 0 && !isError(v.Type()) && p.comesFrom(v, p.line, 0)
}

// compare translates a comparison of an attribute.
func (c *checks) compare(p *place, x *ast.BinaryExpr, want bool) (formula, verdict) {
	op := x.Op
	if _, ok := symbols[op]; !ok {
		return formula{}, irrelevant
	}
	if f, v, ok := c.failure(p, x, want); ok {
		return f, v
	}
	if c.sums != nil {
		if f, v, ok := c.sums(p, x, want); ok {
			return f, v
		}
	}
	if f, v, ok := c.length(p, x, want); ok {
		return f, v
	}
	if f, v, ok := c.nested(p, x, want); ok {
		return f, v
	}
	left, t := c.attribute(p, x.X)
	right, rt := c.attribute(p, x.Y)
	value := x.Y
	switch {
	case left == "" && right == "":
		if c.mentions(p, x) {
			return formula{}, unknown
		}
		return formula{}, irrelevant
	case left == "":
		left, t, right, value, op = right, rt, "", x.X, mirrored(op)
	}
	if !want {
		op = negated(op)
	}
	a := atom{attr: left, op: op, other: right}
	if right != "" {
		a.missing = op == token.LSS || op == token.LEQ
		return formula{atom: a}, relevant
	}
	if named(value, "nil") {
		a.kind, a.code = "NULL", "true"
		return formula{atom: a}, relevant
	}
	if p.isEmpty(value) && (op == token.EQL || op == token.NEQ) {
		if f, ok := c.empty(left, t, op); ok {
			return f, relevant
		}
		return formula{}, unknown
	}
	if !c.value(p, value, t, &a) {
		return formula{}, unknown
	}
	return formula{atom: a}, relevant
}

// mentions reports an expression that looks at what was read in a way that is not understood.
func (c *checks) mentions(p *place, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if ok && p.variable(sel.X) != nil && c.holds(p, p.variable(sel.X)) && !isItem(p.Info.TypeOf(sel)) {
			found = true
		}
		return !found
	})
	return found
}

func mirrored(op token.Token) token.Token {
	return map[token.Token]token.Token{token.EQL: token.EQL, token.NEQ: token.NEQ, token.LSS: token.GTR, token.GTR: token.LSS,
		token.LEQ: token.GEQ, token.GEQ: token.LEQ}[op]
}

func negated(op token.Token) token.Token {
	return map[token.Token]token.Token{token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GTR: token.LEQ,
		token.LEQ: token.GTR, token.GEQ: token.LSS}[op]
}

// attribute gives the attribute that an expression is the value of, and its type.
func (c *checks) attribute(p *place, e ast.Expr) (string, types.Type) {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 && p.Info.Types[call.Fun].IsType() && sameKind(p.Info.TypeOf(call), p.Info.TypeOf(call.Args[0])) {
		return c.attribute(p, call.Args[0])
	}
	if star, ok := e.(*ast.StarExpr); ok {
		e = ast.Unparen(star.X)
	}
	v := p.variable(e)
	r := &request{site: p.site, dialect: c.r.dialect}
	if v != nil {
		if arg, ok := p.args[v]; ok && p.caller != nil {
			return c.attribute(p.caller, arg)
		}
		if _, basic := v.Type().Underlying().(*types.Basic); basic && c.holds(p, v) {
			for _, n := range c.f.Needs {
				if n.What == "attribute" && (r.returns(v, n.Attr) || c.given(p, v, n.Attr)) {
					return n.Attr, v.Type()
				}
			}
		}
		return "", nil
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", nil
	}
	if f := p.Info.Uses[sel.Sel]; f != nil && f.Pkg() != nil && dynamo.SDKPackage(f.Pkg().Path()) {
		return "", nil // a field of the answer, which is no attribute
	}
	of := p.variable(sel.X)
	if of == nil {
		return "", nil
	}
	if !c.holds(p, of) {
		return "", nil
	}
	for _, attr := range c.known(p, sel) {
		if attr == "" {
			continue
		}
		if h, ok := r.attributeOf(of, attr); ok && h.field != nil && h.field.Name() == sel.Sel.Name && !c.set(p, h, sel) {
			return attr, deref(h.typ)
		}
	}
	return "", nil
}

// given is returns for a call of a function value or of an interface's method: the finding says which function reads.
func (c *checks) given(p *place, v *types.Var, attr string) bool {
	all := p.assignments(v)
	if len(all) != 1 || !p.isCall(all[0].value) || !p.onLine(all[0].value, p.line) {
		return false
	}
	if callee := p.callee(ast.Unparen(all[0].value).(*ast.CallExpr)); callee != nil {
		if _, fn := p.src.declared(callee); fn != nil {
			return false
		}
	}
	read := c.f.Reads[0]
	at := finding.Pos{File: read.File, Line: read.Line, Col: read.Col}
	if len(p.next) > 0 {
		at = finding.Pos{File: p.next[0].File, Line: p.next[0].Line}
	}
	s, ok := p.src.at(at)
	if !ok {
		return false
	}
	fn, ok := s.innermost().(*ast.FuncDecl)
	return ok && s.gives(fn, all[0].result, attr, c.r.dialect)
}

// known are the attributes that a field may be.
func (c *checks) known(p *place, sel *ast.SelectorExpr) []string {
	var out []string
	for _, n := range c.f.Needs {
		out = append(out, n.Attr)
	}
	if e, ok := p.src.entity(p.Info.TypeOf(sel.X)); ok { // a struct that is filled by hand need not say what is stored how
		out = append(out, p.src.filledFrom(e, sel.Sel.Name, c.r.dialect))
	}
	if st, i := p.fieldOf(sel); st != nil {
		out = append(out, c.r.dialect.StoredName(st, i))
	}
	return out
}

// set reports a field that is assigned before it is looked at.
func (c *checks) set(p *place, h held, at ast.Expr) bool {
	r := &request{site: p.site, call: &ast.CallExpr{Fun: at}, dialect: c.r.dialect}
	return r.changed(h) != nil
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func sameKind(a, b types.Type) bool {
	x, ok := a.Underlying().(*types.Basic)
	y, ok2 := b.Underlying().(*types.Basic)
	return ok && ok2 && x.Kind() == y.Kind()
}

// failure translates err != nil for the error of a function that reads and checks.
func (c *checks) failure(p *place, x *ast.BinaryExpr, want bool) (formula, verdict, bool) {
	if !named(x.Y, "nil") || !isError(typeOr(p.Info.TypeOf(x.X))) {
		return formula{}, irrelevant, false
	}
	v := p.variable(x.X)
	if v == nil {
		return formula{}, irrelevant, true
	}
	call := p.errorBefore(v, x.Pos())
	if call == nil || !p.onLine(call, p.line) {
		return formula{}, irrelevant, true
	}
	s, fn := p.src.declared(p.callee(call))
	if fn == nil || fn.Body == nil || c.depth > 4 {
		return formula{}, irrelevant, true
	}
	inner := &place{site: s.around(fn.Body), caller: p, args: s.arguments(fn, call, p.site), line: c.f.Reads[0].Line}
	if len(p.next) > 0 {
		inner.line, inner.next = p.next[0].Line, p.next[1:]
	}
	c.depth++
	defer func() { c.depth-- }()
	f, verdict := c.passes(inner, fn)
	if verdict == relevant && (x.Op == token.NEQ) == want {
		return formula{}, unknown, true // the write is reached when the check fails
	}
	return f, verdict, true
}

func typeOr(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

// errorBefore gives the call whose error a variable holds at a place: that of the last assignment before it.
func (s *site) errorBefore(v *types.Var, at token.Pos) *ast.CallExpr {
	var last *ast.CallExpr
	for _, a := range s.assignments(v) {
		if call, ok := ast.Unparen(a.value).(*ast.CallExpr); ok && a.stmt.Pos() < at {
			last = call
		}
	}
	return last
}

// passes gives what holds when a function returns no error: none of its checks has ended it.
func (c *checks) passes(p *place, fn *ast.FuncDecl) (formula, verdict) {
	var parts []formula
	for _, st := range fn.Body.List {
		branch, ok := st.(*ast.IfStmt)
		if !ok || branch.Else != nil || !ends(branch.Body) {
			continue
		}
		f, v := c.translate(p, branch.Cond, false)
		if v == unknown {
			return formula{}, unknown
		}
		ret, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		if v == irrelevant {
			continue
		}
		if !ok || len(ret.Results) == 0 || named(ret.Results[len(ret.Results)-1], "nil") {
			return formula{}, unknown
		}
		parts = append(parts, f)
	}
	f, ok := conjunction("AND", parts)
	if !ok {
		return formula{}, irrelevant
	}
	return f, relevant
}
