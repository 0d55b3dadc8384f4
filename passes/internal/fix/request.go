package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A request is an SDK call with the literal of its input, or of the action of a transaction that a finding is about.
type request struct {
	*site
	call *ast.CallExpr
	// input is the argument of the call; lit the literal that it is made by, of is where that stands; dialect says how to
	// write into it.
	input   ast.Expr
	lit     *ast.CompositeLit
	of      *site
	dialect dynamo.Dialect
	// in is the variable that the input is kept in; nil when it is written as an argument of the call.
	in *types.Var
	// made is set when a function returns the input, whose literal is there; built is the action of a transaction that one
	// returns.
	made  bool
	built *builtAction
	// setters is set for an input that is made by calls of its setters; lit is then what they say.
	setters bool
}

// request finds the SDK call of an access and its input.
func (src *Source) request(a finding.Access) (*request, bool) {
	s, ok := src.at(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok {
		return nil, false
	}
	call, input := s.sdkCall()
	if call == nil {
		return nil, false
	}
	if op, _ := dynamo.ByInput(s.Info.TypeOf(input)); !conditional[op.Kind] {
		return nil, false
	}
	r := &request{site: s.around(call), call: call, input: input}
	r.of = r.site
	r.lit, r.in = r.literal(input)
	if r.lit == nil && !r.fromHelper() {
		return nil, false
	}
	if kind := action(a.Op); kind != "" && (r.made || !r.action(kind, a) && !r.builtAction(kind, a)) {
		return nil, false
	}
	r.dialect, ok = dynamo.DialectOf(r.of.Info.TypeOf(r.lit))
	return r, ok
}

// conditional are the operations that carry conditions.
var conditional = map[dynamo.Kind]bool{dynamo.Put: true, dynamo.Update: true, dynamo.Delete: true, dynamo.TransactWrite: true}

// fromHelper finds the literal of an input that a function of the source returns.
func (r *request) fromHelper() bool {
	made := r.input
	if v := r.variable(made); v != nil {
		r.in = v
		all := r.assignments(v)
		if len(all) != 1 || all[0].result != 0 {
			return false
		}
		made = all[0].value
	}
	call, ok := ast.Unparen(made).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := r.src.declared(r.callee(call))
	if fn == nil || fn.Body == nil {
		return false
	}
	var found []*ast.CompositeLit
	touched := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if _, ok := dynamo.ByInput(s.Info.TypeOf(n)); ok {
				found = append(found, n)
			}
		case *ast.SelectorExpr: // the input is changed after it was made
			_, ok := dynamo.ByInput(s.Info.TypeOf(n.X))
			touched = touched || ok
		}
		return true
	})
	if len(found) != 1 || touched {
		return false
	}
	r.lit, r.of, r.made = found[0], s, true
	return true
}

// declared finds the declaration of a function in the source.
func (src *Source) declared(f *types.Func) (*site, *ast.FuncDecl) {
	if f == nil {
		return nil, nil
	}
	s, ok := src.object(f.Origin())
	if !ok {
		return nil, nil
	}
	fn, _ := enclosing[*ast.FuncDecl](s)
	if fn == nil || fn.Name.Name != f.Name() {
		return nil, nil
	}
	return s, fn
}

// sdkCall finds the innermost call around a place that takes the input of an operation.
func (s *site) sdkCall() (*ast.CallExpr, ast.Expr) {
	for _, n := range s.path {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		for _, arg := range call.Args {
			if _, ok := dynamo.ByInput(s.Info.TypeOf(arg)); ok {
				return call, arg
			}
		}
	}
	return nil, nil
}

// action is the kind of action in the operation of an access: Put of TransactWriteItems/Put.
func action(op string) dynamo.Kind {
	const prefix = "TransactWriteItems/"
	if len(op) > len(prefix) && op[:len(prefix)] == prefix {
		return dynamo.Kind(op[len(prefix):])
	}
	return ""
}

// action moves to an action in the literal of a transaction: the only one of its kind, or the one in its place where all
// of them are in the literal.
func (r *request) action(kind dynamo.Kind, a finding.Access) bool {
	from := ast.Node(r.lit)
	if kv := field(r.lit, dynamo.TransactItems); kv != nil {
		if v := r.variable(kv.Value); v != nil {
			if from = r.list(v); from == nil {
				return false
			}
		}
	}
	var all, found []*ast.CompositeLit
	ast.Inspect(from, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if k, ok := dynamo.ActionType(r.Info.TypeOf(lit)); ok {
			all = append(all, lit)
			if k == kind {
				found = append(found, lit)
			}
		}
		return true
	})
	switch {
	case len(all) == a.Actions && a.Action >= 0 && a.Action < len(all):
		if k, _ := dynamo.ActionType(r.Info.TypeOf(all[a.Action])); k != kind {
			return false
		}
		r.lit = all[a.Action]
	case from != ast.Node(r.lit) && a.Action >= 0 && a.Action < len(all): // more are appended
		if k, _ := dynamo.ActionType(r.Info.TypeOf(all[a.Action])); k != kind {
			return false
		}
		r.lit = all[a.Action]
	case len(found) == 1:
		r.lit = found[0]
	default:
		return false
	}
	return true
}

