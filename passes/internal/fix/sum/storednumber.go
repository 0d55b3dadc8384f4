package sum

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// stored finds the Go number that the update stores, and the slot that it is stored by.
func (a *addition) stored() ast.Expr {
	a.sum = &sum{}
	if _, built := a.Builder(); built {
		return a.built()
	}
	set, ok := a.assignment()
	if !ok {
		return nil
	}
	kv, _ := syntax.Enclosing[*ast.KeyValueExpr](a.Around(set.key))
	if kv == nil {
		return nil
	}
	a.slot = kv.Value
	return a.number(kv.Value)
}

// built finds the argument of Value in Set(Name(attribute), Value(…)), of which there must be one.
func (a *addition) built() ast.Expr {
	var found ast.Expr
	n := 0
	ast.Inspect(a.Outermost(), func(x ast.Node) bool {
		call, ok := x.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 || !invokes(a.Request.Site, call, a.Dialect.Expression, "Set") {
			return true
		}
		name, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
		if !ok || !invokes(a.Request.Site, name, a.Dialect.Expression, "Name") || len(name.Args) != 1 {
			return true
		}
		if attr, known := a.Constant(name.Args[0]); !known || attr != a.attr {
			return true
		}
		n++
		if value, ok := ast.Unparen(call.Args[1]).(*ast.CallExpr); ok && invokes(a.Request.Site, value, a.Dialect.Expression, "Value") {
			found = value.Args[0]
		}
		return true
	})
	if n != 1 {
		return nil
	}
	a.slot, a.inner = found, true
	return found
}

// invokes reports a call of a package's function, or of a method that is declared there.
func invokes(s *syntax.Site, call *ast.CallExpr, path, name string) bool {
	f := s.Callee(call)
	return f != nil && f.Pkg() != nil && f.Pkg().Path() == path && f.Name() == name
}

// keyOf gives the key under which a literal map of values has a placeholder.
func keyOf(r *write.Request, placeholder string) ast.Expr {
	kv := write.Field(r.Lit, dynamo.ExpressionAttributeValues)
	if kv == nil {
		return nil
	}
	lit, _ := write.InputLiteral(r.Site, kv.Value)
	if lit == nil {
		return nil
	}
	for _, e := range lit.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if key, known := "", false; ok {
			if key, known = r.Constant(pair.Key); known && key == placeholder {
				return pair.Key
			}
		}
	}
	return nil
}

// number gives the Go number that an attribute value is made of.
func (a *addition) number(e ast.Expr) ast.Expr {
	if lit := write.Literal(e); lit != nil {
		for _, name := range []string{"Value", "N"} {
			if kv := write.Field(lit, name); kv != nil && strings.HasSuffix(a.Info.TypeOf(lit).String(), map[string]string{"Value": ".AttributeValueMemberN", "N": ".AttributeValue"}[name]) {
				return a.numberIn(kv.Value)
			}
		}
		return nil
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if v := a.Variable(e); v != nil {
		all := a.Assignments(v)
		if len(all) != 1 || all[0].Result != 0 || !a.keep(v) {
			return nil
		}
		if write.Literal(all[0].Value) != nil {
			return a.number(all[0].Value)
		}
		call, ok = ast.Unparen(all[0].Value).(*ast.CallExpr)
	}
	if !ok || len(call.Args) != 1 || !invokes(a.Request.Site, call, a.Dialect.Marshal, "Marshal") && !a.encoder(call) {
		return nil
	}
	a.slot, a.inner, a.sum.holders = call.Args[0], true, nil
	return call.Args[0]
}

// keep notes a variable that holds the sum and that nothing else uses.
func (a *addition) keep(v *types.Var) bool {
	a.sum.holders = append(a.sum.holders, v)
	return len(a.Uses(v)) == 1
}

// encoder reports a call of a function of the program that makes a number attribute of its argument.
func (a *addition) encoder(call *ast.CallExpr) bool {
	s, fn := a.Src.Declared(a.Callee(call))
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 {
		return false
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 || write.Literal(ret.Results[0]) == nil {
		return false
	}
	kv := write.Field(write.Literal(ret.Results[0]), "Value")
	if kv == nil || !strings.HasSuffix(s.Info.TypeOf(write.Literal(ret.Results[0])).String(), ".AttributeValueMemberN") {
		return false
	}
	inner := &addition{Request: &write.Request{Site: s.Around(kv.Value), Dialect: a.Dialect}, sum: &sum{}}
	n := inner.numberIn(kv.Value)
	return n != nil && inner.Variable(n) != nil && inner.Definition(inner.Variable(n)) == nil
}

// numberIn gives the number of which a text is made.
func (a *addition) numberIn(e ast.Expr) ast.Expr {
	if arg := write.StringArg(a.Request.Site, e); arg != nil {
		e = arg
	}
	if v := a.Variable(e); v != nil {
		def := a.Definition(v)
		if def == nil || !a.keep(v) {
			return nil
		}
		e = def
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	f := a.CalledFunc(call)
	if !ok || f == nil || f.Pkg() == nil || len(call.Args) == 0 {
		return nil
	}
	switch f.Pkg().Path() + "." + f.Name() {
	case "strconv.Itoa", "strconv.FormatInt", "strconv.FormatUint", "strconv.FormatFloat":
		return call.Args[0]
	case "fmt.Sprint":
		if len(call.Args) == 1 {
			return call.Args[0]
		}
	case "fmt.Sprintf":
		if verb, _ := a.Constant(call.Args[0]); len(call.Args) == 2 && (verb == "%d" || verb == "%v") {
			return call.Args[1]
		}
	}
	return nil
}
