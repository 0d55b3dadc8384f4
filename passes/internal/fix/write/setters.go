package write

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Version 1 of the SDK has a setter for each field of an input, which gives the input back:
// new(dynamodb.UpdateItemInput).SetTableName(t).SetKey(k). What the calls say is read as a literal; a guard is set on the input behind
// them.

// Guardable is request for fixes that do nothing but set a guard: it also finds inputs that are made by setters.
func Guardable(src *syntax.Source, a finding.Access) (*Request, bool) {
	if r, ok := RequestOf(src, a); ok {
		return r, true
	}
	s, ok := src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok || Action(a.Op) != "" {
		return nil, false
	}
	call, input := SdkCall(s)
	if call == nil {
		return nil, false
	}
	r := &Request{Site: s.Around(call), Call: call, Input: input, setters: true}
	r.Of = r.Site
	if r.Dialect, ok = dynamo.DialectOf(s.Info.TypeOf(input)); !ok {
		return nil, false
	}
	if op, _ := dynamo.ByInput(s.Info.TypeOf(input)); !conditional[op.Kind] {
		return nil, false
	}
	if r.In = r.Variable(input); r.In != nil {
		if input = r.Definition(r.In); input == nil {
			return nil, false
		}
	}
	r.Lit = r.setChain(input)
	if r.Lit == nil {
		return nil, false
	}
	_, built := r.Builder()
	return r, !built
}

// setChain gives the calls of setters as the elements of a literal; nil where something else is called, or a field is set twice.
func (r *Request) setChain(e ast.Expr) *ast.CompositeLit {
	var set []ast.Expr
	for range 40 {
		if lit := Literal(e); lit != nil {
			if len(lit.Elts) > 0 && !syntax.IsKeyed(lit) {
				return nil
			}
			return r.asLiteral(e, append(set, lit.Elts...))
		}
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return nil
		}
		if syntax.Named(call.Fun, "new") && len(call.Args) == 1 {
			return r.asLiteral(e, set)
		}
		_, sel := Method(call)
		if sel == nil || len(call.Args) != 1 {
			return nil
		}
		f := r.Callee(call)
		name, setter := strings.CutPrefix(sel.Sel.Name, "Set")
		if _, input := dynamo.ByInput(r.Info.TypeOf(sel.X)); !setter || !input || f == nil || f.Signature().Recv() == nil {
			return nil
		}
		set = append(set, &ast.KeyValueExpr{Key: &ast.Ident{NamePos: sel.Sel.Pos(), Name: name}, Value: call.Args[0]})
		e = sel.X
	}
	return nil
}

// asLiteral is a literal that stands in the source as a chain of setters.
func (r *Request) asLiteral(at ast.Expr, set []ast.Expr) *ast.CompositeLit {
	for i, e := range set {
		kv := e.(*ast.KeyValueExpr)
		if slices.ContainsFunc(set[:i], func(o ast.Expr) bool { return syntax.Named(o.(*ast.KeyValueExpr).Key, kv.Key.(*ast.Ident).Name) }) {
			return nil
		}
	}
	return &ast.CompositeLit{Lbrace: at.Pos(), Elts: set, Rbrace: at.End()}
}

// isSet reports a statement that sets a field of the input's variable by its setter.
func (r *Request) isSet(n ast.Node, field string) (ast.Expr, bool) {
	e, ok := n.(ast.Expr)
	if !ok || r.In == nil {
		return nil, false
	}
	call, sel := Method(e)
	if call == nil || sel.Sel.Name != "Set"+field || len(call.Args) != 1 {
		return nil, false
	}
	of := sel.X
	for range 40 { // in.SetKey(k).SetItem(i)
		if _, next := Method(of); next != nil && strings.HasPrefix(next.Sel.Name, "Set") {
			of = next.X
		}
	}
	return call.Args[0], r.Variable(of) == r.In
}
