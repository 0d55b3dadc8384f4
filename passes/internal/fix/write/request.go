// Package write is what fixes know of a request that writes: its literal, the expressions and builders in it, the condition that
// it is given, and the values that were read before it.
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

// A Request is an SDK call with the literal of its input, or of the action of a transaction that a finding is about.
type Request struct {
	*syntax.Site
	Call *ast.CallExpr
	// Input is the argument of the call; Lit the literal that it is made by, Of is where that stands; Dialect says how to
	// write into it.
	Input   ast.Expr
	Lit     *ast.CompositeLit
	Of      *syntax.Site
	Dialect dynamo.Dialect
	// In is the variable that the input is kept in; nil when it is written as an argument of the call.
	In *types.Var
	// Made is set when a function returns the input, whose literal is there; Built is the action of a transaction that one
	// returns.
	Made  bool
	Built *builtAction
	// setters is set for an input that is made by calls of its setters; Lit is then what they say.
	setters bool
}

// RequestOf finds the SDK call of an access and its input.
func RequestOf(src *syntax.Source, a finding.Access) (*Request, bool) {
	s, ok := src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
	if !ok {
		return nil, false
	}
	call, input := SdkCall(s)
	if call == nil {
		return nil, false
	}
	if op, _ := dynamo.ByInput(s.Info.TypeOf(input)); !conditional[op.Kind] {
		return nil, false
	}
	r := &Request{Site: s.Around(call), Call: call, Input: input}
	r.Of = r.Site
	r.Lit, r.In = InputLiteral(r.Site, input)
	if r.Lit == nil && !r.fromHelper() {
		return nil, false
	}
	if kind := Action(a.Op); kind != "" && (r.Made || !r.action(kind, a) && !r.builtAction(kind, a)) {
		return nil, false
	}
	r.Dialect, ok = dynamo.DialectOf(r.Of.Info.TypeOf(r.Lit))
	return r, ok
}

// conditional are the operations that carry conditions.
var conditional = map[dynamo.Kind]bool{dynamo.Put: true, dynamo.Update: true, dynamo.Delete: true, dynamo.TransactWrite: true}

// fromHelper finds the literal of an input that a function of the source returns.
func (r *Request) fromHelper() bool {
	made := r.Input
	if v := r.Variable(made); v != nil {
		r.In = v
		all := r.Assignments(v)
		if len(all) != 1 || all[0].Result != 0 {
			return false
		}
		made = all[0].Value
	}
	call, ok := ast.Unparen(made).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := r.Src.Declared(r.Callee(call))
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
	r.Lit, r.Of, r.Made = found[0], s, true
	return true
}

// SdkCall finds the innermost call around a place that takes the input of an operation.
func SdkCall(s *syntax.Site) (*ast.CallExpr, ast.Expr) {
	for _, n := range s.Path {
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

// Action is the kind of action in the operation of an access: Put of TransactWriteItems/Put.
func Action(op string) dynamo.Kind {
	const prefix = "TransactWriteItems/"
	if len(op) > len(prefix) && op[:len(prefix)] == prefix {
		return dynamo.Kind(op[len(prefix):])
	}
	return ""
}

// action moves to an action in the literal of a transaction: the only one of its kind, or the one in its place where all
// of them are in the literal.
func (r *Request) action(kind dynamo.Kind, a finding.Access) bool {
	from, appended := []ast.Expr{r.Lit}, false
	if kv := Field(r.Lit, dynamo.TransactItems); kv != nil {
		if v := r.Variable(kv.Value); v != nil {
			if from = list(r.Site, v); len(from) == 0 {
				return false
			}
			appended = true
		}
	}
	all := r.actions(from[:1])
	if a.Action >= 0 && a.Action < len(all) && (appended || len(all) == a.Actions) {
		r.Lit = all[a.Action]
		k, _ := dynamo.ActionType(r.Info.TypeOf(r.Lit))
		return k == kind
	}
	found := slices.DeleteFunc(r.actions(from), func(lit *ast.CompositeLit) bool {
		k, _ := dynamo.ActionType(r.Info.TypeOf(lit))
		return k != kind
	})
	if len(found) != 1 {
		return false
	}
	r.Lit = found[0]
	return true
}

// actions are the literals of actions in expressions.
func (r *Request) actions(in []ast.Expr) (all []*ast.CompositeLit) {
	for _, e := range in {
		ast.Inspect(e, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if _, ok := dynamo.ActionType(r.Info.TypeOf(lit)); ok {
					all = append(all, lit)
				}
			}
			return true
		})
	}
	return all
}

// list gives what a list of actions is made of: the literal that it begins with, and what is appended; nil where anything else
// is assigned to the variable.
func list(s *syntax.Site, v *types.Var) (parts []ast.Expr) {
	for _, a := range s.Assignments(v) {
		lit := Literal(a.Value)
		call, appends := ast.Unparen(a.Value).(*ast.CallExpr)
		switch {
		case lit != nil && len(parts) == 0:
			parts = append(parts, lit)
		case IsMake(s, a.Value) && len(parts) == 0: // what is appended first
		case appends && len(call.Args) > 1 && s.Variable(call.Args[0]) == v && syntax.Named(call.Fun, "append"):
			if len(parts) == 0 && Literal(call.Args[1]) == nil {
				return nil
			}
			parts = append(parts, call.Args[1:]...)
		default:
			return nil
		}
	}
	return parts
}

