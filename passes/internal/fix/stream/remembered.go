package stream

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// ClaimForgotten claims a record that only the memory of a process remembers, and leaves the memory as a way to save a request:
// unless it remembers a record before the effect, and would pass over one whose effect has failed. Then it goes.
func ClaimForgotten(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) != 1 {
		return finding.Fix{}, false
	}
	s, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	c, ok := claimOn(src, f, nil)
	if !ok {
		return finding.Fix{}, false
	}
	tests, ok := memoryTests(s)
	if !ok {
		return finding.Fix{}, false
	}
	for _, test := range tests {
		if !(&syntax.Cleanup{Site: s, D: c.d}).Line(test) {
			return finding.Fix{}, false
		}
	}
	return c.d.Fix(claimed(c.id)+c.passes, true)
}

// memoryTests finds the tests before an effect that remember its record as well; ok is false where a record may be remembered
// before its effect in another way.
func memoryTests(s *syntax.Site) (tests []ast.Stmt, ok bool) {
	code, _, from, known := identifier(s, s.Src.Draft())
	i := slices.IndexFunc(s.Path, func(n ast.Node) bool { return n.Pos() <= from })
	if !known || i < 0 {
		return nil, false
	}
	ok = true
	ast.Inspect(s.Path[i], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				at, index := ast.Unparen(l).(*ast.IndexExpr)
				ok = ok && !(index && n.Pos() > from && n.Pos() < s.Pos && namesCode(s, at.Index, code))
			}
		case *ast.CallExpr:
			if n.Pos() < from || n.Pos() >= s.Pos || !slices.ContainsFunc(n.Args, func(e ast.Expr) bool { return namesCode(s, e, code) }) || s.Logged(n) {
				return ok
			}
			test := testsMemory(s.Around(n), n)
			ok = ok && (test != nil || looks(s, n))
			if test != nil {
				tests = append(tests, test)
			}
		}
		return ok
	})
	return tests, ok
}

// namesCode reports an expression in which some code stands.
func namesCode(s *syntax.Site, e ast.Expr, code string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		found = found || ok && s.Text(x) == code
		return !found
	})
	return found
}

// looks reports a call that only looks into a memory: Load of a sync.Map.
func looks(s *syntax.Site, call *ast.CallExpr) bool {
	return ofMap(s, call) == "Load"
}

// ofMap names the method of a sync.Map that is called.
func ofMap(s *syntax.Site, call *ast.CallExpr) string {
	f := s.CalledFunc(call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "sync" || f.Signature().Recv() == nil {
		return ""
	}
	if n, ok := syntax.Deref(f.Signature().Recv().Type()).(*types.Named); !ok || n.Obj().Name() != "Map" {
		return ""
	}
	return f.Name()
}

// testsMemory gives the statement that passes over a record which a sync.Map has, and keeps those that it has not.
func testsMemory(s *syntax.Site, call *ast.CallExpr) ast.Stmt {
	st, _ := s.Statement()
	branch, ok := st.(*ast.IfStmt)
	if !ok || branch.Else != nil || !syntax.Ends(branch.Body) || ofMap(s, call) != "LoadOrStore" {
		return nil
	}
	as, ok := branch.Init.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 2 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) || !syntax.Named(branch.Cond, s.Text(as.Lhs[1])) {
		return nil
	}
	return branch
}
