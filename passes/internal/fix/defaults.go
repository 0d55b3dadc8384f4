package fix

import (
	"go/ast"
	"go/constant"
	"go/types"
)

// absentIsZero reports that a number is taken for zero where the item does not have it: as DynamoDB is to take it. Functions
// of the program on the way must not give another constant, nor begin with one.
func (a *addition) absentIsZero() bool {
	e := a.held.variable
	if e == nil {
		return a.zeroOf(a.site, a.sum.old, 0)
	}
	return a.zeroIn(a.site, e, 0)
}

// zeroOf looks into an expression.
func (a *addition) zeroOf(s *site, e ast.Expr, depth int) bool {
	if depth > 10 {
		return false
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Ident:
			if v := s.variable(x); v != nil && s.Info.Uses[x] != nil {
				ok = ok && a.zeroIn(s, v, depth+1)
			}
		case *ast.CompositeLit:
			ok = ok && (a.held.field == nil || field(x, a.held.field.Name()) == nil || zeroConstant(s.Info, field(x, a.held.field.Name()).Value) ||
				s.attributeFrom(field(x, a.held.field.Name()).Value, a.dialect) != "")
		case *ast.CallExpr:
			ok = ok && a.zeroFrom(x, s)
		}
		return ok
	})
	return ok
}

// zeroIn looks at what a variable is assigned.
func (a *addition) zeroIn(s *site, v *types.Var, depth int) bool {
	for _, as := range s.assignments(v) {
		if s.Info.Types[as.value].Value != nil {
			if !zeroConstant(s.Info, as.value) {
				return false
			}
			continue
		}
		if depth <= 10 && !a.zeroOf(s, as.value, depth+1) {
			return false
		}
	}
	return true
}

// zeroFrom looks at what a function of the program returns without an error.
func (a *addition) zeroFrom(call *ast.CallExpr, from *site) bool {
	if calledName(call) == nil {
		return true
	}
	s, fn := a.src.declared(from.callee(call))
	if fn == nil || fn.Body == nil {
		return true
	}
	ok := true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if _, closure := n.(*ast.FuncLit); closure {
			return false
		}
		ret, is := n.(*ast.ReturnStmt)
		if !is || len(ret.Results) == 0 {
			return ok
		}
		last := ret.Results[len(ret.Results)-1]
		if t := s.Info.TypeOf(last); len(ret.Results) > 1 && isError(typeOr(t)) && !named(last, "nil") && s.Info.Types[ret.Results[0]].Value != nil {
			return ok // a failure
		}
		inner := s.around(fn.Body)
		if v := inner.variable(ret.Results[0]); v != nil {
			ok = ok && a.zeroIn(inner, v, 7)
		} else if s.Info.Types[ret.Results[0]].Value != nil {
			ok = ok && zeroConstant(s.Info, ret.Results[0])
		}
		return ok
	})
	return ok
}

// zeroConstant reports a constant that is no number but zero, or no number at all.
func zeroConstant(info *types.Info, e ast.Expr) bool {
	v := info.Types[e].Value
	if v == nil {
		return false
	}
	return v.Kind() != constant.Int && v.Kind() != constant.Float || constant.Sign(v) == 0
}