// list gives the literal that a list of actions begins with, where all else that the variable is assigned is appended.
func (s *site) list(v *types.Var) ast.Node {
	var first *ast.CompositeLit
	for _, a := range s.assignments(v) {
		lit := literal(a.value)
		call, appends := ast.Unparen(a.value).(*ast.CallExpr)
		switch {
		case lit != nil && first == nil:
			first = lit
		case s.isMake(a.value) && first == nil: // what is appended first
		case appends && len(call.Args) > 1 && s.variable(call.Args[0]) == v && named(call.Fun, "append"):
			if first == nil {
				if first = literal(call.Args[1]); first == nil {
					return nil
				}
			}
		default:
			return nil
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// literal finds the literal that an input is: in place, or what the one assignment of a variable gives it.
func (s *site) literal(e ast.Expr) (*ast.CompositeLit, *types.Var) {
	if lit := literal(e); lit != nil {
		return lit, nil
	}
	v := s.variable(e)
	if v == nil {
		return nil, nil
	}
	if def := s.definition(v); def != nil {
		return literal(def), v
	}
	return nil, nil
}

// literal gives T{…} and &T{…}.
func literal(e ast.Expr) *ast.CompositeLit {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// variable gives the local variable that an expression is, or points to.
func (s *site) variable(e ast.Expr) *types.Var {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			e = ast.Unparen(x.X)
		}
	case *ast.StarExpr:
		e = ast.Unparen(x.X)
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := s.Info.ObjectOf(id).(*types.Var)
	if v == nil || v.IsField() || v.Parent() == nil || v.Parent() == s.Types.Scope() {
		return nil
	}
	return v
}

// An assigned value is one of those that a variable gets.
type assigned struct {
	stmt ast.Stmt
	// value is what is assigned; result is its place among the results of a call, 0 otherwise.
	value  ast.Expr
	result int
}

// assignments lists what a local variable is assigned in its function, its declaration included.
func (s *site) assignments(v *types.Var) []assigned {
	var out []assigned
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := ast.Unparen(l).(*ast.Ident); !ok || s.Info.ObjectOf(id) != v {
					continue
				}
				if len(n.Lhs) == len(n.Rhs) {
					out = append(out, assigned{n, n.Rhs[i], 0})
				} else {
					out = append(out, assigned{n, n.Rhs[0], i})
				}
			}
		case *ast.RangeStmt:
			for i, l := range []ast.Expr{n.Key, n.Value} {
				if id, ok := l.(*ast.Ident); ok && s.Info.ObjectOf(id) == v {
					out = append(out, assigned{n, n.X, i})
				}
			}
		case *ast.DeclStmt:
			for _, spec := range n.Decl.(*ast.GenDecl).Specs {
				vs, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, id := range vs.Names {
					if s.Info.ObjectOf(id) != v || len(vs.Values) == 0 {
						continue
					}
					if len(vs.Values) == len(vs.Names) {
						out = append(out, assigned{n, vs.Values[i], 0})
					} else {
						out = append(out, assigned{n, vs.Values[0], i})
					}
				}
			}
		}
		return true
	})
	return out
}

// definition gives what a variable is assigned where that happens once, as the result of an expression.
func (s *site) definition(v *types.Var) ast.Expr {
	all := s.assignments(v)
	if len(all) != 1 || all[0].result != 0 {
		return nil
	}
	return all[0].value
}

// outermost gives the declared function around a place, or the file.
func (s *site) outermost() ast.Node {
	for _, n := range s.path {
		if f, ok := n.(*ast.FuncDecl); ok {
			return f
		}
	}
	return s.file
}

// field gives the element of a literal that sets a field, and reports whether the literal names its fields.
func field(lit *ast.CompositeLit, name string) *ast.KeyValueExpr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && named(kv.Key, name) {
			return kv
		}
	}
	return nil
}

// setsLater reports an assignment to a field of the input's variable, or that something else may fill it.
func (r *request) setsLater(name string) bool {
	if r.in == nil {
		return false
	}
	found := false
	ast.Inspect(r.outermost(), func(n ast.Node) bool {
		_, set := r.isSet(n, name)
		found = found || set
		sel, ok := n.(*ast.SelectorExpr)
		if ok && sel.Sel.Name == name {
			if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok && r.Info.ObjectOf(id) == r.in {
				found = true
			}
		}
		return !found
	})
	return found
}

// outer gives the statement around a place that stands in a block around the request.
func (r *request) outer(n ast.Node) ast.Stmt {
	path := r.around(n).path
	for i, x := range path {
		st, ok := x.(ast.Stmt)
		if !ok || i+1 == len(path) || !slices.Contains(r.path, path[i+1]) {
			continue
		}
		switch path[i+1].(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return st
		}
	}
	return nil
}
