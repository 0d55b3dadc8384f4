package decision

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/lock"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A Verdict says what an expression is to the checks.
type Verdict int

const (
	Irrelevant Verdict = iota // it looks at nothing that was read
	Relevant
	Unknown
)

// Translate turns a Go condition into a formula that holds when the condition is as wanted.
func (c *Checks) Translate(p *Place, e ast.Expr, want bool) (Formula, Verdict) {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			return c.Translate(p, x.X, !want)
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
		if v := p.Variable(x); v != nil {
			if arg, ok := p.args[v]; ok {
				return c.Translate(p.Caller, arg, want)
			}
			if all := p.Assignments(v); len(all) == 1 {
				if call, ok := ast.Unparen(all[0].Value).(*ast.CallExpr); ok {
					return c.called(p, call, all[0].Result, want)
				}
				if all[0].Result == 0 && !syntax.IsRange(all[0].Stmt) {
					return c.Translate(p, all[0].Value, want)
				}
			}
		}
	}
	attr, t := c.attribute(p, e)
	if attr == "" {
		return Formula{}, Irrelevant
	}
	if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsBoolean == 0 {
		return Formula{}, Unknown
	}
	return Formula{Atom: Atom{Attr: attr, Op: token.EQL, Kind: "BOOL", Code: strconv.FormatBool(want), Missing: !want}}, Relevant
}

// joined translates && and ||.
func (c *Checks) joined(p *Place, x *ast.BinaryExpr, want bool) (Formula, Verdict) {
	a, va := c.Translate(p, x.X, want)
	b, vb := c.Translate(p, x.Y, want)
	both := (x.Op == token.LAND) == want
	switch {
	case va == Unknown || vb == Unknown:
		return Formula{}, Unknown
	case va == Irrelevant && vb == Irrelevant:
		return Formula{}, Irrelevant
	case va == Relevant && vb == Relevant:
		op := "OR"
		if both {
			op = "AND"
		}
		f, _ := Conjunction(op, []Formula{a, b})
		return f, Relevant
	case !both:
		return Formula{}, Unknown
	case va == Relevant:
		return a, Relevant
	}
	return b, Relevant
}

// called looks into a function whose result is asked for.
func (c *Checks) called(p *Place, call *ast.CallExpr, result int, want bool) (Formula, Verdict) {
	s, fn := p.Src.Declared(p.Callee(call))
	reads := write.OnLine(p.Site, call, p.line)
	if fn == nil || fn.Body == nil || c.depth > 4 {
		if reads || c.looks(p, call) {
			return Formula{}, Unknown
		}
		return Formula{}, Irrelevant
	}
	inner := &Place{Site: s.Around(fn.Body), Caller: p, args: Arguments(s, fn, call, p.Site)}
	if reads {
		inner.line = c.F.Reads[0].Line
		if len(p.next) > 0 {
			inner.line, inner.next = p.next[0].Line, p.next[1:]
		}
	}
	c.depth++
	defer func() { c.depth-- }()
	answer, ok := answer(s, fn, result)
	if !ok {
		if reads || c.looks(p, call) {
			return Formula{}, Unknown
		}
		return Formula{}, Irrelevant
	}
	return c.Translate(inner, answer, want)
}

