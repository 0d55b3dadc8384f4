package fix

import (
	"go/ast"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// failAgain lets a function fail that calls itself with what a batch has left, and returns success once it has done so a number
// of times: there it asks whether it was given something.
func failAgain(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || !needs(f, "failure") {
		return finding.Fix{}, false
	}
	call, _ := s.sdkCall()
	fn, ok := enclosing[*ast.FuncDecl](s)
	if call == nil || !ok {
		return finding.Fix{}, false
	}
	todo := s.todo(fn)
	if todo == "" {
		return finding.Fix{}, false
	}
	d := src.draft()
	found := false
	for _, st := range fn.Body.List {
		branch, is := st.(*ast.IfStmt)
		if !is || branch.Pos() > call.Pos() || branch.Init != nil || branch.Else != nil || !givesUp(branch.Body) || s.text(branch.Cond) == "len("+todo+") == 0" {
			continue
		}
		errs, ok := d.use(s, "errors", "errors")
		text, ok2 := s.returning(errs + ".New(\"" + notInFull + "\")")
		if !ok || !ok2 {
			return finding.Fix{}, false
		}
		last := branch.Body.List[len(branch.Body.List)-1]
		d.insert(s.file, last.Pos(), "if len("+todo+") > 0 {\n"+text+"\n}\n")
		found = true
	}
	if !found {
		return finding.Fix{}, false
	}
	return d.fix("fail when something is left after the last attempt", true)
}

// todo names the parameter for which a function gives itself what a batch has left.
func (s *site) todo(fn *ast.FuncDecl) (name string) {
	self := s.Info.Defs[fn.Name]
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || s.callee(call) == nil || s.callee(call) != self {
			return true
		}
		i := slices.IndexFunc(call.Args, func(e ast.Expr) bool { return s.leftover(e, 0) })
		params := s.callee(call).Signature().Params()
		if i < 0 || i >= params.Len() || !countable(params.At(i).Type()) || len(s.assignments(params.At(i))) > 0 {
			return true
		}
		name = params.At(i).Name()
		return true
	})
	return name
}

// givesUp reports a block that ends by returning success.
func givesUp(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	ret, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok && len(ret.Results) > 0 && named(ast.Unparen(ret.Results[len(ret.Results)-1]), "nil")
}
