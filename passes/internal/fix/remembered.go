package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// claimForgotten claims a record that only the memory of a process remembers, and leaves the memory as a way to save a request:
// unless it remembers a record before the effect, and would pass over one whose effect has failed. Then it goes.
func claimForgotten(src *Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) != 1 {
		return finding.Fix{}, false
	}
	s, ok := src.at(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	c, ok := src.claimOn(f, nil)
	if !ok {
		return finding.Fix{}, false
	}
	tests, ok := s.memoryTests()
	if !ok {
		return finding.Fix{}, false
	}
	for _, test := range tests {
		if !(&cleanup{site: s, d: c.d}).line(test) {
			return finding.Fix{}, false
		}
	}
	return c.d.fix(claimed(c.id)+c.passes, true)
}

// memoryTests finds the tests before an effect that remember its record as well; ok is false where a record may be remembered
// before its effect in another way.
func (s *site) memoryTests() (tests []ast.Stmt, ok bool) {
	code, _, from, known := s.identifier(s.src.draft())
	i := slices.IndexFunc(s.path, func(n ast.Node) bool { return n.Pos() <= from })
	if !known || i < 0 {
		return nil, false
	}
	ok = true
	ast.Inspect(s.path[i], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				at, index := ast.Unparen(l).(*ast.IndexExpr)
				ok = ok && !(index && n.Pos() > from && n.Pos() < s.pos && s.namesCode(at.Index, code))
			}
		case *ast.CallExpr:
			if n.Pos() < from || n.Pos() >= s.pos || !slices.ContainsFunc(n.Args, func(e ast.Expr) bool { return s.namesCode(e, code) }) || s.logged(n) {
				return ok
			}
			test := s.around(n).testsMemory(n)
			ok = ok && (test != nil || s.looks(n))
			if test != nil {
				tests = append(tests, test)
			}
		}
		return ok
	})
	return tests, ok
}

// namesCode reports an expression in which some code stands.
func (s *site) namesCode(e ast.Expr, code string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		found = found || ok && s.text(x) == code
		return !found
	})
	return found
}

// looks reports a call that only looks into a memory: Load of a sync.Map.
func (s *site) looks(call *ast.CallExpr) bool {
	return s.ofMap(call) == "Load"
}

// ofMap names the method of a sync.Map that is called.
func (s *site) ofMap(call *ast.CallExpr) string {
	f := s.calledFunc(call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "sync" || f.Signature().Recv() == nil {
		return ""
	}
	if n, ok := deref(f.Signature().Recv().Type()).(*types.Named); !ok || n.Obj().Name() != "Map" {
		return ""
	}
	return f.Name()
}

// testsMemory gives the statement that passes over a record which a sync.Map has, and keeps those that it has not.
func (s *site) testsMemory(call *ast.CallExpr) ast.Stmt {
	st, _ := s.statement()
	branch, ok := st.(*ast.IfStmt)
	if !ok || branch.Else != nil || !ends(branch.Body) || s.ofMap(call) != "LoadOrStore" {
		return nil
	}
	as, ok := branch.Init.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 2 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) || !named(branch.Cond, s.text(as.Lhs[1])) {
		return nil
	}
	return branch
}
