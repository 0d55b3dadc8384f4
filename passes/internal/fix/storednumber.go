package fix

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// stored finds the Go number that the update stores, and the slot that it is stored by.
func (a *addition) stored() ast.Expr {
	a.sum = &sum{}
	if _, built := a.builder(); built {
		return a.built()
	}
	set, ok := a.assignment()
	if !ok {
		return nil
	}
	kv, _ := enclosing[*ast.KeyValueExpr](a.around(set.key))
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
	ast.Inspect(a.outermost(), func(x ast.Node) bool {
		call, ok := x.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 || !a.invokes(call, a.dialect.Expression, "Set") {
			return true
		}
		name, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
		if !ok || !a.invokes(name, a.dialect.Expression, "Name") || len(name.Args) != 1 {
			return true
		}
		if attr, known := a.constant(name.Args[0]); !known || attr != a.attr {
			return true
		}
		n++
		if value, ok := ast.Unparen(call.Args[1]).(*ast.CallExpr); ok && a.invokes(value, a.dialect.Expression, "Value") {
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
func (s *site) invokes(call *ast.CallExpr, path, name string) bool {
	f := s.callee(call)
	return f != nil && f.Pkg() != nil && f.Pkg().Path() == path && f.Name() == name
}

// keyOf gives the key under which a literal map of values has a placeholder.
func (r *request) keyOf(placeholder string) ast.Expr {
	kv := field(r.lit, dynamo.ExpressionAttributeValues)
	if kv == nil {
		return nil
	}
	lit, _ := r.literal(kv.Value)
	if lit == nil {
		return nil
	}
	for _, e := range lit.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if key, known := "", false; ok {
			if key, known = r.constant(pair.Key); known && key == placeholder {
				return pair.Key
			}
		}
	}
	return nil
}

// number gives the Go number that an attribute value is made of.
func (a *addition) number(e ast.Expr) ast.Expr {
	if lit := literal(e); lit != nil {
		for _, name := range []string{"Value", "N"} {
			if kv := field(lit, name); kv != nil && strings.HasSuffix(a.Info.TypeOf(lit).String(), map[string]string{"Value": ".AttributeValueMemberN", "N": ".AttributeValue"}[name]) {
				return a.numberIn(kv.Value)
			}
		}
		return nil
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if v := a.variable(e); v != nil {
		all := a.assignments(v)
		if len(all) != 1 || all[0].result != 0 || !a.keep(v) {
			return nil
		}
		if literal(all[0].value) != nil {
			return a.number(all[0].value)
		}
		call, ok = ast.Unparen(all[0].value).(*ast.CallExpr)
	}
	if !ok || len(call.Args) != 1 || !a.invokes(call, a.dialect.Marshal, "Marshal") && !a.encoder(call) {
		return nil
	}
	a.slot, a.inner, a.sum.holders = call.Args[0], true, nil
	return call.Args[0]
}

// keep notes a variable that holds the sum and that nothing else uses.
func (a *addition) keep(v *types.Var) bool {
	a.sum.holders = append(a.sum.holders, v)
	return len(a.uses(v)) == 1
}

// encoder reports a call of a function of the program that makes a number attribute of its argument.
func (a *addition) encoder(call *ast.CallExpr) bool {
	s, fn := a.src.declared(a.callee(call))
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 {
		return false
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 || literal(ret.Results[0]) == nil {
		return false
	}
	kv := field(literal(ret.Results[0]), "Value")
	if kv == nil || !strings.HasSuffix(s.Info.TypeOf(literal(ret.Results[0])).String(), ".AttributeValueMemberN") {
		return false
	}
	inner := &addition{request: &request{site: s.around(kv.Value), dialect: a.dialect}, sum: &sum{}}
	n := inner.numberIn(kv.Value)
	return n != nil && inner.variable(n) != nil && inner.definition(inner.variable(n)) == nil
}

// numberIn gives the number of which a text is made.
func (a *addition) numberIn(e ast.Expr) ast.Expr {
	if arg := a.stringArg(e); arg != nil {
		e = arg
	}
	if v := a.variable(e); v != nil {
		def := a.definition(v)
		if def == nil || !a.keep(v) {
			return nil
		}
		e = def
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	f := a.calledFunc(call)
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
		if verb, _ := a.constant(call.Args[0]); len(call.Args) == 2 && (verb == "%d" || verb == "%v") {
			return call.Args[1]
		}
	}
	return nil
}

func (s *site) calledFunc(call *ast.CallExpr) *types.Func {
	if call == nil || calledName(call) == nil {
		return nil
	}
	return s.callee(call)
}
