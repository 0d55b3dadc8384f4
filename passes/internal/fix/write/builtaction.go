package write

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A builtAction is an action of a transaction that a function of the source makes, where the list of actions takes it.
type builtAction struct {
	// Element is the expression in the list: the call, or the variable of its result; action says that it is the action
	// itself, rather than the struct that holds one.
	Element ast.Expr
	action  bool
	kind    dynamo.Kind
	// lit is the literal of the action in the function, of where it stands.
	lit *ast.CompositeLit
	of  *syntax.Site
}

// builtAction moves to an action that a function makes: the only one of its kind, or the one in its place where every
// element of the list is one action.
func (r *Request) builtAction(kind dynamo.Kind, a finding.Access) bool {
	elements := r.elementsOf()
	var found []*builtAction
	place := -1
	for i, e := range elements {
		b := r.madeBy(e, kind)
		if b == nil {
			continue
		}
		if i == a.Action && len(elements) == a.Actions {
			place = len(found)
		}
		found = append(found, b)
	}
	switch {
	case len(found) == 1:
		place = 0
	case place < 0:
		return false
	}
	r.Built, r.Lit, r.Of, r.Made = found[place], found[place].lit, found[place].of, true
	return true
}

// elementsOf lists the elements of a transaction: those of the literal, and what is appended one by one.
func (r *Request) elementsOf() (out []ast.Expr) {
	kv := Field(r.Lit, dynamo.TransactItems)
	if kv == nil {
		return nil
	}
	v := r.Variable(kv.Value)
	if v == nil {
		return LiteralElements(r.Site, kv.Value)
	}
	for _, a := range r.Assignments(v) {
		out = append(out, LiteralElements(r.Site, a.Value)...)
		if call, ok := ast.Unparen(a.Value).(*ast.CallExpr); ok && syntax.Named(call.Fun, "append") && len(call.Args) > 1 && !call.Ellipsis.IsValid() {
			out = append(out, call.Args[1:]...)
		}
	}
	return out
}

// madeBy finds the function that makes an element of a list; nil where there is none, or where it makes several actions of
// the kind.
func (r *Request) madeBy(e ast.Expr, kind dynamo.Kind) *builtAction {
	b := &builtAction{Element: e, kind: kind}
	if lit := Literal(e); lit != nil {
		kv := Field(lit, string(kind))
		if kv == nil || Literal(kv.Value) != nil {
			return nil
		}
		b.Element, b.action = kv.Value, true
	}
	call := callOf(r.Site, b.Element)
	if call == nil || !b.fits(r.Info.TypeOf(b.Element)) {
		return nil
	}
	f := r.Callee(call)
	if fakes(r.Src, f) {
		return nil // which may give no action at all
	}
	for _, made := range Implementations(r.Src, f) {
		lit := onlyAction(made, kind)
		if lit == nil {
			continue
		}
		if b.lit != nil {
			return nil
		}
		b.lit, b.of = lit, made.Around(lit)
	}
	if b.lit == nil {
		return nil
	}
	return b
}

// fits reports a pointer to an action, or the struct that holds one.
func (b *builtAction) fits(t types.Type) bool {
	if b.action {
		k, ok := dynamo.ActionType(t)
		_, pointer := t.Underlying().(*types.Pointer)
		return ok && pointer && k == b.kind
	}
	return IsTransactItem(t)
}

// IsTransactItem reports the struct that holds one action, or a pointer to it.
func IsTransactItem(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "TransactWriteItem"
}

// callOf gives the call that an expression is, or whose result a variable holds and nothing else.
func callOf(s *syntax.Site, e ast.Expr) *ast.CallExpr {
	if v := s.Variable(e); v != nil {
		all := s.Assignments(v)
		if len(all) != 1 || all[0].Result != 0 {
			return nil
		}
		e = all[0].Value
	}
	call, _ := ast.Unparen(e).(*ast.CallExpr)
	return call
}

// Implementations lists the declarations that a call of a function may mean: its own, or those of an interface's method.
func Implementations(src *syntax.Source, f *types.Func) (out []*syntax.Site) {
	if f == nil {
		return nil
	}
	recv := f.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) {
		if s, fn := src.Declared(f); fn != nil && fn.Body != nil {
			return []*syntax.Site{s.Around(fn.Body)}
		}
		return nil
	}
	for s := range src.Sites() {
		for _, m := range syntax.Declarations(s.File, f.Name()) {
			obj, _ := s.Info.Defs[m.Name].(*types.Func)
			if m.Decl != nil && m.Decl.Body != nil && obj != nil && syntax.Shape(obj.Signature()) == syntax.Shape(f.Signature()) {
				out = append(out, s.Around(m.Decl.Body))
			}
		}
	}
	return out
}