// InputLiteral finds the literal that an input is: in place, or what the one assignment of a variable gives it.
func InputLiteral(s *syntax.Site, e ast.Expr) (*ast.CompositeLit, *types.Var) {
	if lit := Literal(e); lit != nil {
		return lit, nil
	}
	v := s.Variable(e)
	if v == nil {
		return nil, nil
	}
	if def := s.Definition(v); def != nil {
		return Literal(def), v
	}
	return nil, nil
}

// Literal gives T{…} and &T{…}.
func Literal(e ast.Expr) *ast.CompositeLit {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// Field gives the element of a literal that sets a field, and reports whether the literal names its fields.
func Field(lit *ast.CompositeLit, name string) *ast.KeyValueExpr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && syntax.Named(kv.Key, name) {
			return kv
		}
	}
	return nil
}

// SetsLater reports an assignment to a field of the input's variable, or that something else may fill it.
func (r *Request) SetsLater(name string) bool {
	if r.In == nil {
		return false
	}
	found := false
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		_, set := r.isSet(n, name)
		found = found || set
		sel, ok := n.(*ast.SelectorExpr)
		if ok && sel.Sel.Name == name {
			if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok && r.Info.ObjectOf(id) == r.In {
				found = true
			}
		}
		return !found
	})
	return found
}

// Outer gives the statement around a place that stands in a block around the request.
func (r *Request) Outer(n ast.Node) ast.Stmt {
	path := r.Around(n).Path
	for i, x := range path {
		st, ok := x.(ast.Stmt)
		if !ok || i+1 == len(path) || !slices.Contains(r.Path, path[i+1]) {
			continue
		}
		switch path[i+1].(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return st
		}
	}
	return nil
}

// OfV2 reports the input of an operation of SDK version 2.
func OfV2(s *syntax.Site, input ast.Expr) bool {
	typ := s.Info.TypeOf(input)
	if p, ok := typ.(*types.Pointer); ok {
		typ = p.Elem()
	}
	n, ok := types.Unalias(typ).(*types.Named)
	return ok && n.Obj().Pkg() != nil && strings.HasPrefix(n.Obj().Pkg().Path(), "github.com/aws/aws-sdk-go-v2/")
}

// CallsOf counts the calls in the source of functions with the name and the signature of a declared one: also through
// interfaces, and of what holds it as a value. It counts two where a value's calls are not seen.
func (r *Request) CallsOf(fn *ast.FuncDecl) int {
	mine, _ := r.Info.Defs[fn.Name].(*types.Func)
	if mine == nil {
		return 0
	}
	calls := 0
	for _, pkg := range r.Src.Packages {
		for id, uses := range pkg.Info.Uses {
			f, ok := uses.(*types.Func)
			if ok && f.Name() == mine.Name() && syntax.Shape(f.Signature()) == syntax.Shape(mine.Signature()) {
				calls += callsBy(r.Src, pkg, id)
			}
		}
	}
	return calls
}

// Refused names, for a title, what callers get when DynamoDB refuses the write of a finding.
func Refused(f *finding.Finding) string {
	if Action(f.Writes[0].Op) != "" {
		return "; callers must expect TransactionCanceled"
	}
	return "; callers must expect ConditionalCheckFailed"
}

// Encoded finds the call of the SDK's encoder that an item comes from.
func Encoded(s *syntax.Site, e ast.Expr) *ast.CallExpr {
	v := s.Variable(e)
	if v == nil {
		return nil
	}
	all := s.Assignments(v)
	if len(all) != 1 || all[0].Result != 0 {
		return nil
	}
	call, ok := ast.Unparen(all[0].Value).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if n, ok := dynamo.Encodes(s.Callee(call)); !ok || n >= len(call.Args) {
		return nil
	}
	return call
}

// Itself reports out.Item.
func Itself(n ast.Node) bool {
	e, _ := n.(ast.Expr)
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == dynamo.Item
}

// Holder gives the variable that a literal is assigned to.
func (r *Request) Holder(lit *ast.CompositeLit) *types.Var {
	for _, n := range r.Path {
		as, ok := n.(*ast.AssignStmt)
		if !ok {
			continue
		}
		for i, x := range as.Rhs {
			if Literal(x) == lit && i < len(as.Lhs) {
				return r.Variable(as.Lhs[i])
			}
		}
	}
	return nil
}

const (
	TypesPath  = "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	DynamoPath = "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	AwsPath    = "github.com/aws/aws-sdk-go-v2/aws"
)

// ReturnedLiteral finds the literal that a function of the source returns, and does nothing else.
func ReturnedLiteral(s *syntax.Site, call *ast.CallExpr) (*ast.CompositeLit, *syntax.Site) {
	of, fn := s.Src.Declared(s.Callee(call))
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 {
		return nil, nil
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil, nil
	}
	return Literal(ret.Results[0]), of.Around(fn.Body)
}

// Over reports a place in a branch that ends without the write: what is done there has nothing to do with it.
func (r *Request) Over(n ast.Node) bool {
	for _, x := range r.Around(n).Path {
		if b, ok := x.(*ast.BlockStmt); ok && !slices.Contains(r.Path, ast.Node(b)) && syntax.Ends(b) {
			return true
		}
	}
	return false
}
