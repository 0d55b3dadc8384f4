package sum

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A sum is what was read plus or minus something else.
type sum struct {
	// delta is what is added, or taken away where minus is set; code is how it is written, constant its value where that
	// is known.
	delta          ast.Expr
	code, constant string
	minus          bool
	// old is what was read, expr the sum, unless a statement changes what was read in its place.
	old, expr ast.Expr
	change    ast.Stmt
	// holders are the variables that the sum and its text are kept in on the way to the request.
	holders []*types.Var
}

func (s *sum) sign() string {
	if s.minus {
		return " - "
	}
	return " + "
}

// name is a word for what is added.
func (s *sum) name() string {
	switch x := ast.Unparen(s.delta).(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return syntax.Lower(x.Sel.Name)
	case *ast.BasicLit:
		if x.Value == "1" {
			return "one"
		}
	}
	return "by"
}

// adds takes a number apart into what was read and what is added.
func (a *addition) adds(e ast.Expr) bool {
	for range 6 {
		e = a.Converted(e)
		switch x := e.(type) {
		case *ast.BinaryExpr:
			a.sum.expr = x
			return a.split(x)
		case *ast.Ident:
			v := a.Variable(x)
			if v == nil || a.Definition(v) == nil {
				return false
			}
			a.sum.holders = append(a.sum.holders, v)
			e = a.Definition(v)
		case *ast.SelectorExpr:
			return a.changedInPlace(x)
		default:
			return false
		}
	}
	return false
}

// A part is a term of a sum.
type part struct {
	e     ast.Expr
	minus bool
}

func terms(e ast.Expr, minus bool) []part {
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if x.Op == token.ADD || x.Op == token.SUB {
			return append(terms(x.X, minus), terms(x.Y, minus != (x.Op == token.SUB))...)
		}
	}
	return []part{{e, minus}}
}

// split finds the one part of a sum that was read. What is left must be one part, which is the same where the request is
// made.
func (a *addition) split(x *ast.BinaryExpr) bool {
	if x.Op != token.ADD && x.Op != token.SUB {
		return false
	}
	parts := terms(x, false)
	if len(parts) != 2 {
		return false
	}
	old, other := parts[0], parts[1]
	if !a.wasRead(old.e) {
		old, other = other, old
	}
	if !a.wasRead(old.e) || old.minus || a.wasRead(other.e) {
		return false
	}
	a.sum.old = old.e
	if v := a.Variable(a.Converted(old.e)); v != nil && a.held.Field == nil {
		a.held.Variable = v
	}
	return a.by(other.e, other.minus)
}

// by notes what is added.
func (a *addition) by(e ast.Expr, minus bool) bool {
	a.sum.delta, a.sum.code, a.sum.minus = e, a.Text(ast.Unparen(e)), minus
	a.sum.constant = constantText(a.Info.Types[e].Value)
	if strings.HasPrefix(a.sum.constant, "-") {
		return false
	}
	return a.steady(e)
}

// steady reports an expression that means the same wherever the function stands, and that nothing of the read is in.
func (a *addition) steady(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			ok = ok && a.Info.Types[x.Fun].IsType()
		case *ast.SelectorExpr:
			ok = ok && (a.Info.Types[x].Value != nil || decision.Stable(a.Request.Site, x) && !assigns(a.Request.Site, x))
			a.fromElsewhere(x.X, &ok)
			return false
		case *ast.Ident:
			v, isVar := a.Info.Uses[x].(*types.Var)
			ok = ok && (!isVar || a.Variable(x) == v && len(a.Assignments(v)) <= 1 && !Addressed(a.Request.Site, v))
			a.fromElsewhere(x, &ok)
		case *ast.FuncLit, *ast.IndexExpr, *ast.StarExpr:
			ok = false
		}
		return ok
	})
	return ok
}

// fromElsewhere clears ok for a variable that holds something of what was read.
func (a *addition) fromElsewhere(e ast.Expr, ok *bool) {
	made := map[*types.Var]bool{}
	a.Mentioned(e, made, 0)
	for v := range made {
		if write.ComesFrom(a.Request.Site, v, a.line, 0) {
			*ok = false
		}
	}
}

