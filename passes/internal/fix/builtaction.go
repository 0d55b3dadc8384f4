package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A builtAction is an action of a transaction that a function of the source makes, where the list of actions takes it.
type builtAction struct {
	// element is the expression in the list: the call, or the variable of its result; action says that it is the action
	// itself, rather than the struct that holds one.
	element ast.Expr
	action  bool
	kind    dynamo.Kind
	// lit is the literal of the action in the function, of where it stands.
	lit *ast.CompositeLit
	of  *site
}

// builtAction moves to an action that a function makes: the only one of its kind, or the one in its place where every
// element of the list is one action.
func (r *request) builtAction(kind dynamo.Kind, a finding.Access) bool {
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
	r.built, r.lit, r.of, r.made = found[place], found[place].lit, found[place].of, true
	return true
}

// elementsOf lists the elements of a transaction: those of the literal, and what is appended one by one.
func (r *request) elementsOf() (out []ast.Expr) {
	kv := field(r.lit, dynamo.TransactItems)
	if kv == nil {
		return nil
	}
	v := r.variable(kv.Value)
	if v == nil {
		return r.literalElements(kv.Value)
	}
	for _, a := range r.assignments(v) {
		out = append(out, r.literalElements(a.value)...)
		if call, ok := ast.Unparen(a.value).(*ast.CallExpr); ok && named(call.Fun, "append") && len(call.Args) > 1 && !call.Ellipsis.IsValid() {
			out = append(out, call.Args[1:]...)
		}
	}
	return out
}

// madeBy finds the function that makes an element of a list; nil where there is none, or where it makes several actions of
// the kind.
func (r *request) madeBy(e ast.Expr, kind dynamo.Kind) *builtAction {
	b := &builtAction{element: e, kind: kind}
	if lit := literal(e); lit != nil {
		kv := field(lit, string(kind))
		if kv == nil || literal(kv.Value) != nil {
			return nil
		}
		b.element, b.action = kv.Value, true
	}
	call := r.callOf(b.element)
	if call == nil || !b.fits(r.Info.TypeOf(b.element)) {
		return nil
	}
	f := r.callee(call)
	if r.src.fakes(f) {
		return nil // which may give no action at all
	}
	for _, made := range r.src.implementations(f) {
		lit := made.onlyAction(kind)
		if lit == nil {
			continue
		}
		if b.lit != nil {
			return nil
		}
		b.lit, b.of = lit, made.around(lit)
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
	return isTransactItem(t)
}

// isTransactItem reports the struct that holds one action, or a pointer to it.
func isTransactItem(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "TransactWriteItem"
}

// callOf gives the call that an expression is, or whose result a variable holds and nothing else.
func (s *site) callOf(e ast.Expr) *ast.CallExpr {
	if v := s.variable(e); v != nil {
		all := s.assignments(v)
		if len(all) != 1 || all[0].result != 0 {
			return nil
		}
		e = all[0].value
	}
	call, _ := ast.Unparen(e).(*ast.CallExpr)
	return call
}

// implementations lists the declarations that a call of a function may mean: its own, or those of an interface's method.
func (src *Source) implementations(f *types.Func) (out []*site) {
	if f == nil {
		return nil
	}
	recv := f.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) {
		if s, fn := src.declared(f); fn != nil && fn.Body != nil {
			return []*site{s.around(fn.Body)}
		}
		return nil
	}
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			for _, m := range declarations(file, f.Name()) {
				obj, _ := pkg.Info.Defs[m.name].(*types.Func)
				if m.decl != nil && m.decl.Body != nil && obj != nil && shape(obj.Signature()) == shape(f.Signature()) {
					s := &site{src: src, Package: pkg, file: file}
					out = append(out, s.around(m.decl.Body))
				}
			}
		}
	}
	return out
}

// fakes reports a method of an interface that test files have as well.
func (src *Source) fakes(f *types.Func) bool {
	if f == nil || f.Signature().Recv() == nil || !types.IsInterface(f.Signature().Recv().Type()) {
		return false
	}
	return slices.ContainsFunc(src.Tests, func(file *ast.File) bool {
		return slices.ContainsFunc(declarations(file, f.Name()), func(m declaredMethod) bool { return m.decl != nil })
	})
}

// onlyAction gives the one literal of an action of a kind in a function.
func (s *site) onlyAction(kind dynamo.Kind) (only *ast.CompositeLit) {
	count := 0
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
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
func (g *guard) keptBuilt(d *draft, code *strings.Builder) (at ast.Stmt, in string, ok bool) {
	r, b := g.r, g.r.built
	s := r.around(b.element)
	if at, _ = s.statement(); at == nil || s.outermost() != r.outermost() {
		return nil, "", false
	}
	v := r.variable(b.element)
	if v != nil && b.action {
		return at, v.Name(), true
	}
	in = r.fresh(lower(string(b.kind)), "action")
	if b.action {
		code.WriteString(in + " := " + r.text(b.element) + "\n")
		d.swap(r.site, b.element, in)
		return at, in, true
	}
	code.WriteString(in + " := " + r.text(b.element) + "." + string(b.kind) + "\n")
	held, ok := b.holding(s, in)
	d.swap(r.site, b.element, held)
	return at, in, ok
}

// holding writes the struct that holds an action as an element of a list.
func (b *builtAction) holding(s *site, action string) (string, bool) {
	text := "{" + string(b.kind) + ": " + action + "}"
	if len(s.path) > 1 {
		if lit, ok := s.path[1].(*ast.CompositeLit); ok && slices.Contains(lit.Elts, b.element) {
			return text, true
		}
	}
	t := s.Info.TypeOf(b.element)
	at := ""
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, at = p.Elem(), "&"
	}
	name, ok := s.typeText(t)
	return at + name + text, ok
}

// laterIn lists what the function that makes an action sets one of its fields to afterwards.
func (b *builtAction) laterIn(name string) (out []ast.Expr, ok bool) {
	v := (&request{site: b.of}).holder(b.lit)
	if v == nil {
		return nil, true
	}
	ok = true
	ast.Inspect(b.of.outermost(), func(n ast.Node) bool {
		as, is := n.(*ast.AssignStmt)
		if !is {
			return true
		}
		for i, l := range as.Lhs {
			sel, is := ast.Unparen(l).(*ast.SelectorExpr)
			if !is || sel.Sel.Name != name || b.of.variable(sel.X) != v {
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
		more, known := b.of.texts(e, 0)
		if !known {
			return nil, false
		}
		first = append(first, more...)
	}
	slices.Sort(first)
	return slices.Compact(first), ok && len(first) <= maxTexts
}