// fakes reports a method of an interface that test files have as well.
func fakes(src *syntax.Source, f *types.Func) bool {
	if f == nil || f.Signature().Recv() == nil || !types.IsInterface(f.Signature().Recv().Type()) {
		return false
	}
	return slices.ContainsFunc(src.Tests, func(file *ast.File) bool {
		return slices.ContainsFunc(syntax.Declarations(file, f.Name()), func(m syntax.DeclaredMethod) bool { return m.Decl != nil })
	})
}

// onlyAction gives the one literal of an action of a kind in a function.
func onlyAction(s *syntax.Site, kind dynamo.Kind) (only *ast.CompositeLit) {
	count := 0
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			if k, ok := dynamo.ActionType(s.Info.TypeOf(lit)); ok && k == kind {
				only = lit
				count++
			}
		}
		return true
	})
	if count != 1 {
		return nil
	}
	return only
}

// keptBuilt is kept for an action that a function makes: it is guarded where the list takes it.
func (g *Guard) keptBuilt(d *syntax.Draft, code *strings.Builder) (at ast.Stmt, in string, ok bool) {
	r, b := g.R, g.R.Built
	s := r.Around(b.Element)
	if at, _ = s.Statement(); at == nil || s.Outermost() != r.Outermost() {
		return nil, "", false
	}
	v := r.Variable(b.Element)
	if v != nil && b.action {
		return at, v.Name(), true
	}
	in = r.Fresh(syntax.Lower(string(b.kind)), "action")
	if b.action {
		code.WriteString(in + " := " + r.Text(b.Element) + "\n")
		d.Swap(r.Site, b.Element, in)
		return at, in, true
	}
	code.WriteString(in + " := " + r.Text(b.Element) + "." + string(b.kind) + "\n")
	held, ok := b.holding(s, in)
	d.Swap(r.Site, b.Element, held)
	return at, in, ok
}

// holding writes the struct that holds an action as an element of a list.
func (b *builtAction) holding(s *syntax.Site, action string) (string, bool) {
	text := "{" + string(b.kind) + ": " + action + "}"
	if len(s.Path) > 1 {
		if lit, ok := s.Path[1].(*ast.CompositeLit); ok && slices.Contains(lit.Elts, b.Element) {
			return text, true
		}
	}
	t := s.Info.TypeOf(b.Element)
	at := ""
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, at = p.Elem(), "&"
	}
	name, ok := s.TypeText(t)
	return at + name + text, ok
}

// laterIn lists what the function that makes an action sets one of its fields to afterwards.
func (b *builtAction) laterIn(name string) (out []ast.Expr, ok bool) {
	v := (&Request{Site: b.of}).Holder(b.lit)
	if v == nil {
		return nil, true
	}
	ok = true
	ast.Inspect(b.of.Outermost(), func(n ast.Node) bool {
		as, is := n.(*ast.AssignStmt)
		if !is {
			return true
		}
		for i, l := range as.Lhs {
			sel, is := ast.Unparen(l).(*ast.SelectorExpr)
			if !is || sel.Sel.Name != name || b.of.Variable(sel.X) != v {
				continue
			}
			if len(as.Lhs) != len(as.Rhs) || as.Tok != token.ASSIGN {
				ok = false
				continue
			}
			out = append(out, as.Rhs[i])
		}
		return true
	})
	return out, ok
}

// sets reports that the function sets a field afterwards.
func (b *builtAction) sets(name string) bool {
	later, ok := b.laterIn(name)
	return !ok || len(later) > 0
}

// conditionTexts adds the conditions that the function sets afterwards.
func (b *builtAction) conditionTexts(first []string) ([]string, bool) {
	later, ok := b.laterIn(dynamo.ConditionExpression)
	for _, e := range later {
		more, known := texts(b.of, e, 0)
		if !known {
			return nil, false
		}
		first = append(first, more...)
	}
	slices.Sort(first)
	return slices.Compact(first), ok && len(first) <= maxTexts
}