// assigns reports a field that the function assigns.
func assigns(s *syntax.Site, sel *ast.SelectorExpr) bool {
	found := false
	note := func(l ast.Expr) {
		x, ok := ast.Unparen(l).(*ast.SelectorExpr)
		found = found || ok && x.Sel.Name == sel.Sel.Name && s.Variable(x.X) == s.Variable(sel.X)
	}
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				note(l)
			}
		case *ast.IncDecStmt:
			note(n.X)
		}
		return !found
	})
	return found
}

// Addressed reports a variable that is changed by ++ or whose address is taken.
func Addressed(s *syntax.Site, v *types.Var) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IncDecStmt:
			found = found || s.Variable(n.X) == v
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && s.Variable(n) == v
		}
		return !found
	})
	return found
}

// wasRead reports an expression that is the attribute as it was read.
func (a *addition) wasRead(e ast.Expr) bool {
	e = a.Converted(e)
	if h := a.held; h.Code != "" && !h.Nullable || h.Field != nil {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			if h.Field != nil {
				return x.Sel.Name == h.Field.Name() && a.Variable(x.X) == h.Variable && plainNumber(h.Typ)
			}
		case *ast.Ident:
			if h.Field == nil {
				return a.Variable(x) == h.Variable && plainNumber(h.Typ)
			}
		}
	}
	if t := a.Info.TypeOf(e); t == nil || !plainNumber(t) || write.AttributeFrom(a.Request.Site, e, a.Dialect) != a.attr {
		return false
	}
	made := map[*types.Var]bool{}
	a.Mentioned(e, made, 0)
	for v := range made {
		if write.ComesFrom(a.Request.Site, v, a.line, 0) {
			return true
		}
	}
	return false
}

func plainNumber(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsFloat) != 0 && !dynamo.OwnEncoding(t)
}

// changedInPlace finds the one statement that changes the field which holds what was read: x.N += by, x.N++.
func (a *addition) changedInPlace(sel *ast.SelectorExpr) bool {
	h := a.held
	if h.Field == nil || sel.Sel.Name != h.Field.Name() || a.Variable(sel.X) != h.Variable || !plainNumber(h.Typ) {
		return false
	}
	all := allChanges(a.Request, h, a.line)
	if len(all) != 1 || !a.precedes(all[0]) {
		return false
	}
	switch st := all[0].(type) {
	case *ast.IncDecStmt:
		a.sum.change = st
		a.sum.delta, a.sum.code, a.sum.minus = &ast.BasicLit{Kind: token.INT, Value: "1"}, "1", st.Tok == token.DEC
		a.sum.constant = "1"
		return true
	case *ast.AssignStmt:
		a.sum.change = st
		switch {
		case len(st.Lhs) != 1:
		case st.Tok == token.ADD_ASSIGN || st.Tok == token.SUB_ASSIGN:
			return a.by(st.Rhs[0], st.Tok == token.SUB_ASSIGN)
		case st.Tok == token.ASSIGN:
			x, ok := ast.Unparen(st.Rhs[0]).(*ast.BinaryExpr)
			a.sum.expr = x
			return ok && a.split(x)
		}
	}
	return false
}

// allChanges are all places where a held field is changed.
func allChanges(r *write.Request, h write.Held, line int) (all []ast.Node) {
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if r.Sets(l, h) {
					all = append(all, n)
				}
			}
		case *ast.IncDecStmt:
			if r.Sets(n.X, h) {
				all = append(all, n)
			}
		case *ast.CallExpr:
			if r.MayChange(n, h) && !write.OnLine(r.Site, n, line) {
				all = append(all, n)
			}
		}
		return true
	})
	return all
}

// precedes reports a statement of a block that the write is in, after it.
func (a *addition) precedes(n ast.Node) bool {
	path := a.Around(n).Path
	if len(path) < 2 || n.Pos() > a.Call.Pos() {
		return false
	}
	for _, x := range a.Path {
		if x == path[1] {
			_, block := x.(*ast.BlockStmt)
			return block
		}
	}
	return false
}
