package sum

import (
	"go/ast"
	"go/constant"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// absentIsZero reports that a number is taken for zero where the item does not have it: as DynamoDB is to take it. Functions
// of the program on the way must not give another constant, nor begin with one.
func (a *addition) absentIsZero() bool {
	e := a.held.Variable
	if e == nil {
		return a.zeroOf(a.Site, a.sum.old, 0)
	}
	return a.zeroIn(a.Site, e, 0)
}

// zeroOf looks into an expression.
func (a *addition) zeroOf(s *syntax.Site, e ast.Expr, depth int) bool {
	if depth > 10 {
		return false
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Ident:
			if v := s.Variable(x); v != nil && s.Info.Uses[x] != nil {
				ok = ok && a.zeroIn(s, v, depth+1)
			}
		case *ast.CompositeLit:
			ok = ok && (a.held.Field == nil || write.Field(x, a.held.Field.Name()) == nil || zeroConstant(s.Info, write.Field(x, a.held.Field.Name()).Value) ||
				write.AttributeFrom(s, write.Field(x, a.held.Field.Name()).Value, a.Dialect) != "")
		case *ast.CallExpr:
			ok = ok && a.zeroFrom(x, s)
		}
		return ok
	})
	return ok
}

// zeroIn looks at what a variable is assigned.
func (a *addition) zeroIn(s *syntax.Site, v *types.Var, depth int) bool {
	for _, as := range s.Assignments(v) {
		if s.Info.Types[as.Value].Value != nil {
			if !zeroConstant(s.Info, as.Value) {
				return false
			}
			continue
		}
		if depth <= 10 && !a.zeroOf(s, as.Value, depth+1) {
			return false
		}
	}
	return true
}

// zeroFrom looks at what a function of the program returns without an error.
func (a *addition) zeroFrom(call *ast.CallExpr, from *syntax.Site) bool {
	if syntax.CalledName(call) == nil {
		return true
	}
	s, fn := a.Src.Declared(from.Callee(call))
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
		if t := s.Info.TypeOf(last); len(ret.Results) > 1 && syntax.IsError(syntax.TypeOr(t)) && !syntax.Named(last, "nil") && s.Info.Types[ret.Results[0]].Value != nil {
			return ok // a failure
		}
		inner := s.Around(fn.Body)
		if v := inner.Variable(ret.Results[0]); v != nil {
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