// Arguments are what the parameters and the receiver of a function stand for in a call.
func Arguments(s *syntax.Site, fn *ast.FuncDecl, call *ast.CallExpr, from *syntax.Site) map[*types.Var]ast.Expr {
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
func answer(s *syntax.Site, fn *ast.FuncDecl, result int) (ast.Expr, bool) {
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
func (c *Checks) looks(p *Place, call *ast.CallExpr) bool {
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
func (c *Checks) holds(p *Place, v *types.Var) bool {
	if arg, ok := p.args[v]; ok && p.Caller != nil {
		o := p.Caller.Variable(arg)
		return o != nil && c.holds(p.Caller, o)
	}
	return p.line > 0 && !syntax.IsError(v.Type()) && write.ComesFrom(p.Site, v, p.line, 0)
}

// compare translates a comparison of an attribute.
func (c *Checks) compare(p *Place, x *ast.BinaryExpr, want bool) (Formula, Verdict) {
	op := x.Op
	if _, ok := symbols[op]; !ok {
		return Formula{}, Irrelevant
	}
	if f, v, ok := c.failure(p, x, want); ok {
		return f, v
	}
	if c.Sums != nil {
		if f, v, ok := c.Sums(p, x, want); ok {
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
			return Formula{}, Unknown
		}
		return Formula{}, Irrelevant
	case left == "":
		left, t, right, value, op = right, rt, "", x.X, Mirrored(op)
	}
	if !want {
		op = Negated(op)
	}
	a := Atom{Attr: left, Op: op, Other: right}
	if right != "" {
		a.Missing = op == token.LSS || op == token.LEQ
		return Formula{Atom: a}, Relevant
	}
	if syntax.Named(value, "nil") {
		a.Kind, a.Code = "NULL", "true"
		return Formula{Atom: a}, Relevant
	}
	if p.isEmpty(value) && (op == token.EQL || op == token.NEQ) {
		if f, ok := c.empty(left, t, op); ok {
			return f, Relevant
		}
		return Formula{}, Unknown
	}
	if !c.value(p, value, t, &a) {
		return Formula{}, Unknown
	}
	return Formula{Atom: a}, Relevant
}

// mentions reports an expression that looks at what was read in a way that is not understood.
func (c *Checks) mentions(p *Place, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if ok && p.Variable(sel.X) != nil && c.holds(p, p.Variable(sel.X)) && !syntax.IsItem(p.Info.TypeOf(sel)) {
			found = true
		}
		return !found
	})
	return found
}

// Mirrored gives the comparison that holds when its sides are exchanged.
func Mirrored(op token.Token) token.Token {
	return map[token.Token]token.Token{token.EQL: token.EQL, token.NEQ: token.NEQ, token.LSS: token.GTR, token.GTR: token.LSS,
		token.LEQ: token.GEQ, token.GEQ: token.LEQ}[op]
}

// Negated gives the comparison that holds when the other one does not; 0 for what is none.
func Negated(op token.Token) token.Token {
	return map[token.Token]token.Token{token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GTR: token.LEQ,
		token.LEQ: token.GTR, token.GEQ: token.LSS}[op]
}

// attribute gives the attribute that an expression is the value of, and its type.
func (c *Checks) attribute(p *Place, e ast.Expr) (string, types.Type) {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 && p.Info.Types[call.Fun].IsType() && sameKind(p.Info.TypeOf(call), p.Info.TypeOf(call.Args[0])) {
		return c.attribute(p, call.Args[0])
	}
	if star, ok := e.(*ast.StarExpr); ok {
		e = ast.Unparen(star.X)
	}
	v := p.Variable(e)
	r := &write.Request{Site: p.Site, Dialect: c.R.Dialect}
	if v != nil {
		if arg, ok := p.args[v]; ok && p.Caller != nil {
			return c.attribute(p.Caller, arg)
		}
		if _, basic := v.Type().Underlying().(*types.Basic); basic && c.holds(p, v) {
			for _, n := range c.F.Needs {
				if n.What == "attribute" && (r.Returns(v, n.Attr) || c.given(p, v, n.Attr)) {
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
	of := p.Variable(sel.X)
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
		if h, ok := r.AttributeOf(of, attr); ok && h.Field != nil && h.Field.Name() == sel.Sel.Name && !c.set(p, h, sel) {
			return attr, syntax.Deref(h.Typ)
		}
	}
	return "", nil
}

// given is returns for a call of a function value or of an interface's method: the finding says which function reads.
func (c *Checks) given(p *Place, v *types.Var, attr string) bool {
	all := p.Assignments(v)
	if len(all) != 1 || !write.IsCall(p.Site, all[0].Value) || !write.OnLine(p.Site, all[0].Value, p.line) {
		return false
	}
	if callee := p.Callee(ast.Unparen(all[0].Value).(*ast.CallExpr)); callee != nil {
		if _, fn := p.Src.Declared(callee); fn != nil {
			return false
		}
	}
	read := c.F.Reads[0]
	at := finding.Pos{File: read.File, Line: read.Line, Col: read.Col}
	if len(p.next) > 0 {
		at = finding.Pos{File: p.next[0].File, Line: p.next[0].Line}
	}
	s, ok := p.Src.At(at)
	if !ok {
		return false
	}
	fn, ok := lock.Innermost(s).(*ast.FuncDecl)
	return ok && write.Gives(s, fn, all[0].Result, attr, c.R.Dialect)
}

// known are the attributes that a field may be.
func (c *Checks) known(p *Place, sel *ast.SelectorExpr) []string {
	var out []string
	for _, n := range c.F.Needs {
		out = append(out, n.Attr)
	}
	if e, ok := write.EntityOf(p.Src, p.Info.TypeOf(sel.X)); ok { // a struct that is filled by hand need not say what is stored how
		out = append(out, write.FilledFrom(p.Src, e, sel.Sel.Name, c.R.Dialect))
	}
	if st, i := write.FieldOf(p.Site, sel); st != nil {
		out = append(out, c.R.Dialect.StoredName(st, i))
	}
	return out
}

// set reports a field that is assigned before it is looked at.
func (c *Checks) set(p *Place, h write.Held, at ast.Expr) bool {
	r := &write.Request{Site: p.Site, Call: &ast.CallExpr{Fun: at}, Dialect: c.R.Dialect}
	return r.Changed(h) != nil
}

func sameKind(a, b types.Type) bool {
	x, ok := a.Underlying().(*types.Basic)
	y, ok2 := b.Underlying().(*types.Basic)
	return ok && ok2 && x.Kind() == y.Kind()
}

// failure translates err != nil for the error of a function that reads and checks.
func (c *Checks) failure(p *Place, x *ast.BinaryExpr, want bool) (Formula, Verdict, bool) {
	if !syntax.Named(x.Y, "nil") || !syntax.IsError(syntax.TypeOr(p.Info.TypeOf(x.X))) {
		return Formula{}, Irrelevant, false
	}
	v := p.Variable(x.X)
	if v == nil {
		return Formula{}, Irrelevant, true
	}
	call := errorBefore(p.Site, v, x.Pos())
	if call == nil || !write.OnLine(p.Site, call, p.line) {
		return Formula{}, Irrelevant, true
	}
	s, fn := p.Src.Declared(p.Callee(call))
	if fn == nil || fn.Body == nil || c.depth > 4 {
		return Formula{}, Irrelevant, true
	}
	inner := &Place{Site: s.Around(fn.Body), Caller: p, args: Arguments(s, fn, call, p.Site), line: c.F.Reads[0].Line}
	if len(p.next) > 0 {
		inner.line, inner.next = p.next[0].Line, p.next[1:]
	}
	c.depth++
	defer func() { c.depth-- }()
	f, verdict := c.passes(inner, fn)
	if verdict == Relevant && (x.Op == token.NEQ) == want {
		return Formula{}, Unknown, true // the write is reached when the check fails
	}
	return f, verdict, true
}

// errorBefore gives the call whose error a variable holds at a place: that of the last assignment before it.
func errorBefore(s *syntax.Site, v *types.Var, at token.Pos) *ast.CallExpr {
	var last *ast.CallExpr
	for _, a := range s.Assignments(v) {
		if call, ok := ast.Unparen(a.Value).(*ast.CallExpr); ok && a.Stmt.Pos() < at {
			last = call
		}
	}
	return last
}

// passes gives what holds when a function returns no error: none of its checks has ended it.
func (c *Checks) passes(p *Place, fn *ast.FuncDecl) (Formula, Verdict) {
	var parts []Formula
	for _, st := range fn.Body.List {
		branch, ok := st.(*ast.IfStmt)
		if !ok || branch.Else != nil || !syntax.Ends(branch.Body) {
			continue
		}
		f, v := c.Translate(p, branch.Cond, false)
		if v == Unknown {
			return Formula{}, Unknown
		}
		ret, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		if v == Irrelevant {
			continue
		}
		if !ok || len(ret.Results) == 0 || syntax.Named(ret.Results[len(ret.Results)-1], "nil") {
			return Formula{}, Unknown
		}
		parts = append(parts, f)
	}
	f, ok := Conjunction("AND", parts)
	if !ok {
		return Formula{}, Irrelevant
	}
	return f, Relevant
}
