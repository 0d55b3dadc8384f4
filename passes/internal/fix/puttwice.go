package fix

import (
	"go/ast"
	"go/types"
)

// A function that is given an item by value cannot count the version of its caller's on: what the caller puts next would be
// refused, though nobody else has changed the item.

// putTwice reports a caller that gives one variable by value more than once, in a loop or by two calls, to functions which lead to
// the put; names are those of the functions.
func (l *lock) putTwice(names map[string]bool) bool {
	for _, pkg := range l.src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: l.src, Package: pkg, file: f}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && l.givesTwice(s.around(fn.Body), fn, names) {
					return true
				}
			}
		}
	}
	return false
}

// givesTwice looks into one function.
func (l *lock) givesTwice(s *site, fn *ast.FuncDecl, names map[string]bool) bool {
	given := map[*types.Var][]*site{}
	twice := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || twice {
			return !twice
		}
		f := s.callee(call)
		if f == nil || !names[f.Name()] {
			return true
		}
		for _, arg := range call.Args {
			v := l.byValue(s, arg)
			if v == nil {
				continue
			}
			at := s.around(call)
			twice = twice || at.repeats(v)
			for _, before := range given[v] {
				twice = twice || before.leadsTo(at)
			}
			given[v] = append(given[v], at)
		}
		return !twice
	})
	return twice
}

// byValue gives the variable of the entity that an argument copies.
func (l *lock) byValue(s *site, arg ast.Expr) *types.Var {
	t := s.Info.TypeOf(arg)
	if t == nil || !l.entity.is(t) {
		return nil
	}
	if _, pointer := t.Underlying().(*types.Pointer); pointer {
		return nil
	}
	if star, ok := ast.Unparen(arg).(*ast.StarExpr); ok {
		arg = star.X
	}
	return s.variable(arg)
}

// leadsTo reports that a later place of the function can be reached from this one: no branch around this one alone leaves, or
// excludes the other.
func (s *site) leadsTo(later *site) bool {
	for i, n := range s.path {
		inside := n.Pos() <= later.pos && later.pos < n.End()
		switch n := n.(type) {
		case *ast.BlockStmt:
			if !inside && ends(n) {
				return false
			}
		case *ast.CaseClause:
			if !inside && ends(&ast.BlockStmt{List: n.Body}) {
				return false
			}
		case *ast.IfStmt:
			if inside && i > 0 && s.path[i-1] == ast.Node(n.Body) {
				return false // the other one is in the else
			}
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if inside {
				return false // the other one is in another clause
			}
		}
		if inside {
			if _, block := n.(*ast.BlockStmt); block && !isSwitchBody(s.path, i) {
				return true
			}
		}
	}
	return true
}

// isSwitchBody reports the block that holds the clauses of a switch.
func isSwitchBody(path []ast.Node, i int) bool {
	if i+1 >= len(path) {
		return false
	}
	switch path[i+1].(type) {
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}
