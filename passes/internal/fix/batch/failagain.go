package batch

import (
	"go/ast"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// FailAgain lets a function fail that calls itself with what a batch has left, and returns success once it has done so a number
// of times: there it asks whether it was given something.
func FailAgain(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || !needs(f, "failure") {
		return finding.Fix{}, false
	}
	call, _ := write.SdkCall(s)
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	if call == nil || !ok {
		return finding.Fix{}, false
	}
	todo := todo(s, fn)
	if todo == "" {
		return finding.Fix{}, false
	}
	d := src.Draft()
	found := false
	for _, st := range fn.Body.List {
		branch, is := st.(*ast.IfStmt)
		if !is || branch.Pos() > call.Pos() || branch.Init != nil || branch.Else != nil || !givesUp(branch.Body) || s.Text(branch.Cond) == "len("+todo+") == 0" {
			continue
		}
		errs, ok := d.Use(s, "errors", "errors")
		text, ok2 := s.Returning(errs + ".New(\"" + notInFull + "\")")
		if !ok || !ok2 {
			return finding.Fix{}, false
		}
		last := branch.Body.List[len(branch.Body.List)-1]
		d.Insert(s.File, last.Pos(), "if len("+todo+") > 0 {\n"+text+"\n}\n")
		found = true
	}
	if !found {
		return finding.Fix{}, false
	}
	return d.Fix("fail when something is left after the last attempt", true)
}

// todo names the parameter for which a function gives itself what a batch has left.
func todo(s *syntax.Site, fn *ast.FuncDecl) (name string) {
	self := s.Info.Defs[fn.Name]
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || s.Callee(call) == nil || s.Callee(call) != self {
			return true
		}
		i := slices.IndexFunc(call.Args, func(e ast.Expr) bool { return leftover(s, e, 0) })
		params := s.Callee(call).Signature().Params()
		if i < 0 || i >= params.Len() || !countable(params.At(i).Type()) || len(s.Assignments(params.At(i))) > 0 {
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
	return ok && len(ret.Results) > 0 && syntax.Named(ast.Unparen(ret.Results[len(ret.Results)-1]), "nil")
}
